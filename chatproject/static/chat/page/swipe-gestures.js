/** How a message is drawn to the left by a finger, to answer it: what follows the finger, and when it answers. */

import { icon, make } from "./dom.js";
import { Swipe } from "./swipe.js";

const SCROLLS = ".code pre"; // sideways, itself

/** `mayReply(element)`: to this message; `onReply(element)`: the finger was lifted far enough to the left. */
export function listenForSwipes(list, { mayReply, onReply }) {
  let [element, swipe, mark] = [null, null, null];
  const end = () => {
    mark?.remove();
    if (element !== null) {
      element.classList.remove("swiped", "far");
      element.style.removeProperty("--swiped");
    }
    [element, swipe, mark] = [null, null, null];
  };
  list.addEventListener("pointerdown", ({ pointerType, isPrimary, target, clientX: x, clientY: y }) => {
    end();
    const message = target.closest(".message[data-seq]");
    if (message === null || pointerType !== "touch" || !isPrimary || target.closest(SCROLLS) || !mayReply(message)) return;
    [element, swipe] = [message, new Swipe({ x, y })];
  });
  list.addEventListener("pointermove", ({ pointerType, clientX: x, clientY: y }) => {
    if (swipe === null || pointerType !== "touch" || !swipe.move({ x, y })) return;
    if (mark === null) {
      mark = make("span", { className: "swipe-mark", "aria-hidden": "true" }, icon("reply"));
      element.append(mark);
      element.classList.add("swiped");
    }
    element.style.setProperty("--swiped", `${swipe.offset}px`);
    element.classList.toggle("far", swipe.isFar);
  });
  list.addEventListener("pointerup", () => {
    const answered = swipe?.isFar ? element : null;
    end();
    if (answered?.isConnected) onReply(answered);
  });
  list.addEventListener("pointercancel", end);
}
