/** How the assistant behaves in the open room: shown to all who are there, changed by who keeps it. */

import { dialogOf } from "./dialog.js";
import { byId } from "./dom.js";
import { notify, oneAtATime, orNotify } from "./notices.js";
import { t } from "./texts.js";

export class AssistantSettings {
  #client;
  #onSettings;
  #dialog = dialogOf("assistant-dialog");
  #form = byId("assistant-form");
  #opened = null; // { roomId }, an object of its own each time it is opened

  /** `onSettings(roomId, settings)`: they were changed here. */
  constructor(client, { onSettings }) {
    [this.#client, this.#onSettings] = [client, onSettings];
    const save = oneAtATime(() => this.#save());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      save();
    });
  }

  /** `settings()` may not be known yet: then `learn` shows them. */
  open(roomId, settings) {
    this.#opened = { roomId };
    this.#hide(true);
    if (settings().isKnown) this.#show(settings());
    this.#dialog.showModal();
  }

  /** They have come, perhaps after the dialog was opened. What is shown already stays: somebody may be changing it. */
  learn(roomId, settings) {
    if (this.#dialog.open && this.#opened.roomId === roomId && this.#form.hidden) this.#show(settings);
  }

  #hide(isWaiting) {
    this.#form.hidden = isWaiting;
    byId("assistant-waiting").hidden = !isWaiting;
  }

  #show({ mode, name, persona, maySet }) {
    const { elements } = this.#form;
    elements.mode.value = mode;
    elements.name.value = name;
    elements.persona.value = persona;
    byId("assistant-fields").disabled = !maySet;
    byId("assistant-save").hidden = !maySet;
    byId("assistant-readonly").hidden = maySet;
    this.#hide(false);
  }

  async #save() {
    const { mode, name, persona } = this.#form.elements;
    const wanted = { mode: mode.value, name: name.value.trim(), persona: persona.value.trim() };
    const opened = this.#opened;
    const saved = await orNotify(() => this.#client.setAssistantSettings(opened.roomId, wanted));
    if (saved === undefined) return;
    if (this.#opened === opened) this.#dialog.close(); // unless it was opened again meanwhile
    this.#onSettings(opened.roomId, saved);
    notify(t("Saved."));
  }
}
