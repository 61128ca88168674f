/** What a message says, inside its bubble. */

import { hiddenBody } from "./hidden-message.js";
import { make } from "./dom.js";
import { formatted } from "./formatting.js";
import { goneWords, isHidden } from "./gone.js";
import { markMentions } from "./mention-marks.js";

/** As nodes, of which the first is a `.text`; `mentioned` are those whose names are marked in it. */
export function bodyOf(message, { mentioned = [], uncovered = null } = {}) {
  if (isHidden(message)) return hiddenBody(message, uncovered);
  if (message.deletedAt !== null) return [make("p", { className: "text gone", textContent: goneWords(message) })];
  return markMentions([make("div", { className: "text", dir: "auto" }, ...formatted(message.message))], mentioned);
}
