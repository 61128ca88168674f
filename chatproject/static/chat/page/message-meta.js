/** What is said about a message: beside its bubble, and below it its time, whether it was edited, what went wrong. */

import { make } from "./dom.js";
import { dateTimeOf, failureOf, t, timeOf, tn } from "./texts.js";

/** Beside the bubble; null where there is nothing. */
export function asideOf() {
  return null;
}

/** The line below; null where there is none. */
export function footOf({ message, isOwn, endsGroup }, { readers, fate = null }) {
  if (message.state === "failed") return failure(message);
  if (message.state === "sending") return make("p", { className: "foot", textContent: t("Sending…") });
  if (fate !== null && fate.kind !== "saved") return fateLine(fate);
  const parts = [];
  if (endsGroup) parts.push(make("time", { dateTime: message.createdAt, textContent: timeOf(message.createdAt) }));
  if (message.editedAt !== null && message.deletedAt === null) parts.push(edited(message));
  if (isOwn && readers) parts.push(tn("read by %(count)s", "read by %(count)s", { count: readers }));
  if (parts.length === 0) return null;
  return make("p", { className: "foot" }, ...parts.flatMap((part, place) => (place === 0 ? [part] : [" · ", part])));
}

function edited({ editedAt, createdAt }) {
  const isSameDay = new Date(editedAt).toDateString() === new Date(createdAt).toDateString();
  const when = isSameDay ? timeOf(editedAt) : dateTimeOf(editedAt);
  return make("time", { className: "edited", dateTime: editedAt, textContent: t("edited %(when)s", { when }) });
}

/** What is on its way with it: `fate` as message-acts.js tells it. */
function fateLine({ kind, words }) {
  if (kind === "saving") return make("p", { className: "foot", textContent: t("Saving…") });
  if (kind === "deleting") return make("p", { className: "foot", textContent: t("Deleting…") });
  if (kind === "undo") return make("p", { className: "foot" }, t("Deleted."), " ", link("undo", t("Undo")));
  return make("p", { className: "foot failed" }, t("Not changed: %(why)s", { why: words }), " ", link("editAgain", t("Change again")), " ", link("forgetEdit", t("Leave as it was")));
}

function failure({ error }) {
  const words = error ? failureOf(error) : t("Not sent.");
  return make("p", { className: "foot failed" }, words, " ", link("retry", t("Try again")), " ", link("discard", t("Remove")));
}

const link = (act, label) => make("button", { type: "button", className: "link", textContent: label, tabIndex: -1, "data-act": act });
