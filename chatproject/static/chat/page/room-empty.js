/** What stands in a room where nothing was said yet: how it begins. */

import { byId } from "./dom.js";
import { t } from "./texts.js";

export class RoomEmpty {
  #view;
  #rooms;

  /** `onInvite()`: somebody is to be invited into the open room. */
  constructor(client, { view, rooms, onInvite }) {
    [this.#view, this.#rooms] = [view, rooms];
    for (const name of ["room", "reset", "message", "rules"]) client.on(name, ({ room }) => room === view.room && this.show());
    byId("room-empty-invite").addEventListener("click", onInvite);
  }

  show() {
    const { room } = this.#view;
    const isEmpty = room?.state === "live" && room.lastSeq === 0 && room.pending.length === 0;
    byId("room-empty").hidden = !isEmpty;
    if (!isEmpty) return;
    const known = this.#rooms.get(room.roomId);
    const isGroup = known?.isGroupChat ?? true;
    byId("room-empty-text").textContent = isGroup
      ? t("Nothing was said here yet. Write the first message.")
      : t("Write the first message to %(name)s.", { name: this.#rooms.nameOf(room.roomId) });
    byId("room-empty-invite").hidden = !isGroup || known?.memberCount !== 1 || !(room.rules.isManager || room.rules.joining === "open");
  }
}
