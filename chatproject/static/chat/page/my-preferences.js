/** What this member chose for all rooms: who may see them online, what notifications on their telephone show. */

import { byId } from "./dom.js";
import { orNotify } from "./notices.js";

export class MyPreferences {
  #client;
  #switches = { hidesPresence: byId("me-visible"), previewsText: byId("me-previews") };
  #saved = Promise.resolve(); // the last choice

  constructor(client) {
    this.#client = client;
    this.#switches.hidesPresence.addEventListener("change", ({ target }) => this.#save(target, { hidesPresence: !target.checked }));
    this.#switches.previewsText.addEventListener("change", ({ target }) => this.#save(target, { previewsText: target.checked }));
    byId("me-open").addEventListener("click", () => this.#show());
  }

  async #show() {
    const section = byId("me-preferences");
    section.hidden = true;
    const chosen = await this.#client.presence.preferences().catch(() => null);
    if (chosen === null || !section.hidden) return; // or another answer came first, and may be changed by now
    this.#switches.hidesPresence.checked = !chosen.hidesPresence;
    this.#switches.previewsText.checked = chosen.previewsText;
    byId("me-visible-switch").hidden = !this.#client.limits.watchedMembers; // nobody sees anybody here
    section.hidden = false;
  }

  /** One after the other, so that the last one counts. */
  #save(box, choice) {
    this.#saved = this.#saved.then(async () => {
      if ((await orNotify(() => this.#client.presence.setPreferences(choice))) === undefined) box.checked = !box.checked;
    });
  }
}
