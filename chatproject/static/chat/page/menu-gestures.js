/** How a message's menu is asked for: a right click, a long press, or the keys for it on a message that has the focus. */

const PRESS_MS = 500;
const MOVED_PX = 10;
const [RIGHT, TOUCHES] = [2, ["touch", "pen"]];

const messageOf = (target) => target.closest(".message[data-seq]");
const isLink = (target) => target.closest("a") !== null; // the browser's own menu has more for it
const selects = () => !getSelection().isCollapsed;

/** `open(element, point)`: of this message, at this place of the screen (null: beside it); whether it has a menu. */
export function listenForMenu(list, open) {
  let hadSelection = false; // before the press: some browsers select the word that is right-clicked
  list.addEventListener("pointerdown", ({ button, ctrlKey }) => { hadSelection = (button === RIGHT || ctrlKey) && selects(); });
  list.addEventListener("contextmenu", (event) => {
    const message = messageOf(event.target);
    const isTheirs = event.shiftKey || isLink(event.target) || hadSelection;
    hadSelection = false; // keys may ask next
    if (message === null || isTheirs) return;
    if (!open(message, { x: event.clientX, y: event.clientY })) return;
    event.preventDefault();
    getSelection().removeAllRanges();
  });
  list.addEventListener("keydown", (event) => {
    const isOnMessage = event.target === messageOf(event.target);
    const asks = event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey);
    const opens = isOnMessage && (event.key === "Enter" || event.key === " ") && !event.isComposing;
    const message = asks || opens ? messageOf(event.target) : null;
    if (message !== null && open(message, null)) event.preventDefault();
  });
  listenForPress(list, open);
}

/** A finger that stays where it is; what follows when it is lifted is no click. */
function listenForPress(list, open) {
  let timer = 0;
  let start = null;
  const end = () => clearTimeout(timer);
  list.addEventListener("pointerdown", ({ pointerType, isPrimary, target, clientX: x, clientY: y }) => {
    end();
    const message = messageOf(target);
    if (message === null || !isPrimary || !TOUCHES.includes(pointerType) || isLink(target)) return;
    start = { x, y };
    timer = setTimeout(() => {
      if (open(message, start)) addEventListener("click", swallow, { capture: true, once: true });
      addEventListener("pointerdown", () => removeEventListener("click", swallow, { capture: true }), { capture: true, once: true });
    }, PRESS_MS);
  });
  list.addEventListener("pointermove", ({ clientX, clientY }) => {
    if (start !== null && Math.hypot(clientX - start.x, clientY - start.y) > MOVED_PX) end();
  });
  for (const name of ["pointerup", "pointercancel"]) list.addEventListener(name, end);
  list.closest(".scroller").addEventListener("scroll", end, { passive: true });
}

function swallow(event) {
  event.preventDefault();
  event.stopPropagation();
}
