/** What a message says, inside its bubble. */

import { make } from "./dom.js";
import { formatted } from "./formatting.js";
import { markMentions } from "./mention-marks.js";
import { t } from "./texts.js";

/** As nodes, of which the first is a `.text`; `mentioned` are those whose names are marked in it. */
export function bodyOf(message, { mentioned = [] } = {}) {
  if (message.deletedAt !== null) return [make("p", { className: "text gone", textContent: t("This message was deleted.") })];
  return markMentions([make("div", { className: "text", dir: "auto" }, ...formatted(message.message))], mentioned);
}
