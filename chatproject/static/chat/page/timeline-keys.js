/** The keyboard in the messages: the arrow keys go from one to the next, and of one alone the buttons are in the tab order. */

/** `scroller` holds the `list` of messages. */
export function listenForKeys(scroller, list) {
  scroller.addEventListener("keydown", (event) => step(event, list));
  list.addEventListener("focusin", ({ target }) => {
    activate(list, target.closest(".message"));
    showWhole(target);
  });
}

/** What has the focus is in sight: not in the folded part of a long message. */
function showWhole(target) {
  const text = target.closest(".text.long");
  if (text === null || target.getBoundingClientRect().top < text.getBoundingClientRect().bottom - 8) return;
  text.parentElement.querySelector(":scope > [data-act='whole']").click();
}

export function activate(list, message) {
  for (const button of list.querySelectorAll("button[tabindex='0']")) button.tabIndex = -1;
  for (const button of message?.querySelectorAll("button") ?? []) button.tabIndex = 0;
}

function step(event, list) {
  const steps = { ArrowUp: -1, ArrowDown: 1 };
  if (!(event.key in steps) || event.altKey || event.ctrlKey || event.metaKey) return;
  const messages = [...list.querySelectorAll(".message")];
  const at = messages.indexOf(document.activeElement?.closest(".message"));
  const next = at < 0 ? messages.at(-1) : messages[at + steps[event.key]];
  if (next === undefined) return;
  event.preventDefault();
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}
