/** What was reported in the open room, for its managers: the oldest due first, looked into one at a time. */

import { make } from "./dom.js";
import { saidWith } from "./file-words.js";
import { notify, oneAtATime, orNotify } from "./notices.js";
import { PagedList } from "./paged-list.js";
import { reasonText } from "./report-reasons.js";
import { dateTimeOf, t, tn } from "./texts.js";

const PAGE = 20;
const HOUR_MS = 3_600_000;
const DAYS = [1, 3, 7, 28];

export class RoomCases {
  #client;
  #paged = new PagedList("cases", (after) => this.#read(after));
  #roomId = null;

  constructor(client) {
    this.#client = client;
  }

  open(roomId) {
    this.#roomId = roomId;
    this.#paged.open();
  }

  async #read(after) {
    const { cases, next } = await this.#client.reports.casesOf(this.#roomId, { after, limit: PAGE });
    return { items: cases.map((one) => this.#item(one)), next };
  }

  #item(one) {
    const item = make("li", { className: "case" }, ...head(one), conversation(one), ...one.words.map(said));
    if (one.outcomes.length === 0) item.append(make("p", { className: "hint", textContent: t("Staff will decide this one.") }));
    else item.append(make("button", { type: "button", className: "button", textContent: t("Look into it"), onclick: oneAtATime(() => this.#claim(one, item)) }));
    return item;
  }

  async #claim(one, item) {
    const claimed = await orNotify(() => this.#client.reports.claim(one.roomId, one.caseId));
    if (claimed === undefined) return;
    const form = decisionForm(one);
    const decide = oneAtATime(() => this.#decide(one, item, form));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      decide();
    });
    item.querySelector(":scope > button").replaceWith(form);
    form.querySelector("input").focus();
  }

  async #decide(one, item, form) {
    const { outcome, days, reason, hide } = form.elements;
    const until = LASTING.includes(outcome.value) && days.value !== "" ? new Date(Date.now() + days.value * 24 * HOUR_MS).toISOString() : undefined;
    const decision = { outcome: outcome.value, reason: reason.value.trim(), until, hide: LASTING.includes(outcome.value) && (hide?.checked ?? false) };
    const done = await orNotify(() => this.#client.reports.decide(one.roomId, one.caseId, decision).then(() => true));
    if (!done) return;
    notify(t("Decided. Both sides are told."));
    this.#paged.finish(item);
  }
}

const LASTING = ["muted", "removed"]; // outcomes that may end by themselves

const OUTCOMES = () => ({
  dismissed: t("No action"),
  hidden: t("Hide the message"),
  muted: t("Stop the member from writing"),
  removed: t("Remove the member"),
  cared: t("Taken care of in another way"),
});

function head({ reasons, reportCount, dueAt, isLate, urgent, nickName }) {
  const marks = [urgent ? t("Urgent") : "", isLate ? t("Late") : ""].filter(Boolean);
  const due = t("until %(time)s", { time: dateTimeOf(dueAt) });
  return [
    make(
      "p",
      { className: "report-head" },
      make("strong", { textContent: reasons.map(({ reason }) => reasonText(reason)).join(", ") }),
      ...marks.map((text) => make("span", { className: "role late", textContent: text })),
    ),
    make("small", { textContent: [nickName, tn("%(count)s report", "%(count)s reports", { count: reportCount }), due].filter(Boolean).join(" · ") }),
  ];
}

/** As it was when it was reported. */
function conversation({ evidence, seq }) {
  const lines = evidence.map((one) =>
    make("li", { className: one.seq === seq ? "reported" : "" }, make("strong", { textContent: one.nickName }), make("span", { textContent: saidWith(one) })),
  );
  return make("ol", { className: "evidence", "aria-label": t("What was said around it") }, ...lines);
}

const said = (words) => make("p", { className: "report-words", textContent: words });

function decisionForm({ outcomes, caseId, about }) {
  const choices = outcomes.map((key, at) =>
    make("label", { className: "option" }, make("input", { type: "radio", name: "outcome", value: key, required: true, checked: at === 0 }), make("span", { textContent: OUTCOMES()[key] })),
  );
  const lengths = DAYS.map((days) => make("option", { value: String(days), textContent: tn("%(count)s day", "%(count)s days", { count: days }) }));
  const length = make("select", { name: "days" }, ...lengths, make("option", { value: "", textContent: t("Until it is lifted") }));
  const hiding = make("label", { className: "option" }, make("input", { type: "checkbox", name: "hide", checked: true }), make("span", { textContent: t("Hide the message as well") }));
  const lasting = make("div", { hidden: true }, make("label", { className: "labelled" }, t("For how long"), length), about === "message" ? hiding : null);
  const form = make(
    "form",
    { className: "decision", "data-case": String(caseId) },
    make("fieldset", {}, make("legend", { textContent: t("What is done") }), ...choices),
    lasting,
    make("label", { className: "labelled" }, t("Reason, told to both sides"), make("textarea", { name: "reason", rows: 2, maxLength: 200, required: true })),
    make("button", { type: "submit", className: "button", textContent: t("Decide") }),
  );
  form.addEventListener("change", () => {
    const { outcome } = form.elements;
    lasting.hidden = !LASTING.includes(outcome.value);
    length.lastElementChild.disabled = outcome.value === "muted"; // a mute has an end
    if (outcome.value === "muted" && length.value === "") length.value = String(DAYS[0]);
  });
  return form;
}
