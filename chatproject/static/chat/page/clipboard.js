/** Into the clipboard. */

import { notify } from "./notices.js";
import { t } from "./texts.js";

/** Copy the text, and say whether that was done. */
export async function copyAloud(text) {
  notify((await copy(text)) ? t("Copied.") : t("This browser does not let the page copy."));
}

/** The code whose button was pressed; anything else that was is none of this. */
export function copyCodeOf(target) {
  const code = target.closest("[data-act='copyCode']")?.closest(".code");
  if (code) copyAloud(code.querySelector("pre").textContent);
}

async function copy(text) {
  try {
    // eslint-disable-next-line baseline-js/use-baseline -- writeText is older than the rest of the interface
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyFromField(text); // without https, or in a frame that may not
  }
}

function copyFromField(text) {
  const field = document.createElement("textarea");
  const focused = document.activeElement;
  field.value = text;
  field.className = "visually-hidden";
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  const isDone = document.execCommand("copy");
  field.remove();
  focused?.focus({ preventScroll: true });
  return isDone;
}
