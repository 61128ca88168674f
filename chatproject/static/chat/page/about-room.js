/** About the open room: how the assistant behaves there, and the way out. */

import { dialogOf } from "./dialog.js";
import { byId } from "./dom.js";
import { notify, orNotify } from "./notices.js";
import { t } from "./texts.js";

export class AboutRoom {
  #dialog = dialogOf("about-dialog");
  #form = byId("assistant-form");
  #room = null; // {roomId, roomName, isGroupChat}

  /** `onLeft(roomId)`; `onSettings(roomId, settings)` when the assistant's were changed here. */
  constructor(client, { onLeft, onSettings }) {
    this.client = client;
    this.onLeft = onLeft;
    this.onSettings = onSettings;
    byId("leave").addEventListener("click", () => this.#leave());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save();
    });
  }

  /** Open for a room; `settings` of its assistant, null where they are not known. */
  open(room, settings) {
    this.#room = room;
    byId("about-title").textContent = room.roomName;
    byId("leave-section").hidden = !room.isGroupChat;
    this.#form.hidden = settings === null;
    if (settings !== null) {
      this.#form.elements.mode.value = settings.mode;
      this.#form.elements.name.value = settings.name;
      this.#form.elements.persona.value = settings.persona;
      byId("assistant-fields").disabled = !settings.maySet;
      byId("assistant-save").hidden = !settings.maySet;
      byId("assistant-readonly").hidden = settings.maySet;
    }
    this.#dialog.showModal();
  }

  async #save() {
    const { mode, name, persona } = this.#form.elements;
    const wanted = { mode: mode.value, name: name.value.trim(), persona: persona.value.trim() };
    const { roomId } = this.#room;
    const saved = await orNotify(() => this.client.setAssistantSettings(roomId, wanted));
    if (saved === undefined) return;
    this.#dialog.close();
    this.onSettings(roomId, saved);
    notify(t("Saved."));
  }

  async #leave() {
    const { roomId } = this.#room;
    if ((await orNotify(() => this.client.leaveRoom(roomId))) === undefined) return;
    this.#dialog.close();
    this.onLeft(roomId);
  }
}
