/** What a message says, inside its bubble. */

import { linked, make } from "./dom.js";
import { t } from "./texts.js";

/** As nodes, of which the first is a `.text`. */
export function bodyOf(message) {
  if (message.deletedAt !== null) return [make("p", { className: "text gone", textContent: t("This message was deleted.") })];
  return [make("p", { className: "text", dir: "auto" }, ...linked(message.message))];
}
