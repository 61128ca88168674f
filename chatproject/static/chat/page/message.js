/** One message as an element: its author, what it answers, its text, what became of it. */

import { avatar, hiddenText, icon, linked, make } from "./dom.js";
import { assistantAuthor, speakerOf } from "./speaker.js";
import { failureOf, t, timeOf, tn } from "./texts.js";

/** What of an item can change what is shown; it is drawn anew when it does. */
export function signatureOf({ message, isOwn, startsGroup, endsGroup }, { quote, readers }) {
  const { seq, version, state, error } = message;
  return JSON.stringify([seq, version, state, error?.code, isOwn, startsGroup, endsGroup, quote?.version, readers]);
}

/**
 * The item as an <li>. `quote` is the message that this one answers (undefined: not known yet), `readers` how many
 * others are known to have read it. A button says in `data-act` what it is for: reply, jump, profile, receipt, retry,
 * discard. There are no listeners in it, so that it can be carried over to another element (`redraw`).
 */
export function drawMessage(item, { quote, readers }) {
  const { message, isOwn, startsGroup, endsGroup } = item;
  const element = make("li", { tabIndex: -1 });
  element.className = ["message", isOwn ? "own" : "", message.kind, message.state].join(" ");
  element.classList.toggle("starts", startsGroup);
  element.classList.toggle("ends", endsGroup);
  if (message.seq !== null) element.dataset.seq = message.seq;
  if (message.kind === "notice") {
    element.append(make("p", { className: "notice-text", textContent: message.message }));
    return element;
  }
  if (startsGroup && !isOwn) element.append(author(message));
  else element.append(hiddenText(`${isOwn ? t("You") : speakerOf(message)}: `));
  const bubble = make("div", { className: "bubble" });
  if (message.replyTo !== null) bubble.append(quotation(quote));
  bubble.append(contents(message));
  element.append(make("div", { className: "line" }, bubble, actions(message)));
  const footing = foot(item, readers);
  if (footing !== null) element.append(footing);
  return element;
}

function author(message) {
  if (message.kind === "assistant") return assistantAuthor(message.nickName);
  if (message.senderId === null) { // gone: nobody to talk with
    const mark = avatar(message.nickName, null);
    return make("div", { className: "author" }, mark, make("strong", { textContent: message.nickName }));
  }
  const name = make("button", {
    type: "button",
    className: "name",
    tabIndex: -1,
    textContent: message.nickName,
    title: t("Chat privately with %(name)s", { name: message.nickName }),
    "data-act": "profile",
  });
  return make("div", { className: "author" }, avatar(message.nickName, message.senderId), name);
}

function quotation(quote) {
  const words = quote === undefined ? t("An earlier message") : quote.message || t("This message was deleted.");
  const who = quote === undefined ? [] : [make("strong", { textContent: speakerOf(quote) })];
  return make(
    "button",
    { type: "button", className: "quote", tabIndex: -1, "data-act": "jump" },
    hiddenText(t("In reply to: ")),
    ...who,
    make("span", { textContent: words }),
  );
}

function contents(message) {
  if (message.deletedAt !== null) {
    return make("p", { className: "text gone", textContent: t("This message was deleted.") });
  }
  return make("p", { className: "text", dir: "auto" }, ...linked(message.message));
}

function actions(message) {
  const box = make("span", { className: "actions" });
  if (message.seq === null || message.deletedAt !== null) return box;
  box.append(button("reply", t("Reply")));
  if (message.kind === "assistant" && message.clientId !== null) {
    box.append(button("receipt", t("What this answer rests on")));
  }
  return box;
}

function button(act, label) {
  return make("button", { type: "button", className: "icon-button", tabIndex: -1, title: label, "data-act": act }, icon(act), hiddenText(label));
}

function foot({ message, isOwn, endsGroup }, readers) {
  if (message.state === "failed") {
    return make(
      "p",
      { className: "foot failed" },
      message.error ? failureOf(message.error) : t("Not sent."),
      " ",
      make("button", { type: "button", className: "link", textContent: t("Try again"), "data-act": "retry" }),
      " ",
      make("button", { type: "button", className: "link", textContent: t("Remove"), "data-act": "discard" }),
    );
  }
  if (message.state === "sending") return make("p", { className: "foot", textContent: t("Sending…") });
  if (!endsGroup && message.editedAt === null && !readers) return null;
  const parts = [];
  if (endsGroup) parts.push(make("time", { dateTime: message.createdAt, textContent: timeOf(message.createdAt) }));
  if (message.editedAt !== null) parts.push(t("edited"));
  if (isOwn && readers) parts.push(tn("read by %(count)s", "read by %(count)s", { count: readers }));
  const spaced = parts.flatMap((part, place) => (place === 0 ? [part] : [" · ", part]));
  return make("p", { className: "foot" }, ...spaced);
}
