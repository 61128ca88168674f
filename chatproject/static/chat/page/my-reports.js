/** What this member has reported, the newest first, and what was decided. */

import { byId, make } from "./dom.js";
import { notify } from "./notices.js";
import { PagedList } from "./paged-list.js";
import { reasonText } from "./report-reasons.js";
import { dateTimeOf, t } from "./texts.js";

const PAGE = 30;

export class MyReports {
  #client;
  #paged = new PagedList("my-reports", (before) => this.#read(before));

  constructor(client) {
    this.#client = client;
    byId("my-reports-open").addEventListener("click", () => this.open());
  }

  open() {
    this.#paged.open();
  }

  async #read(before) {
    const { reports, next } = await this.#client.reports.mine({ before, limit: PAGE });
    return { items: reports.map(line), next };
  }

  /** What was decided on one. */
  hear({ outcome }) {
    notify([t("Your report was decided."), outcomeText(outcome)].join(" "));
    if (this.#paged.dialog.open) this.open();
  }
}

function line({ roomName, about, reason, words, madeAt, outcome, decision, decidedAt }) {
  const head = [make("strong", { textContent: reasonText(reason) }), make("time", { dateTime: madeAt, textContent: dateTimeOf(madeAt) })];
  const what = { message: t("A message"), member: t("A member"), room: t("The room") }[about];
  const state = outcome === null ? t("Received. A moderator will look at it.") : `${dateTimeOf(decidedAt)} · ${outcomeText(outcome)}`;
  return make(
    "li",
    {},
    make("p", { className: "report-head" }, ...head),
    make("small", { textContent: [roomName, what].filter(Boolean).join(" · ") }),
    words === "" ? null : make("p", { className: "report-words", textContent: words }),
    make("p", { textContent: state }),
    decision === "" ? null : make("p", { className: "hint", textContent: decision }),
  );
}

/** What was decided, for who reported. */
export function outcomeText(outcome) {
  return (
    {
      dismissed: t("No action was needed."),
      hidden: t("The message was hidden."),
      muted: t("The member may not write for a time."),
      removed: t("The member was removed from the room."),
      measure: t("The message is hidden for a time while the matter is clarified."),
      cared: t("It was taken care of."),
    }[outcome] ?? ""
  );
}
