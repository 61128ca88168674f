/** My settings: theme, language, what the assistant may read of me; in the demo, who I am. */

import { dialogOf } from "./dialog.js";
import { avatar, byId } from "./dom.js";
import { orNotify } from "./notices.js";
import { isDemo, pageSettings, pickMember, store, stored } from "./session.js";
import { language } from "./texts.js";

const YEAR_S = 31_536_000;

export class Me {
  #dialog = dialogOf("me-dialog");
  #form = byId("me-form");
  #saved = Promise.resolve(); // the last consent that was given or taken back

  constructor(client) {
    this.client = client;
    byId("me-open").addEventListener("click", () => this.#open());
    for (const input of this.#form.elements.theme) input.addEventListener("change", () => this.#theme(input.value));
    for (const input of this.#form.elements.language) input.addEventListener("change", () => this.#language(input.value));
    byId("me-readable").addEventListener("change", ({ target }) => this.#consent(target));
    byId("me-switch").hidden = !isDemo;
    byId("me-switch").addEventListener("click", () => {
      pickMember(null);
      location.assign("/");
    });
  }

  /** Show who this is, once it is known. */
  name({ memberId, nickName }) {
    byId("me-open").replaceChildren(byId("me-open").firstElementChild, avatar(nickName, memberId));
    byId("me-title").textContent = nickName;
  }

  async #open() {
    this.#form.elements.theme.value = stored("localStorage", "chatTheme") ?? "system";
    this.#form.elements.language.value = language;
    byId("me-consent").hidden = true;
    this.#dialog.showModal();
    if (this.client.assistant === false) return; // nobody would read it
    const consent = await this.client.consent().catch(() => null);
    if (consent === null || !byId("me-consent").hidden) return; // or another answer came first, and may be changed by now
    byId("me-readable").checked = consent.readable;
    byId("me-consent").hidden = false;
  }

  #theme(theme) {
    store("localStorage", "chatTheme", theme === "system" ? null : theme);
    document.documentElement.dataset.theme = theme;
  }

  #language(wanted) {
    document.cookie = `${pageSettings.languageCookie}=${wanted}; path=/; max-age=${YEAR_S}; samesite=lax`;
    location.reload();
  }

  /** One after the other, so that the last one counts. */
  #consent(box) {
    const readable = box.checked;
    this.#saved = this.#saved.then(async () => {
      if ((await orNotify(() => this.client.setConsent(readable))) === undefined) box.checked = !readable;
    });
  }
}
