/** All that was done to me, newest first, with the way to object. */

import { byId, make } from "./dom.js";
import { notify, orNotify } from "./notices.js";
import { PagedList } from "./paged-list.js";
import { byWhom, endOf, whatWasDone } from "./sanction-words.js";
import { dateTimeOf, t } from "./texts.js";

const PAGE = 30;

export class OwnSanctionsList {
  #client;
  #paged = new PagedList("my-sanctions", (before) => this.#read(before));

  constructor(client) {
    this.#client = client;
    byId("my-sanctions-open").addEventListener("click", () => this.open());
    byId("muted-more").addEventListener("click", () => this.open());
    this.#paged.list.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#object(event.target);
    });
    client.on("sanction", () => this.#paged.dialog.open && this.open());
  }

  open() {
    this.#paged.open();
  }

  async #read(before) {
    const { sanctions, next } = await this.#client.sanctions.mine({ before, limit: PAGE });
    return { items: sanctions.map(entry), next };
  }

  async #object(form) {
    const button = form.querySelector("button");
    button.disabled = true;
    const words = form.elements.words.value.trim();
    const isDone = await orNotify(() => this.#client.sanctions.object(Number(form.dataset.id), words).then(() => true));
    button.disabled = false;
    if (!isDone) return;
    notify(t("Your objection has arrived. Somebody who was not involved will look at it and answer here."));
    this.open();
  }
}

function entry(sanction) {
  const { roomName, reason, since, liftedAt, isInForce, mayObject, objection } = sanction;
  const state = isInForce ? t("in force") : liftedAt === null ? t("ended") : t("lifted");
  const line = (textContent) => (textContent === "" ? null : make("p", { textContent }));
  return make(
    "li",
    { className: isInForce ? "sanction" : "sanction over" },
    make("p", { className: "sanction-head" }, make("strong", { textContent: whatWasDone(sanction) }), make("span", { className: "role", textContent: state })),
    make("small", { textContent: [roomName, dateTimeOf(since), byWhom(sanction)].filter(Boolean).join(" · ") }),
    line(reason === "" ? "" : t("Reason: %(reason)s", { reason })),
    line(endOf(sanction)),
    objection === null ? null : said(objection),
    mayObject ? objectionForm(sanction) : null,
  );
}

function said({ words, decision, answer, decidedAt }) {
  const outcome = { granted: t("Your objection was granted."), upheld: t("It was looked at again and stays.") }[decision];
  const state = decision === null ? t("Your objection is waiting for an answer.") : `${dateTimeOf(decidedAt)} · ${outcome}`;
  const parts = [make("p", { className: "quote", textContent: words }), make("p", { textContent: state })];
  return make("div", { className: "objection" }, ...parts, answer === "" ? null : make("p", { textContent: answer }));
}

function objectionForm({ sanctionId, objectUntil }) {
  return make(
    "details",
    {},
    make("summary", { textContent: t("I see this differently") }),
    make(
      "form",
      { className: "objection", "data-id": String(sanctionId) },
      make("label", { className: "labelled" }, t("What should be looked at again?"), make("textarea", { name: "words", rows: 3, maxLength: 1_000, required: true })),
      make("p", { className: "hint", textContent: t("Once for each act, until %(when)s.", { when: dateTimeOf(objectUntil) }) }),
      make("button", { type: "submit", className: "button", textContent: t("Object") }),
    ),
  );
}
