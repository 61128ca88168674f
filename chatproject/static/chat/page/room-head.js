/** The head of the open room: its name and how it stands with it; below, who is typing. */

import { byId } from "./dom.js";
import { failureOf, t } from "./texts.js";

const QUIET = { none: () => t("Quiet room"), mentions: () => t("Mentions and keywords only") }; // by its level

export class RoomHead {
  #rooms;
  #online;
  #room = null;

  constructor({ rooms, online }) {
    [this.#rooms, this.#online] = [rooms, online];
    online.onChange(() => this.#showState());
  }

  /** Of this room of the client's, null: of none. */
  open(room) {
    this.#room = room;
  }

  show() {
    byId("room-name").textContent = this.#rooms.nameOf(this.#room.roomId);
    this.#showState();
  }

  showTyping(names) {
    byId("typing").textContent = names.length === 0 ? "" : t("%(names)s is typing…", { names: names.join(", ") });
  }

  #showState() {
    if (this.#room === null) return;
    const { state, error } = this.#room;
    const refusal = error ? failureOf(error) : "";
    const words = state === "refused" ? refusal : this.#kind();
    if (byId("room-state").textContent !== words) byId("room-state").textContent = words; // the same is not said twice
  }

  #kind() {
    const known = this.#rooms.get(this.#room.roomId);
    if (known === undefined) return ""; // the list is on its way
    const kind = known.isGroupChat ? t("Group room") : this.#online.words(known.otherMemberId) || t("Private chat");
    return [kind, QUIET[known.notify]?.()].filter(Boolean).join(" · ");
  }
}
