/** A member of whom one has read something: the way to a private chat, and to block them. */

import { dialogOf } from "./dialog.js";
import { byId } from "./dom.js";
import { oneAtATime, orNotify } from "./notices.js";
import { t } from "./texts.js";

export class MemberCard {
  #client;
  #dialog = dialogOf("member-dialog");
  #onOpen;
  #member = null; // whom it is about, anew each time it is opened

  /** `onEnter(roomId, { quietly })`: the private room of the two; quietly, if nobody waits for it any more; `onOpen(member)`. */
  constructor(client, { blocked, onEnter, onOpen }) {
    [this.#client, this.#onOpen] = [client, onOpen];
    byId("member-chat").addEventListener("click", async () => {
      const member = this.#member;
      const roomId = await orNotify(() => client.openPrivateRoom(member.memberId));
      if (roomId === undefined) return;
      const quietly = !this.#dialog.open || this.#member !== member;
      if (!quietly) this.#dialog.close();
      onEnter(roomId, { quietly });
    });
    const change = oneAtATime(() => (client.blocked.has(this.#member.memberId) ? blocked.unblock(this.#member) : blocked.block(this.#member)));
    byId("member-block").addEventListener("click", change);
    client.on("blocked", () => this.#member && this.#showBlock());
  }

  /** Whom it is about; null before it was opened. */
  get member() {
    return this.#member;
  }

  /** Of the author of this message. */
  open({ senderId, nickName }) {
    this.#member = { memberId: senderId, nickName };
    byId("member-name").textContent = nickName;
    this.#showBlock();
    this.#onOpen(this.#member);
    this.#dialog.showModal();
  }

  #showBlock() {
    const { memberId } = this.#member;
    byId("member-block").hidden = memberId === this.#client.me?.memberId;
    byId("member-block").textContent = this.#client.blocked.has(memberId) ? t("Unblock") : t("Block");
  }
}
