/**
 * One message as an element, put together from its parts: author, quote, body (message-body.js), what stands beside and
 * below it (message-meta.js), reactions, buttons. Each part takes the item and `shown`, and listens to nothing.
 */

import { avatar, hiddenText, icon, make } from "./dom.js";
import { bodyOf } from "./message-body.js";
import { asideOf, footOf } from "./message-meta.js";
import { assistantAuthor, speakerOf } from "./speaker.js";
import { t } from "./texts.js";

/** What of an item can change what is shown; it is drawn anew when it does. */
export function signatureOf({ message, isOwn, startsGroup, endsGroup }, { quote, ...shown }) {
  const { seq, version, state, error } = message;
  return JSON.stringify([seq, version, state, error?.code, isOwn, startsGroup, endsGroup, quote?.version, shown]);
}

/**
 * The item as an <li>. `shown.quote` is the message that this one answers (undefined: not known yet); the rest of
 * `shown` is what room-view.js knows of it beside the message itself, as JSON would have it. A button says in `data-act`
 * what it is for: reply, jump, profile, receipt, retry, discard. There are no listeners in it, so that it can be carried
 * over to another element (`redraw`).
 */
export function drawMessage(item, shown) {
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
  const parts = [
    startsGroup && !isOwn ? author(message) : hiddenText(`${isOwn ? t("You") : speakerOf(message)}: `),
    make("div", { className: "line" }, bubble(message, shown), asideOf(item, shown), buttons(message)),
    footOf(item, shown),
  ];
  element.append(...parts.filter((part) => part !== null));
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

function bubble(message, { quote }) {
  const quotes = message.replyTo === null ? [] : [quotation(quote)];
  return make("div", { className: "bubble" }, ...quotes, ...bodyOf(message));
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

function buttons(message) {
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
