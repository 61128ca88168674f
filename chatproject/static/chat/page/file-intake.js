/** The ways by which files come: picked, taken with a phone's camera, pasted, dropped. */

import { byId } from "./dom.js";
import { ACCEPTED } from "./file-kinds.js";

const OWN_TEXT = ["text/html", "text/rtf"]; // with plain text beside it: of an office program, which puts a picture of it there too

/** `mayTake()`: now, in the open room; `take(files)`. */
export function listenForFiles({ mayTake, take }) {
  for (const [button, input] of [["attach", "attach-input"], ["camera", "camera-input"]]) listenToPicker(byId(button), byId(input), take);
  byId("attach-input").accept = ACCEPTED;
  document.addEventListener("paste", (event) => {
    const files = pastedFiles(event);
    if (files.length === 0 || !mayTake() || isElsewhere(event.target)) return;
    event.preventDefault();
    take(files);
  });
  listenForDrops({ mayTake, take });
}

function listenToPicker(button, input, take) {
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = ""; // or the same one could not be picked again
  });
}

function pastedFiles({ clipboardData }) {
  const types = clipboardData?.types ?? [];
  const isText = types.includes("text/plain") && OWN_TEXT.some((type) => types.includes(type));
  return isText ? [] : [...(clipboardData?.files ?? [])];
}

/** In another field, or a dialog. */
const isElsewhere = (target) => document.querySelector("dialog[open]") !== null || (target.matches?.("input, textarea") && target.id !== "composer-text");

function listenForDrops({ mayTake, take }) {
  const zone = byId("drop-zone");
  let depth = 0; // of elements that were entered and not left
  const isFiles = ({ dataTransfer }) => dataTransfer?.types.includes("Files") ?? false;
  const may = (event) => isFiles(event) && mayTake() && document.querySelector("dialog[open]") === null;
  const show = (change) => {
    depth = Math.max(0, change);
    zone.hidden = depth === 0;
  };
  document.addEventListener("dragenter", (event) => may(event) && show(depth + 1));
  document.addEventListener("dragleave", (event) => isFiles(event) && show(depth - 1));
  document.addEventListener("dragover", (event) => {
    if (!isFiles(event)) return;
    event.preventDefault(); // beside the room too: a browser would leave the page for the file
    event.dataTransfer.dropEffect = may(event) ? "copy" : "none";
  });
  document.addEventListener("drop", (event) => {
    if (!isFiles(event)) return;
    event.preventDefault();
    show(0);
    if (may(event)) take([...event.dataTransfer.files]);
  });
}
