/** Sanctions in words: what was done, by whom, until when. */

import { dateTimeOf, t } from "./texts.js";

/** For whom it met. */
export function whatWasDone({ act }) {
  return (
    {
      mute: t("You were muted."),
      remove: t("You were removed from the room."),
      hide: t("A message of yours was hidden."),
      measure: t("A message of yours is hidden for a time while the matter is clarified."),
    }[act] ?? ""
  );
}

/** For managers. */
export function nameOfAct(act) {
  return { mute: t("muted"), remove: t("removed"), hide: t("message hidden"), measure: t("temporary measure") }[act] ?? act;
}

export function byWhom({ by }) {
  return { manager: t("by a manager of the room"), owner: t("by the owner of the room"), staff: t("by staff") }[by] ?? "";
}

export function endOf({ until }) {
  return until === null || until === undefined ? "" : t("Until %(when)s", { when: dateTimeOf(until) });
}
