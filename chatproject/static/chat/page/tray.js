/** The files above the field to write in, each with how far it is, and what to do about it. */

import { byId, hiddenText, icon, make, place } from "./dom.js";
import { sizeWords } from "./file-kinds.js";
import { refusalWords } from "./file-words.js";
import { failureOf, t, tn } from "./texts.js";

export const ALT_MAX = 300; // characters, as the server takes them

export class Tray {
  #list = byId("tray");
  #promise = byId("tray-promise");
  #rows = new Map(); // by item
  #acts;
  #limits;

  /** `acts`: { remove, retry, describe(item, alt), unsend(), focus() }; `limits()`: the server's. */
  constructor({ acts, limits }) {
    [this.#acts, this.#limits] = [acts, limits];
    byId("tray-unsend").addEventListener("click", () => acts.unsend());
  }

  show({ items, promised }) {
    const hadFocus = this.#list.contains(document.activeElement);
    for (const [item, row] of this.#rows) if (!items.includes(item)) this.#drop(item, row);
    this.#list.hidden = items.length === 0;
    place(this.#list, items.map((item) => this.#row(item)));
    this.#promise.hidden = promised === null;
    byId("tray-promise-text").textContent = promised === null ? "" : [tn("Sent when the file is there.", "Sent when all files are there.", { count: items.length }), promised.text].filter(Boolean).join(" ");
    if (hadFocus && !this.#list.contains(document.activeElement)) this.#acts.focus(); // what had it is gone
  }

  /** The local pictures of items that are in a message now, by file id: whoever takes them forgets them. */
  takeLocals(items) {
    const taken = new Map();
    for (const item of items) {
      const row = this.#rows.get(item);
      const isDrawn = row?.element.querySelector(".tray-picture img") ?? null; // not every browser draws HEIC
      if (isDrawn === null || !item.uploaded) continue;
      taken.set(item.uploaded.fileId, row.local);
      row.local = null;
    }
    return taken;
  }

  #drop(item, { local }) {
    if (local !== null) URL.revokeObjectURL(local);
    this.#rows.delete(item);
  }

  #row(item) {
    if (!this.#rows.has(item)) this.#rows.set(item, this.#build(item));
    const { element, bar, words, retry } = this.#rows.get(item);
    const { file, state, loaded } = item;
    element.className = `tray-row ${state}`;
    bar.hidden = !["uploading", "waiting"].includes(state);
    bar.value = loaded;
    const said = this.#words(item);
    if (words.textContent !== said) words.textContent = said; // the same is not said twice
    if (retry.contains(document.activeElement) && state !== "failed") this.#acts.focus();
    retry.hidden = state !== "failed";
    bar.setAttribute("aria-valuetext", `${Math.round((100 * loaded) / Math.max(1, file.size))}%`);
    return element;
  }

  #words({ file, state, error, refusal, reason }) {
    const { fileBytes } = this.#limits();
    const refusals = {
      kind: () => t("Files of this kind cannot be sent."),
      empty: () => t("The file is empty."),
      size: () => t("Too large: at most %(size)s.", { size: sizeWords(fileBytes) }),
      found: () => t("It cannot be sent: %(why)s.", { why: refusalWords(reason) }),
      gone: () => t("It is kept no longer."),
    };
    if (refusal !== null) return refusals[refusal]();
    if (error !== null) return failureOf(error);
    if (state === "waiting") return t("Goes on when there is a connection…");
    return state === "there" ? t("%(size)s, uploaded", { size: sizeWords(file.size) }) : sizeWords(file.size);
  }

  #build(item) {
    const { file, isPicture } = item;
    const local = isPicture && file instanceof Blob ? URL.createObjectURL(file) : null;
    const button = (act, label, drawing) => make("button", { type: "button", className: "icon-button", title: label, onclick: () => this.#acts[act](item) }, icon(drawing), hiddenText(`${label}: ${file.name}`));
    const bar = make("progress", { max: Math.max(1, file.size), value: 0, "aria-label": t("Sent of %(name)s", { name: file.name }) });
    const words = make("small", { role: "status" });
    const retry = button("retry", t("Try again"), "retry");
    const element = make(
      "li",
      {},
      thumbnail(local, isPicture),
      make("div", { className: "tray-lines" }, make("span", { className: "file-name", textContent: file.name, dir: "auto" }), words, bar, isPicture && item.refusal === null ? this.#alt(item) : null),
      retry,
      button("remove", t("Take it out"), "close"),
    );
    return { element, bar, words, retry, local };
  }

  #alt(item) {
    const describe = () => this.#acts.describe(item, input.value);
    const press = (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault(); // it would send the message
      this.#acts.focus();
    };
    const label = t("What is in the picture %(name)s", { name: item.file.name });
    const input = make("input", { type: "text", maxLength: ALT_MAX, value: item.alt, "aria-label": label, placeholder: t("Describe it for those who do not see it"), autocomplete: "off", onchange: describe, oninput: () => { item.alt = input.value.trim(); }, onkeydown: press });
    return input;
  }
}

function thumbnail(local, isPicture) {
  const box = make("span", { className: "tray-picture" }, icon(isPicture ? "picture" : "file"));
  if (local === null) return box;
  const drawn = make("img", { src: local, alt: "", onload: () => box.replaceChildren(drawn) }); // some browsers show no HEIC
  return box;
}
