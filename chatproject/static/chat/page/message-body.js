/** What a message says, inside its bubble. */

import { attachmentsOf, linkCard } from "./attachments.js";
import { hiddenBody } from "./hidden-message.js";
import { make } from "./dom.js";
import { formatted } from "./formatting.js";
import { goneWords, isHidden } from "./gone.js";
import { markMentions } from "./mention-marks.js";

/**
 * As nodes: a `.text`, unless there is nothing but files, and these. `mentioned` are those whose names are marked in it,
 * `addresses` where its pictures are (pictures.js).
 */
export function bodyOf(message, { mentioned = [], uncovered = null, addresses = {} } = {}) {
  if (isHidden(message)) return hiddenBody(message, uncovered, addresses);
  if (message.deletedAt !== null) return [make("p", { className: "text gone", textContent: goneWords(message) })];
  const files = attachmentsOf(message, addresses);
  const text = message.message === "" && files.length > 0 ? [] : markMentions([make("div", { className: "text", dir: "auto" }, ...formatted(message.message))], mentioned);
  return [...text, ...files, linkCard(message, addresses)].filter(Boolean);
}
