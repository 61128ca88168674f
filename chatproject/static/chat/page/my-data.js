/** What the server keeps of me: asked for, watched while it is packed, and got. */

import { dialogOf } from "./dialog.js";
import { byId } from "./dom.js";
import { oneAtATime, orNotify } from "./notices.js";
import { dateTimeOf, language, t } from "./texts.js";

const LOOK_MS = 3_000;
const UNDER_WAY = ["waiting", "making"];

export class MyData {
  #client;
  #dialog = dialogOf("my-data-dialog");
  #ask = byId("my-data-ask");
  #get = byId("my-data-get");
  #timer = null; // until the next look

  constructor(client) {
    this.#client = client;
    byId("my-data-open").addEventListener("click", () => this.open());
    this.#ask.addEventListener("click", oneAtATime(() => this.#read(() => client.myData.ask({ language }))));
    this.#dialog.addEventListener("close", () => clearTimeout(this.#timer));
  }

  open() {
    this.#say("");
    this.#ask.hidden = this.#get.hidden = true;
    this.#dialog.showModal();
    this.#look();
  }

  #look() {
    return this.#read(() => this.#client.myData.state());
  }

  async #read(read) {
    clearTimeout(this.#timer);
    const told = await orNotify(read);
    if (!this.#dialog.open) return;
    if (told !== undefined) this.#show(told);
    if (told === undefined || UNDER_WAY.includes(told.state)) this.#timer = setTimeout(() => this.#look(), LOOK_MS);
  }

  #show({ state, until, size, link }) {
    this.#say(this.#words(state, until));
    const isPressed = document.activeElement === this.#ask;
    this.#ask.hidden = UNDER_WAY.includes(state) || state === "ready";
    if (isPressed && this.#ask.hidden) this.#dialog.querySelector("[data-close]").focus(); // not lost behind the dialog
    this.#get.hidden = link === null;
    if (link === null) return this.#get.removeAttribute("href");
    this.#get.href = link;
    byId("my-data-size").textContent = sizeOf(size);
  }

  #words(state, until) {
    return {
      none: "",
      waiting: t("Your data is being packed. You may close this and come back later."),
      making: t("Your data is being packed. You may close this and come back later."),
      ready: until && t("Your data is ready. You can get it until %(when)s.", { when: dateTimeOf(until) }),
      failed: t("Your data could not be packed. Please try again, or ask a moderator."),
      gone: t("What was packed for you before is no longer kept. You can ask again."),
    }[state];
  }

  #say(words) {
    const state = byId("my-data-state");
    if (state.textContent !== words) state.textContent = words; // else it would be read out again and again
  }
}

function sizeOf(bytes) {
  const megabytes = new Intl.NumberFormat(language, { style: "unit", unit: "megabyte", maximumFractionDigits: 1 });
  return megabytes.format(Math.max(bytes / 1_000_000, 0.1));
}
