/** What a room's snapshots hold: its values as they are, and copies of what changes in place. */

import { Copies } from "./snapshots.js";

const VALUES = ["roomId", "state", "error", "hasOlder", "isDetached", "firstSeq", "lastSeq", "readSeq", "unread", "mentionCount", "pinned"];
const COPIED = ["messages", "pending", "pinnedMessage", "places", "reads", "runs"];

export class RoomShown {
  #copies = new Copies();
  #last = {};

  of(room) {
    const { rules } = room;
    const shown = { rules: this.#copy("rules", { ...rules, isManager: rules.isManager, mayWriteAt: rules.mayWriteAt }) };
    for (const name of VALUES) shown[name] = room[name];
    for (const name of COPIED) shown[name] = this.#copy(name, room[name]);
    return (this.#last = shown);
  }

  #copy(name, value) { return this.#copies.of(value, this.#last[name]); }
}
