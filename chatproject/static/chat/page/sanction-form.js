/** Doing something to a member or a message: why and until when are asked for, since whom it meets is told both. */

import { dialogOf } from "./dialog.js";
import { byId, make } from "./dom.js";
import { notify, oneAtATime, orNotify } from "./notices.js";
import { t } from "./texts.js";

const [MINUTE_MS, HOUR_MS, DAY_MS] = [60_000, 3_600_000, 86_400_000];

/** Lengths in milliseconds, null for no end. A mute has one always. */
const ENDS = {
  mute: () => [
    [10 * MINUTE_MS, t("10 minutes")],
    [HOUR_MS, t("1 hour")],
    [6 * HOUR_MS, t("6 hours")],
    [DAY_MS, t("1 day")],
    [7 * DAY_MS, t("7 days")],
    [28 * DAY_MS, t("28 days")],
  ],
  remove: () => [
    [null, t("Until somebody lifts it")],
    [DAY_MS, t("1 day")],
    [7 * DAY_MS, t("7 days")],
    [30 * DAY_MS, t("30 days")],
  ],
  hide: () => [
    [null, t("Until somebody shows it again")],
    [DAY_MS, t("1 day")],
    [7 * DAY_MS, t("7 days")],
  ],
};

const WORDS = {
  mute: ({ nickName }) => ({
    title: t("Mute %(name)s", { name: nickName }),
    about: t("They can read on, but not write in this room."),
    submit: t("Mute"),
    done: t("%(name)s is muted.", { name: nickName }),
  }),
  remove: ({ nickName }) => ({
    title: t("Remove %(name)s", { name: nickName }),
    about: t("They are out at once and cannot come back until then."),
    submit: t("Remove from the room"),
    done: t("%(name)s was removed.", { name: nickName }),
  }),
  hide: ({ nickName }) => ({
    title: t("Hide a message of %(name)s", { name: nickName }),
    about: t("Members see that a message is hidden, not what it says. Managers can still read it."),
    submit: t("Hide"),
    done: t("The message is hidden."),
  }),
};

const REASONS = () => [t("Flooding"), t("Insults"), t("Advertising"), t("Somebody's personal data"), t("Off topic")];

export class SanctionForm {
  #client;
  #dialog = dialogOf("sanction-dialog");
  #form = byId("sanction-form");
  #target = null; // what it is about, anew each time it is opened

  constructor(client) {
    this.#client = client;
    const send = oneAtATime(() => this.#send());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      send();
    });
    byId("sanction-reasons").addEventListener("click", ({ target }) => this.#take(target.closest("button")));
  }

  /** `act`: "mute", "remove" or "hide"; of a message its `seq` too. */
  open(act, { roomId, memberId, nickName, seq = null }) {
    this.#target = { act, roomId, memberId, nickName, seq };
    const words = WORDS[act](this.#target);
    byId("sanction-title").textContent = words.title;
    byId("sanction-about").textContent = words.about;
    byId("sanction-submit").textContent = words.submit;
    byId("sanction-end").replaceChildren(...ENDS[act]().map(([ms, textContent]) => make("option", { value: String(ms ?? ""), textContent })));
    byId("sanction-hide-row").hidden = act !== "remove";
    byId("sanction-reasons").replaceChildren(...REASONS().map((textContent) => make("button", { type: "button", className: "chip", textContent })));
    this.#form.reset();
    this.#dialog.showModal();
    this.#form.elements.reason.focus();
  }

  /** A usual reason, to begin with. */
  #take(button) {
    if (button === null) return;
    const { reason } = this.#form.elements;
    reason.value = reason.value.trim() === "" ? button.textContent : `${reason.value.trim()}, ${button.textContent}`;
    reason.focus();
  }

  async #send() {
    const target = this.#target;
    const { reason, end, hideHours } = this.#form.elements;
    const until = end.value === "" ? undefined : new Date(Date.now() + Number(end.value)).toISOString();
    const terms = { reason: reason.value.trim(), until };
    const isDone = await orNotify(() => this.#do(target, terms, Number(hideHours.value)).then(() => true));
    if (!isDone) return;
    if (this.#target === target) this.#dialog.close();
    notify(WORDS[target.act](target).done);
  }

  #do({ act, roomId, memberId, seq }, terms, hideHours) {
    const { sanctions } = this.#client;
    if (act === "mute") return sanctions.mute(roomId, memberId, terms);
    if (act === "hide") return this.#client.room(roomId).hide({ seq }, terms);
    return sanctions.remove(roomId, memberId, { ...terms, hideHours });
  }
}
