/** Whether we are connected, in words, and the button that tries again at once. */

import { byId, hiddenText, make } from "./dom.js";
import { t, tn } from "./texts.js";

const SHOWN_AFTER_MS = 600; // a connection that comes back at once troubles nobody
const TICK_MS = 1_000;

export class Connection {
  #line = byId("connection");
  #text = make("span", { "aria-hidden": "true" }); // it counts the seconds, which nobody wants to hear
  #spoken = hiddenText("");
  #again = make("button", { type: "button", className: "link", textContent: t("Try now"), onclick: () => this.client.connect() });
  #timer = 0;
  #shownFrom = 0;

  constructor(client) {
    this.client = client;
    this.#line.replaceChildren(this.#text, this.#spoken, this.#again);
    client.on("state", (event) => this.#show(event));
    this.#show({ state: client.state, reason: client.reason, retryAt: null });
  }

  #show({ state, reason, retryAt }) {
    clearTimeout(this.#timer);
    if (state === "open") {
      this.#shownFrom = 0;
      this.#line.hidden = true;
      return;
    }
    this.#shownFrom ||= performance.now() + SHOWN_AFTER_MS; // whatever a clock is set to
    const early = reason?.kind === "offline" ? 0 : this.#shownFrom - performance.now();
    if (early > 0) this.#timer = setTimeout(() => this.#show({ state, reason, retryAt }), early);
    else this.#say(navigator.onLine || state === "closed" ? state : "offline", retryAt);
  }

  #say(state, retryAt) {
    this.#line.hidden = false;
    const seconds = Math.max(0, Math.ceil(((retryAt ?? 0) - Date.now()) / 1000));
    const words = {
      connecting: t("Connecting…"),
      waiting: tn("Not connected. Next try in %(count)s second.", "Not connected. Next try in %(count)s seconds.", { count: seconds }),
      closed: t("Not connected."),
      offline: t("You are offline. What you send waits until you are back."),
    };
    this.#text.textContent = words[state];
    const spoken = state === "waiting" ? words.closed : words[state];
    if (this.#spoken.textContent !== spoken) this.#spoken.textContent = spoken;
    this.#again.hidden = state === "connecting" && this.#again !== document.activeElement;
    if (state === "waiting") this.#timer = setTimeout(() => this.#say(state, retryAt), TICK_MS);
  }
}
