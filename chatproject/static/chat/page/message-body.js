/** What a message says, inside its bubble. */

import { attachmentsOf, linkCard } from "./attachments.js";
import { hiddenBody } from "./hidden-message.js";
import { make } from "./dom.js";
import { isLong } from "./folding.js";
import { formatted } from "./formatting.js";
import { goneWords, isHidden } from "./gone.js";
import { markMentions } from "./mention-marks.js";
import { t } from "./texts.js";

/**
 * As nodes: a `.text`, unless there is nothing but files, and these. `mentioned` are those whose names are marked in it,
 * `addresses` where its pictures are (pictures.js). Of a long one the beginning is shown, unless it is wanted whole.
 */
export function bodyOf(message, { mentioned = [], uncovered = null, addresses = {}, isWhole = false } = {}) {
  if (isHidden(message)) return hiddenBody(message, uncovered, addresses);
  if (message.deletedAt !== null) return [make("p", { className: "text gone", textContent: goneWords(message) })];
  const files = attachmentsOf(message, addresses);
  const words = message.message === "" && files.length > 0 ? [] : textOf(message, { mentioned, isWhole });
  return [...words, ...files, linkCard(message, addresses)].filter(Boolean);
}

/** An answer of the assistant was watched as it came, and stays as it is. */
function textOf({ message: words, kind }, { mentioned, isWhole }) {
  const text = make("div", { className: "text", dir: "auto" }, ...formatted(words));
  markMentions([text], mentioned);
  if (kind === "assistant" || !isLong(words)) return [text];
  text.classList.add(isWhole ? "whole" : "long");
  const label = isWhole ? t("Fold it") : t("Show all of it");
  const toggle = make("button", { type: "button", className: "link toggle-whole", tabIndex: -1, textContent: label, "aria-expanded": String(isWhole), "data-act": "whole" });
  return [text, toggle];
}
