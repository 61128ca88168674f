/** Links that invite into the open room: made, copied, handed on, ended. */

import { addressOfInvite } from "./addresses.js";
import { copyAloud } from "./clipboard.js";
import { dialogOf } from "./dialog.js";
import { byId, hiddenText, make } from "./dom.js";
import { notify, oneAtATime, orNotify } from "./notices.js";
import { dateTimeOf, t, tn } from "./texts.js";

export class Invites {
  #dialog = dialogOf("invites-dialog");
  #form = byId("invite-form");
  #list = byId("invites-list");
  #room = null; // the client's, of this opening
  #asked = null; // stands for what was asked last: earlier answers are dropped

  constructor() {
    const add = oneAtATime(() => this.#make());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      add();
    });
    byId("invite-copy").addEventListener("click", () => copyAloud(byId("invite-link").textContent));
    byId("invite-share").hidden = !("share" in navigator);
    byId("invite-share").addEventListener("click", () => this.#share());
  }

  open(room, name) {
    this.#room = room;
    byId("invites-name").textContent = name;
    byId("invite-made").hidden = true;
    this.#list.replaceChildren();
    byId("invites-some").hidden = true;
    this.#dialog.showModal();
    this.#load();
  }

  async #make() {
    const { days, uses } = this.#form.elements;
    const room = this.#room;
    const made = await orNotify(() => room.invite({ days: Number(days.value), uses: Number(uses.value) }));
    if (made === undefined || this.#room !== room) return;
    byId("invite-link").textContent = addressOfInvite(made.code);
    byId("invite-made").hidden = false;
    byId("invite-copy").focus();
    await this.#load();
  }

  async #share() {
    const [url, title] = [byId("invite-link").textContent, byId("invites-name").textContent];
    // eslint-disable-next-line baseline-js/use-baseline -- the button is there only where the browser can
    await navigator.share({ url, title }).catch(() => null); // or put away again
  }

  async #load() {
    const [room, asked] = [this.#room, (this.#asked = {})];
    const invites = await orNotify(() => room.invites());
    if (invites === undefined || this.#asked !== asked) return;
    byId("invites-some").hidden = invites.length === 0;
    this.#list.replaceChildren(...invites.map((invite) => this.#row(room, invite)));
  }

  #row(room, { inviteId, nickName, expiresAt, uses, used }) {
    const count = uses === 0 ? tn("used %(count)s time", "used %(count)s times", { count: used }) : t("used %(used)s of %(uses)s times", { used, uses });
    const words = make("span", {}, make("strong", { textContent: t("By %(name)s", { name: nickName }) }), make("small", { textContent: [t("until %(when)s", { when: dateTimeOf(expiresAt) }), count].join(" · ") }));
    const end = oneAtATime(() => this.#end(room, inviteId));
    return make("li", {}, words, make("button", { type: "button", className: "button quiet", onclick: end }, hiddenText(`${t("By %(name)s", { name: nickName })} `), t("End it")));
  }

  async #end(room, inviteId) {
    const isEnded = await orNotify(() => room.endInvite(inviteId).then(() => true));
    if (isEnded) notify(t("This link opens nothing any more."));
    if (this.#room === room) await this.#load();
    this.#form.elements.days.focus(); // the button is gone
  }
}
