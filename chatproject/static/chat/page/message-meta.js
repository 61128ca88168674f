/** What is said about a message: beside its bubble, and below it its time, whether it was edited, what went wrong. */

import { make } from "./dom.js";
import { failureOf, t, timeOf, tn } from "./texts.js";

/** Beside the bubble; null where there is nothing. */
export function asideOf() {
  return null;
}

/** The line below; null where there is none. */
export function footOf({ message, isOwn, endsGroup }, { readers }) {
  if (message.state === "failed") return failure(message);
  if (message.state === "sending") return make("p", { className: "foot", textContent: t("Sending…") });
  const parts = [];
  if (endsGroup) parts.push(make("time", { dateTime: message.createdAt, textContent: timeOf(message.createdAt) }));
  if (message.editedAt !== null) parts.push(t("edited"));
  if (isOwn && readers) parts.push(tn("read by %(count)s", "read by %(count)s", { count: readers }));
  if (parts.length === 0) return null;
  return make("p", { className: "foot" }, ...parts.flatMap((part, place) => (place === 0 ? [part] : [" · ", part])));
}

function failure({ error }) {
  return make(
    "p",
    { className: "foot failed" },
    error ? failureOf(error) : t("Not sent."),
    " ",
    make("button", { type: "button", className: "link", textContent: t("Try again"), "data-act": "retry" }),
    " ",
    make("button", { type: "button", className: "link", textContent: t("Remove"), "data-act": "discard" }),
  );
}
