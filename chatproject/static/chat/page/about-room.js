/** About the open room: how the assistant behaves there, and the way out. */

import { dialogOf } from "./dialog.js";
import { byId } from "./dom.js";
import { notify, oneAtATime, orNotify } from "./notices.js";
import { t } from "./texts.js";

export class AboutRoom {
  #dialog = dialogOf("about-dialog");
  #form = byId("assistant-form");
  #level = byId("level-form");
  #room = null; // {roomId, roomName, isGroupChat, notify}, an object of its own each time it is opened

  /**
   * `onLeft(roomId)`; when it was changed here: `onSettings(roomId, settings)` of the assistant, `onLevel(roomId, level)`
   * of what this member is told.
   */
  constructor(client, { onLeft, onSettings, onLevel }) {
    this.client = client;
    this.onLeft = onLeft;
    this.onSettings = onSettings;
    this.onLevel = onLevel;
    this.#level.addEventListener("change", ({ target }) => this.#setLevel(target.value));
    byId("leave").addEventListener("click", oneAtATime(() => this.#leave()));
    const save = oneAtATime(() => this.#save());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      save();
    });
  }

  /** Open for a room; `settings` of its assistant, null where they are not known yet: then `learn` shows them. */
  open(room, settings) {
    this.#room = room;
    byId("about-title").textContent = room.roomName;
    byId("leave-section").hidden = !room.isGroupChat;
    this.#level.elements.level.value = room.notify;
    this.#form.hidden = true;
    if (settings !== null) this.#show(settings);
    this.#dialog.showModal();
  }

  /** The settings have come, perhaps after the dialog was opened. What is shown already stays: somebody may be changing it. */
  learn(roomId, settings) {
    if (this.#dialog.open && this.#room.roomId === roomId && this.#form.hidden) this.#show(settings);
  }

  #show({ mode, name, persona, maySet }) {
    const { elements } = this.#form;
    elements.mode.value = mode;
    elements.name.value = name;
    elements.persona.value = persona;
    byId("assistant-fields").disabled = !maySet;
    byId("assistant-save").hidden = !maySet;
    byId("assistant-readonly").hidden = maySet;
    this.#form.hidden = false;
  }

  async #save() {
    const { mode, name, persona } = this.#form.elements;
    const wanted = { mode: mode.value, name: name.value.trim(), persona: persona.value.trim() };
    const room = this.#room;
    const saved = await orNotify(() => this.client.setAssistantSettings(room.roomId, wanted));
    if (saved === undefined) return;
    this.#close(room);
    this.onSettings(room.roomId, saved);
    notify(t("Saved."));
  }

  async #setLevel(level) {
    const room = this.#room;
    const saved = await orNotify(() => this.client.setRoomNotifications(room.roomId, level).then(() => true));
    if (saved) this.onLevel(room.roomId, level);
    else if (this.#room === room) this.#level.elements.level.value = room.notify;
  }

  async #leave() {
    const room = this.#room;
    if ((await orNotify(() => this.client.leaveRoom(room.roomId))) === undefined) return;
    this.#close(room);
    this.onLeft(room.roomId);
  }

  /** Unless it was opened for another room meanwhile. */
  #close(room) {
    if (this.#room === room) this.#dialog.close();
  }
}
