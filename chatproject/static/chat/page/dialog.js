/** A modal dialog from the template: opened, closed by its buttons, by Escape and by a click beside it. */

import { byId } from "./dom.js";

export function closeDialogs() {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
}

export function dialogOf(id) {
  const dialog = byId(id);
  for (const button of dialog.querySelectorAll("[data-close]")) button.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  return dialog;
}
