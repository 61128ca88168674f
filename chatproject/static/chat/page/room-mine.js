/** What the open room is in this member's own list: kept at the top, to be read again, out of sight. */

import { byId } from "./dom.js";
import { notify, oneAtATime, orNotify } from "./notices.js";
import { t } from "./texts.js";

export class RoomMine {
  #onChange;
  #buttons = { pinned: byId("about-top"), unread: byId("about-unread"), hidden: byId("about-hide") };
  #room = null; // the client's
  #known = null;

  /** `onChange({ isLeft })`: the list is another; `isLeft`: one does not look at the room any more. */
  constructor({ onChange }) {
    this.#onChange = onChange;
    this.#buttons.pinned.addEventListener("click", oneAtATime(() => this.#pin()));
    this.#buttons.unread.addEventListener("click", oneAtATime(() => this.#put({ unread: true })));
    this.#buttons.hidden.addEventListener("click", oneAtATime(() => this.#hide()));
  }

  /** `known` is what the list has of the client's `room`. */
  open(room, known) {
    [this.#room, this.#known] = [room, known];
    this.#buttons.pinned.ariaPressed = String(known.isPinned ?? false);
    this.#buttons.hidden.hidden = known.isGroupChat;
  }

  /** Who looks at it reads it. */
  looked(room, known) {
    if (known?.isMarkedUnread) room.setMine({ unread: false }).then(() => this.#onChange({ isLeft: false }), () => null);
  }

  async #pin() {
    const room = this.#room;
    const pinned = !(this.#known.isPinned ?? false);
    if (!(await this.#set({ pinned })) || this.#room !== room) return;
    this.#known = { ...this.#known, isPinned: pinned };
    this.#buttons.pinned.ariaPressed = String(pinned);
    this.#onChange({ isLeft: false });
  }

  async #put(wanted) {
    if (await this.#set(wanted)) this.#onChange({ isLeft: true });
  }

  async #hide() {
    if (!(await this.#set({ hidden: true }))) return;
    this.#onChange({ isLeft: true });
    notify(t("Hidden from your list. It comes back with the next message, or when you look for it."));
  }

  #set(wanted) {
    const room = this.#room;
    return orNotify(() => room.setMine(wanted).then(() => true));
  }
}
