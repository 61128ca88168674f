/** What people read: texts by Django's catalogue (`texts.js` of the server), times by the browser. */

import { ChatError } from "../chat-client.js";

const { gettext, ngettext, interpolate } = globalThis.django;

export const language = document.documentElement.lang;

/** The text in the page's language, with `%(name)s` filled in. */
export const t = (text, values = {}) => interpolate(gettext(text), values, true);

/** The same, for a number of things: `values.count`. */
export const tn = (one, many, values) => interpolate(ngettext(one, many, values.count), values, true);

const clock = new Intl.DateTimeFormat(language, { timeStyle: "short" });
const day = new Intl.DateTimeFormat(language, { dateStyle: "full" });
const shortDay = new Intl.DateTimeFormat(language, { month: "short", day: "numeric" });

export const timeOf = (iso) => clock.format(new Date(iso));
export const dateTimeOf = (iso) => `${shortDay.format(new Date(iso))} ${timeOf(iso)}`;

const dayKey = (iso) => new Date(iso).toDateString();

const DAY_MS = 86_400_000;

/** The day in words: today, yesterday, or its date. */
export function dayOf(iso) {
  if (dayKey(iso) === dayKey(Date.now())) return t("Today");
  if (dayKey(iso) === dayKey(Date.now() - DAY_MS)) return t("Yesterday");
  return day.format(new Date(iso));
}

/** For a list: the time of today, else the day. */
export const whenOf = (iso) => (dayKey(iso) === dayKey(Date.now()) ? timeOf(iso) : shortDay.format(new Date(iso)));

/** What to tell people about a failure. Only the server's sentences are for people already. */
export function failureOf(error) {
  if (!(error instanceof ChatError)) return t("Something went wrong on this page. Please try again.");
  if (error.code === "anew") return t("Not done: the server went back to an earlier state. Please look at the message again.");
  if (error.code === "E-C002") return t("The message is too long.");
  if (/^E-/.test(error.code) && error.message !== error.code) return error.message;
  return t("The server cannot be reached. Please try again.");
}
