/** A member of whom one has read something: the way to a private chat. */

import { dialogOf } from "./dialog.js";
import { byId } from "./dom.js";
import { orNotify } from "./notices.js";

export class MemberCard {
  #dialog = dialogOf("member-dialog");
  #memberId = null;

  /** `onEnter(roomId)`: the private room of the two. */
  constructor(client, { onEnter }) {
    byId("member-chat").addEventListener("click", async () => {
      const roomId = await orNotify(() => client.openPrivateRoom(this.#memberId));
      if (roomId === undefined) return;
      this.#dialog.close();
      onEnter(roomId);
    });
  }

  /** Of the author of this message. */
  open({ senderId, nickName }) {
    this.#memberId = senderId;
    byId("member-name").textContent = nickName;
    this.#dialog.showModal();
  }
}
