/** Whom I block: their messages are folded away until I ask for one; the list of them, and the way back. */

import { dialogOf } from "./dialog.js";
import { avatar, byId, make } from "./dom.js";
import { notify, oneAtATime, orNotify } from "./notices.js";
import { dateTimeOf, t } from "./texts.js";

/** What stands in place of what they said. */
export const foldedText = () => t("A message of somebody you blocked");

export class BlockedPeople {
  #client;
  #dialog = dialogOf("blocked-dialog");
  #list = byId("blocked-list");
  #unfolded = new Set(); // keys of messages that I asked for
  #onChange;

  /** `onChange()`: draw again what is folded. */
  constructor(client, { onChange }) {
    [this.#client, this.#onChange] = [client, onChange];
    client.on("blocked", () => {
      this.#unfolded.clear();
      onChange();
      if (this.#dialog.open) this.#show();
    });
    byId("blocked-open").addEventListener("click", () => this.#open());
  }

  /** Whether what it says is to be asked for. */
  folds(message) {
    return message.deletedAt === null && this.#client.blocked.has(message.senderId) && !this.#unfolded.has(keyOf(message));
  }

  unfold(message) {
    this.#unfolded.add(keyOf(message));
    this.#onChange();
  }

  async block({ memberId, nickName }) {
    if ((await this.#done(() => this.#client.blocked.add(memberId))) === undefined) return;
    notify(t("You blocked %(name)s. What they say is folded away and does not ring; they are not told.", { name: nickName }));
  }

  async unblock({ memberId, nickName }) {
    if ((await this.#done(() => this.#client.blocked.remove(memberId))) === undefined) return;
    notify(t("You block %(name)s no longer.", { name: nickName }));
  }

  #done(change) {
    return orNotify(async () => {
      await change();
      return true;
    });
  }

  #open() {
    byId("me-dialog").close();
    this.#list.replaceChildren();
    byId("blocked-none").hidden = true;
    this.#dialog.showModal();
    this.#show();
  }

  async #show() {
    const blocked = await orNotify(() => this.#client.blocked.list());
    if (blocked === undefined) return;
    this.#list.replaceChildren(...blocked.map((one) => this.#row(one)));
    byId("blocked-none").hidden = blocked.length > 0;
  }

  #row(one) {
    const { memberId, nickName, since } = one;
    const name = make("span", { className: "member-name", textContent: nickName, title: dateTimeOf(since) });
    const unblock = make("button", {
      type: "button",
      className: "button quiet",
      textContent: t("Unblock"),
      "aria-label": t("Unblock %(name)s", { name: nickName }),
      onclick: oneAtATime(() => this.unblock(one)),
    });
    return make("li", {}, make("span", { className: "member" }, avatar(nickName, memberId), name), unblock);
  }
}

const keyOf = ({ roomId, seq }) => `${roomId}/${seq}`;
