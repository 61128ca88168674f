/** Where no room is open: what stands at the address (door.js), or that none is chosen. */

import { byId } from "./dom.js";
import { later } from "./later.js";

export class Doorstep {
  #door;

  /** `onEnter(roomId)`: this member is in there by now. */
  constructor(client, { onEnter }) {
    this.#door = later(({ Door }) => new Door(client, { onEnter }));
  }

  leave() {
    this.#show({ isNone: false, isDoor: false });
  }

  /** At this place of `addresses.js`; `words` say why one stands there, where that is known. */
  stand(place, words = null) {
    const isNone = place.kind === "rooms";
    this.#show({ isNone, isDoor: !isNone });
    if (!isNone) this.#door.open(place, words);
  }

  #show({ isNone, isDoor }) {
    this.#door.part?.leave();
    byId("room-none").hidden = !isNone;
    byId("doorstep").hidden = !isDoor;
  }
}
