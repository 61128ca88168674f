/** For managers: that somebody in a room may need help. Who it is, and what was done, is in concerns-list.js. */

import { byId } from "./dom.js";
import { later } from "./later.js";
import { announce, toast } from "./notices.js";
import { t, tn } from "./texts.js";

export class Concerns {
  #client;
  #rooms;
  #openRoomId;
  #onGo;
  #list;
  #heard = new Set(); // concern ids
  #asked = null; // stands for what was asked last: earlier answers are dropped

  /** `openRoomId()`: null where none is; `onGo(roomId, seq)`: show that message. */
  constructor(client, { rooms, openRoomId, onGo }) {
    this.#client = client;
    this.#rooms = rooms;
    this.#openRoomId = openRoomId;
    this.#onGo = onGo;
    this.#list = later(({ ConcernsList }) => new ConcernsList(client, { onGo, onSet: () => this.refresh() }));
    client.on("concern", (concern) => this.#hear(concern));
    client.on("rules", ({ room }) => room.roomId === openRoomId() && this.refresh());
    for (const id of ["concerns-open", "about-concerns"]) byId(id).addEventListener("click", () => this.#list.open(openRoomId()));
  }

  /** Another room is open, or this member is something else there. */
  async refresh() {
    const [roomId, asked] = [this.#openRoomId(), (this.#asked = {})];
    const isManager = roomId !== null && this.#isManager(roomId);
    byId("about-concerns").hidden = !isManager;
    if (!isManager) return void (byId("concerns-offer").hidden = true);
    const answer = await this.#client.care.concernsOf(roomId, { state: "open" }).catch(() => null);
    if (answer === null || this.#asked !== asked || roomId !== this.#openRoomId()) return;
    const { length: count } = answer.concerns;
    byId("concerns-offer").hidden = count === 0;
    byId("concerns-text").textContent = tn("%(count)s person may need help", "%(count)s people may need help", { count });
  }

  #isManager(roomId) {
    return this.#client.room(roomId).rules?.isManager ?? false;
  }

  #hear({ concernId, roomId, seq, source }) {
    if (!this.#heard.has(concernId)) {
      this.#heard.add(concernId);
      const text = source === "failure" ? t("Messages in this room could not be looked at. Please look yourself.") : t("Somebody may need help. Please look at what was said.");
      const title = this.#rooms.nameOf(roomId);
      announce(`${title}: ${text}`);
      const onPress = () => (seq === null ? this.#list.open(roomId) : this.#onGo(roomId, seq));
      toast({ key: `concern ${concernId}`, kind: "concern", roomId, seq, title, why: "", text, onPress });
    }
    if (roomId === this.#openRoomId()) this.refresh();
    this.#list.part?.hear(roomId);
  }
}
