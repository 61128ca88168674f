/** A member of whom one has read something, or who is here: the way to a private chat, to block them, and their role. */

import { dialogOf } from "./dialog.js";
import { byId } from "./dom.js";
import { MemberRoles } from "./member-roles.js";
import { oneAtATime, orNotify } from "./notices.js";
import { t } from "./texts.js";

export class MemberCard {
  #client;
  #dialog = dialogOf("member-dialog");
  #onOpen;
  #online;
  #member = null; // whom it is about, anew each time it is opened

  /**
   * `onEnter(roomId, { quietly })`: the private room of the two; quietly, if nobody waits for it any more; `onOpen(member)`.
   * `place()`: what I am in the open room.
   */
  constructor(client, { blocked, online, onEnter, onOpen, place }) {
    [this.#client, this.#onOpen, this.#online] = [client, onOpen, online];
    online.onChange(() => this.#showOnline());
    this.#dialog.addEventListener("close", () => online.watch("card", []));
    this.roles = new MemberRoles({ place, onDone: () => this.#dialog.close() });
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

  /** Of the author of this message, in the client's `room`. */
  open({ senderId, nickName }, room) {
    const isSelf = senderId === this.#client.me.memberId;
    this.#member = { memberId: senderId, nickName };
    byId("member-chat").hidden = isSelf;
    this.roles.show(room, this.#member, { isSelf });
    byId("member-name").textContent = nickName;
    this.#showBlock();
    this.#online.watch("card", [senderId]);
    this.#showOnline();
    this.#onOpen(this.#member);
    this.#dialog.showModal();
  }

  #showOnline() {
    if (this.#member !== null) byId("member-seen").textContent = this.#online.words(this.#member.memberId);
  }

  #showBlock() {
    const { memberId } = this.#member;
    byId("member-block").hidden = memberId === this.#client.me?.memberId;
    byId("member-block").textContent = this.#client.blocked.has(memberId) ? t("Unblock") : t("Block");
  }
}
