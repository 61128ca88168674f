/** The keys that open what leads everywhere, Ctrl+K or Cmd+K, and close it again. */

import { byId } from "./dom.js";

/** `jump.open()` at the keys, where no other dialog is open. */
export function onJumpKey(jump) {
  document.addEventListener("keydown", (event) => {
    const isAsked = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.code === "KeyK"; // whatever the keyboard writes
    if (!isAsked || byId("chat").hidden) return;
    event.preventDefault();
    if (byId("jump-dialog").open) byId("jump-dialog").close();
    else if (document.querySelector("dialog[open]") === null) jump.open();
  });
}
