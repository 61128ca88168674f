/** An answer of the assistant on its way: thinking, writing, and the button that ends it. */

import { hiddenText, icon, make, redraw } from "./dom.js";
import { formatted } from "./formatting.js";
import { assistantAuthor } from "./speaker.js";
import { t } from "./texts.js";

/** Fill `element` (an <li>); called at each piece that comes, so what is there already stays. */
export function fillRun(element, run, { assistantName, mayStop, stop }) {
  if (element.dataset.runId !== run.runId) build(element, run, { assistantName, mayStop, stop });
  const text = element.querySelector(".text");
  redraw(text, make("div", { className: "text", dir: "auto" }, ...formatted(run.text)));
  element.classList.toggle("thinking", run.text === "");
}

function build(element, run, { assistantName, mayStop, stop }) {
  element.dataset.runId = run.runId;
  element.tabIndex = -1;
  element.className = "message assistant starts ends run";
  const dots = make(
    "span",
    { className: "dots" },
    hiddenText(t("%(name)s is thinking…", { name: assistantName })),
    ...[1, 2, 3].map(() => make("i")),
  );
  const bubble = make("div", { className: "bubble" }, dots, make("div", { className: "text", dir: "auto" }));
  const end = make("button", { type: "button", className: "chip", onclick: stop }, icon("stop"), t("Stop"));
  element.replaceChildren(
    assistantAuthor(assistantName),
    make("div", { className: "line" }, bubble),
    ...(mayStop ? [end] : []),
  );
}
