/** What is said about a message: its time beside its bubble, with how many have not read it; below it what went wrong. */

import { hiddenText, make } from "./dom.js";
import { isGone } from "./gone.js";
import { dateTimeOf, failureOf, t, timeOf, tn } from "./texts.js";
import { NO_ASSISTANT } from "./unsent-messages.js";

const UNREAD_SHOWN_MAX = 99;
const FINAL = ["E-MO007", "E-FI001", "E-FI006", NO_ASSISTANT]; // by the word filter, or for a file: the same again would be, too

/** Beside the bubble: how many have not read it, and when the last one of a minute was said. Null where there is neither. */
export function asideOf({ message, endsMinute }, { unread }) {
  if (message.seq === null || (isGone(message) && !endsMinute)) return null;
  const box = make("span", { className: "beside" });
  if (!isGone(message)) {
    const number = make("span", { className: "unread-number" });
    fillUnread(number, unread);
    box.append(number);
  }
  if (endsMinute) box.append(make("time", { dateTime: message.createdAt, textContent: timeOf(message.createdAt) }));
  return box;
}

/** Put the number, or nothing, where `asideOf` made room for it: it falls often, and the message stays. */
export function showUnread(element, unread) {
  const box = element.querySelector(":scope > .line > .beside > .unread-number");
  if (box !== null && box.dataset.count !== String(unread ?? 0)) fillUnread(box, unread);
}

function fillUnread(box, unread) {
  box.dataset.count = unread ?? 0;
  if (!unread) return box.replaceChildren();
  const shown = unread > UNREAD_SHOWN_MAX ? `${UNREAD_SHOWN_MAX}+` : String(unread);
  const words = tn("%(count)s has not read it", "%(count)s have not read it", { count: unread });
  return box.replaceChildren(make("span", { "aria-hidden": "true", textContent: shown }), hiddenText(words));
}

/** The line below; null where there is none. */
export function footOf({ message }, { fate = null }) {
  if (message.state === "failed") return failure(message);
  if (message.state === "held") return make("p", { className: "foot", textContent: t("Waits: a manager looks at it first. Until then only you see it.") });
  if (message.state === "rejected") return rejection(message);
  if (message.state === "sending") return make("p", { className: "foot", textContent: t("Sending…") });
  if (fate !== null && fate.kind !== "saved") return fateLine(fate);
  if (isGone(message)) return null;
  const words = [
    message.assisted && t("Written with the help of AI"),
    message.isAgain ? t("Sent again: the server had lost it.") : message.editedAt !== null && edited(message),
  ].filter(Boolean);
  return words.length > 0 ? make("p", { className: "foot" }, ...words.flatMap((word) => [" · ", word]).slice(1)) : null;
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

/** A manager's words, with the text to write anew. */
function rejection({ reason }) {
  return make("p", { className: "foot failed" }, t("Not published: %(why)s", { why: reason }), " ", ...anew());
}

const anew = () => [link("takeBack", t("Change it")), " ", link("discard", t("Remove"))];

function failure({ error }) {
  const words = error ? failureOf(error) : t("Not sent.");
  if (FINAL.includes(error?.code)) return make("p", { className: "foot failed" }, words, " ", ...anew());
  return make("p", { className: "foot failed" }, words, " ", link("retry", t("Try again")), " ", link("discard", t("Remove")));
}

const link = (act, label) => make("button", { type: "button", className: "link", textContent: label, tabIndex: -1, "data-act": act });
