/** A member of whom one has read something: the way to a private chat. */

import { dialogOf } from "./dialog.js";
import { byId } from "./dom.js";
import { orNotify } from "./notices.js";

export class MemberCard {
  #dialog = dialogOf("member-dialog");
  #member = null; // whom it is about, anew each time it is opened

  /** `onEnter(roomId, { quietly })`: the private room of the two; quietly, if nobody waits for it any more. */
  constructor(client, { onEnter }) {
    byId("member-chat").addEventListener("click", async () => {
      const member = this.#member;
      const roomId = await orNotify(() => client.openPrivateRoom(member.memberId));
      if (roomId === undefined) return;
      const quietly = !this.#dialog.open || this.#member !== member;
      if (!quietly) this.#dialog.close();
      onEnter(roomId, { quietly });
    });
  }

  /** Whom it is about; null before it was opened. */
  get member() {
    return this.#member;
  }

  /** Of the author of this message. */
  open({ senderId, nickName }) {
    this.#member = { memberId: senderId, nickName };
    byId("member-name").textContent = nickName;
    this.#dialog.showModal();
  }
}
