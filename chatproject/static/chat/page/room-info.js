/** What a room is called and what it is about, for those who may change that. */

import { dialogOf } from "./dialog.js";
import { byId } from "./dom.js";
import { notify, oneAtATime, orNotify } from "./notices.js";
import { t } from "./texts.js";

export class RoomInfo {
  #dialog = dialogOf("info-dialog");
  #form = byId("info-form");
  #opened = null; // { room, before }, an object of its own each time it is opened

  constructor() {
    const save = oneAtATime(() => this.#save());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      save();
    });
  }

  /** Of the client's `room`; the name is its owner's to change. */
  open(room, { isOwner }) {
    const { roomName, description } = room.rules;
    this.#opened = { room, before: { roomName, description } };
    const { elements } = this.#form;
    [elements.roomName.value, elements.description.value] = [roomName, description];
    byId("info-name").hidden = elements.roomName.disabled = !isOwner;
    this.#dialog.showModal();
  }

  async #save() {
    const opened = this.#opened;
    const { room, before } = opened;
    const { elements } = this.#form;
    const wanted = Object.fromEntries(Object.keys(before).map((name) => [name, elements[name].value.trim()]).filter(([name, value]) => value !== before[name]));
    if (Object.keys(wanted).length > 0) {
      const isSaved = await orNotify(() => room.setRules(wanted).then(() => true));
      if (!isSaved) return;
      notify(t("Saved."));
    }
    if (this.#opened === opened) this.#dialog.close();
  }
}
