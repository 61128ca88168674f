/** Short words to the person at the screen: what went wrong, what was done. */

import { byId, make } from "./dom.js";
import { failureOf } from "./texts.js";

const SHOWN_MS = 6_000;
const SPOKEN_MAX = 20;

export function notify(text) {
  show(make("p", { className: "notice", textContent: text }));
}

function show(notice) {
  const notices = byId("notices");
  const [focused, first] = [document.activeElement?.closest("dialog[open]"), document.querySelector("dialog[open]")];
  const dialog = focused ?? first; // one may stand on another
  // what is outside a modal dialog is behind it, and nobody hears it
  if (notices.parentNode !== (dialog ?? document.body)) (dialog ?? document.body).append(notices);
  notices.append(notice);
  leaveInTime(notice);
}

/** So that no notice covers what can be pressed at the bottom of a page, however tall it is just now: see base.css. */
export function stayAbove(element) {
  const measure = () => document.body.style.setProperty("--below", `${element.offsetHeight}px`);
  new ResizeObserver(measure).observe(element);
}

/** Not while somebody is at it, who would press in vain or lose the focus. */
function leaveInTime(notice) {
  setTimeout(() => (notice.matches(":hover, :focus") ? leaveInTime(notice) : withdraw(notice)), SHOWN_MS);
}

const toasts = new Map(); // element -> what it tells

/** Something that came in a room, as a button that leads there: `{ key, kind, roomId, seq, title, why, text, onPress }`. */
export function toast({ title, why, text, onPress, ...told }) {
  withdrawToast(({ roomId, kind }) => roomId === told.roomId && kind === told.kind); // of one room the newest
  const words = [make("strong", { textContent: title }), why === "" ? null : make("em", { textContent: why }), make("span", { textContent: text })];
  const press = () => {
    withdraw(element);
    onPress();
  };
  const element = make("button", { type: "button", className: "notice toast", onclick: press }, ...words);
  toasts.set(element, told);
  show(element);
}

/** Take those away of which `isMeant({ key, kind, roomId, seq })`. */
export function withdrawToast(isMeant) {
  for (const [element, told] of [...toasts]) if (isMeant(told)) withdraw(element);
}

function withdraw(element) {
  toasts.delete(element);
  element.remove();
}

/** Run it; say what went wrong, unless somebody broke it off. Returns undefined then. */
export async function orNotify(work) {
  try {
    return await work();
  } catch (error) {
    if (error.code !== "aborted") notify(failureOf(error));
    return undefined;
  }
}

/** The same work, but not while it is under way already: a double click is one. */
export function oneAtATime(work) {
  let underWay = null;
  return () => (underWay ??= work().finally(() => { underWay = null; }));
}

/** For screen readers: what is new, never what is history. `about`: the message that it quotes. */
export function announce(text, about = null) {
  const announcer = byId("announcer");
  announcer.append(make("p", { textContent: text, ...(about && { "data-about": placeOf(about) }) }));
  while (announcer.childElementCount > SPOKEN_MAX) announcer.firstElementChild.remove();
}

/** The message was deleted or changed: what it said stands nowhere any more. */
export function unsay(message) {
  for (const line of byId("announcer").querySelectorAll(`[data-about="${placeOf(message)}"]`)) line.remove();
}

const placeOf = ({ roomId, seq }) => `${roomId} ${seq}`;
