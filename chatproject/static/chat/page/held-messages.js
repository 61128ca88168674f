/** For managers of the open room: that something waits for them, and the way to it and to the rules of the word filter. */

import { closeDialogs } from "./dialog.js";
import { byId } from "./dom.js";
import { later } from "./later.js";
import { notify } from "./notices.js";
import { t, tn } from "./texts.js";

export class HeldMessages {
  #counts = new Map(); // of what waits, by room

  /** `place()`: the open room, and what I am there. */
  constructor(client, { place }) {
    const list = later(({ HeldList }) => new HeldList(client));
    const filter = later(({ RoomFilter }) => new RoomFilter(client));
    byId("about-held").addEventListener("click", () => {
      closeDialogs();
      list.open(place().roomId);
    });
    byId("about-filter").addEventListener("click", () => {
      closeDialogs();
      filter.open(place().roomId);
    });
    client.on("waiting", ({ room, waiting: { held } }) => this.#hear(room, held));
    client.on("held", ({ decided }) => decided.state === "released" && notify(t("Your message was published.")));
  }

  /** Show managers the way here. */
  offer(isManager) {
    byId("about-held").hidden = byId("about-filter").hidden = !isManager;
  }

  #hear({ roomId }, count) {
    const before = this.#counts.get(roomId) ?? 0;
    this.#counts.set(roomId, count);
    if (count > before) notify(tn("%(count)s message waits for a manager.", "%(count)s messages wait for a manager.", { count }));
  }
}
