/** The quiet card for who may need help: where people help, for these eyes alone, until it is put away. */

import { byId, linkTo, make } from "./dom.js";
import { announce, oneAtATime, orNotify } from "./notices.js";
import { language, t } from "./texts.js";

const SCHEMES = { call: "tel", text: "sms" };

/** `name` in the page's language, where the server has it in that. */
const said = (thing, name) => (language.startsWith("ko") ? "" : thing[`${name}En`]) || thing[name];

export class CareCard {
  #client;
  #section = byId("care-card");
  #concernId = null; // of what is shown

  /** `onClosed()`: it was put away, and the focus with it. */
  constructor(client, { onClosed }) {
    this.#client = client;
    this.onClosed = onClosed;
    client.on("care", (card) => this.#hear(card));
    byId("care-close").addEventListener("click", oneAtATime(() => this.#close()));
    this.#section.addEventListener("keydown", ({ key }) => key === "Escape" && byId("care-close").click());
  }

  /** What is open already, from before this page. */
  async load() {
    const card = await this.#client.care.mine().catch(() => null); // it is asked for again at the next connection
    if (card !== null && card.concernId !== null) this.#show(card);
  }

  async #hear(card) {
    if (card.lines.length > 0) return this.#show(card);
    await this.load(); // the server could not read them just then
    return undefined;
  }

  #show(card) {
    const isNew = card.concernId !== this.#concernId;
    this.#concernId = card.concernId;
    byId("care-text").textContent = said(card, "text");
    byId("care-lines").replaceChildren(...card.lines.map(lineOf));
    this.#section.hidden = false;
    if (isNew) announce(`${byId("care-title").textContent} ${said(card, "text")}`);
  }

  async #close() {
    if ((await orNotify(() => this.#client.care.close().then(() => true))) === undefined) return;
    this.#concernId = null;
    this.#section.hidden = true;
    this.onClosed();
  }
}

function lineOf(line) {
  const { kind, number, address } = line;
  const name = make("strong", { textContent: said(line, "name") });
  const way = number === "" ? null : make("a", { href: `${SCHEMES[kind]}:${number.replace(/[^0-9+]/g, "")}`, textContent: kind === "text" ? t("Text %(number)s", { number }) : number });
  const page = /^https:\/\//.test(address) ? linkTo(address, address.replace(/^https:\/\//, "").replace(/\/$/, "")) : null;
  const hours = make("small", { textContent: said(line, "hours") });
  return make("li", {}, name, " ", way, way && page && " · ", page, " ", hours);
}
