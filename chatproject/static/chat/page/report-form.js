/** The form of a report: what is wrong, and a few words. */

import { dialogOf } from "./dialog.js";
import { byId, make } from "./dom.js";
import { notify, oneAtATime, orNotify } from "./notices.js";
import { REASON_GROUPS } from "./report-reasons.js";
import { language, t } from "./texts.js";

export class ReportForm {
  #client;
  #dialog = dialogOf("report-dialog");
  #form = byId("report-form");
  #about = null; // `{ roomId, seq?, memberId? }`, an object of its own each time it is opened

  constructor(client) {
    this.#client = client;
    const send = oneAtATime(() => this.#send());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      send();
    });
    this.#form.addEventListener("change", () => this.#showHelp());
  }

  /** `what`: in words; `quote`: what was said, "" where nothing was. */
  open(about, { what, quote = "" }) {
    this.#about = about;
    byId("report-what").textContent = what;
    byId("report-quote").textContent = quote;
    byId("report-quote").hidden = quote === "";
    byId("report-reasons").replaceChildren(...REASON_GROUPS().map(([title, reasons]) => group(title, reasons)));
    this.#form.reset();
    this.#showHelp();
    this.#dialog.showModal();
  }

  async #showHelp() {
    const isMeant = () => this.#form.elements.reason.value === "self_harm";
    byId("report-help").hidden = !isMeant();
    if (!isMeant() || byId("report-help-lines").childElementCount > 0) return;
    const { lines } = await this.#client.call("GET", "/help-lines").catch(() => ({ lines: [] }));
    byId("report-help-lines").replaceChildren(...lines.map(helpLine));
  }

  async #send() {
    const about = this.#about;
    const { reason, words } = this.#form.elements;
    const report = { ...about, reason: reason.value, words: words.value.trim() || undefined };
    const received = await orNotify(() => this.#client.reports.send(report));
    if (received === undefined) return;
    if (this.#about === about) this.#dialog.close();
    notify(t("Your report has been received. You will be told what was decided."));
  }
}

function helpLine({ number, ...said }) {
  const [name, hours] = language === "ko" ? [said.name, said.hours] : [said.nameEn, said.hoursEn];
  return make("li", { textContent: [name, number, hours].filter(Boolean).join(" · ") });
}

function group(title, reasons) {
  const options = Object.entries(reasons).map(([key, text]) =>
    make("label", { className: "option" }, make("input", { type: "radio", name: "reason", value: key, required: true }), make("span", { textContent: text })),
  );
  return make("fieldset", {}, make("legend", { textContent: title }), ...options);
}
