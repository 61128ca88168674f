/** Why one cannot write in the open room just now, and how long: slow mode counts down, a read-only room says so. */

import { byId } from "./dom.js";
import { dateTimeOf, t, tn } from "./texts.js";

const TICK_MS = 1_000;

export class WritingRules {
  #line = byId("writing-rules");
  #room = null; // the client's
  #isExempt = () => false;
  #timer = null;
  #wasForbidden = false;

  /** `onChange(isForbidden)`: nothing may be sent, or may again. */
  constructor(client, { onChange }) {
    this.onChange = onChange;
    client.on("rules", ({ room }) => room === this.#room && this.refresh());
  }

  /** `isExempt()`: an ADMIN, for whom no rule holds. */
  open(room, { isExempt }) {
    this.#room = room;
    this.#isExempt = isExempt;
    this.refresh();
  }

  refresh() {
    clearTimeout(this.#timer);
    if (this.#room === null) return;
    const { rules } = this.#room;
    const at = this.#isExempt() && rules.mutedUntil === null ? 0 : rules.mayWriteAt;
    this.#say(words(rules, at));
    if (at !== 0 && at !== Infinity) this.#timer = setTimeout(() => this.refresh(), Math.min(TICK_MS, at - Date.now() + 50));
    const isForbidden = at !== 0;
    if (isForbidden !== this.#wasForbidden) this.onChange(isForbidden);
    this.#wasForbidden = isForbidden;
  }

  /** A countdown is read out once, not each second. */
  #say({ text, isCounting }) {
    this.#line.setAttribute("role", isCounting ? "timer" : "status");
    if (this.#line.textContent !== text) this.#line.textContent = text;
    this.#line.hidden = text === "";
  }
}

function words({ mutedUntil, readOnly, slowSeconds, isManager }, at) {
  const isMuted = mutedUntil !== null && Date.parse(mutedUntil) > Date.now();
  if (isMuted) return { text: t("You cannot write in this room until %(when)s.", { when: dateTimeOf(mutedUntil) }) };
  if (at === Infinity) return { text: t("Only the owner and managers write in this room.") };
  const count = Math.ceil((at - Date.now()) / 1000);
  if (at !== 0) return { text: tn("Slow mode: %(count)s second until you can send again.", "Slow mode: %(count)s seconds until you can send again.", { count }), isCounting: true };
  if (slowSeconds > 0 && !isManager) return { text: tn("Slow mode: one message in %(count)s second.", "Slow mode: one message in %(count)s seconds.", { count: slowSeconds }) };
  return { text: readOnly ? t("Read-only: only the owner and managers write here.") : "" };
}
