/** What an answer of the assistant rests on: which messages it read, how many were kept from it, what it took. */

import { dialogOf } from "./dialog.js";
import { byId, make } from "./dom.js";
import { failureOf, language, t, tn } from "./texts.js";

const number = new Intl.NumberFormat(language);

export class Receipt {
  #dialog = dialogOf("receipt-dialog");
  #lines = byId("receipt-lines");
  #message = null; // whose receipt is shown

  constructor(client) {
    this.client = client;
  }

  /** Of this answer; `nameOf(memberId)` says who somebody is, as far as that is known here. */
  async open(message, nameOf) {
    this.#message = message;
    this.#lines.replaceChildren(make("dt", { className: "hint waiting", textContent: t("One moment…") }));
    this.#dialog.showModal();
    const lines = await this.client.receipt(message.roomId, message.clientId).then(
      (receipt) => linesOf(receipt, nameOf).flatMap(([name, value]) => [make("dt", { textContent: name }), make("dd", { textContent: value })]),
      (error) => [make("dt", { className: "hint", textContent: failureOf(error) })],
    );
    if (this.#message === message) this.#lines.replaceChildren(...lines); // else another one was opened meanwhile
  }
}

const seconds = (ms) => t("%(seconds)s s", { seconds: number.format(ms / 1000) });

function linesOf(receipt, nameOf) {
  const read = receipt.readSeqs.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  const deleted = receipt.deletedSeqs?.length ?? 0;
  const ranges = receipt.readSeqs.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`)).join(", ");
  const asker = nameOf(receipt.askedBy);
  return [
    asker && [t("Asked by"), asker],
    [t("Read"), tn("%(count)s message of this room", "%(count)s messages of this room", { count: read })],
    ranges && [t("Their numbers"), ranges],
    deleted > 0 && [t("Deleted since"), tn("%(count)s message that this answer rests on", "%(count)s messages that this answer rests on", { count: deleted })],
    [t("Kept from it"), tn("%(count)s message, at its author's wish", "%(count)s messages, at their authors' wish", { count: receipt.withheld })],
    receipt.modelServed && [t("Model"), receipt.modelServed],
    receipt.totalTokens !== null && [t("Tokens"), number.format(receipt.totalTokens)],
    receipt.firstWordMs !== null && [t("First word after"), seconds(receipt.firstWordMs)],
    receipt.tookMs !== null && [t("Finished after"), seconds(receipt.tookMs)],
  ].filter(Boolean);
}
