/** What a message says, inside its bubble. */

import { make } from "./dom.js";
import { formatted } from "./formatting.js";
import { t } from "./texts.js";

/** As nodes, of which the first is a `.text`. */
export function bodyOf(message) {
  if (message.deletedAt !== null) return [make("p", { className: "text gone", textContent: t("This message was deleted.") })];
  return [make("div", { className: "text", dir: "auto" }, ...formatted(message.message))];
}
