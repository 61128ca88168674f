/** A modal dialog from the template: opened, closed by its buttons, by Escape and by a click beside it. */

import { byId } from "./dom.js";

export function closeDialogs() {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
}

function liesBeside(dialog, { target, clientX, clientY }) {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return target === dialog && (clientX < left || clientX > right || clientY < top || clientY > bottom);
}

export function dialogOf(id) {
  const dialog = byId(id);
  for (const button of dialog.querySelectorAll("[data-close]")) button.addEventListener("click", () => dialog.close());
  let isBeside = false; // where the press began: who selects a text may let go anywhere
  dialog.addEventListener("pointerdown", (event) => { isBeside = liesBeside(dialog, event); });
  dialog.addEventListener("click", (event) => isBeside && liesBeside(dialog, event) && dialog.close());
  return dialog;
}
