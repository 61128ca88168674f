/** Who says something: the assistant is marked as one everywhere, whatever a room calls it. */

import { icon, make } from "./dom.js";
import { t } from "./texts.js";

/** In words, where there is text only. */
export function speakerOf({ kind, nickName }) {
  return kind === "assistant" ? t("%(name)s (AI)", { name: nickName }) : nickName;
}

function aiBadge() {
  return make("span", { className: "ai-badge", title: t("AI assistant"), textContent: t("AI") });
}

/** The line above what the assistant says; `model` wrote it, "" where that is not known. */
export function assistantAuthor(name, model = "") {
  const mark = make("span", { className: "avatar assistant", "aria-hidden": "true" }, icon("spark"));
  return make("div", { className: "author" }, mark, make("strong", { textContent: name }), aiBadge(), make("small", { className: "hint", textContent: model }));
}
