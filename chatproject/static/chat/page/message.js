/**
 * One message as an element, put together from its parts: author, quote, body (message-body.js), what stands beside and
 * below it (message-meta.js), reactions, buttons. Each part takes the item and `shown`, and listens to nothing.
 */

import { foldedText } from "./blocked-people.js";
import { avatar, hiddenText, hueOf, icon, make } from "./dom.js";
import { lineOf } from "./file-words.js";
import { formattingLearned } from "./formatting.js";
import { goneWords, isGone } from "./gone.js";
import { bodyOf } from "./message-body.js";
import { asideOf, footOf } from "./message-meta.js";
import { reactionRow } from "./reactions.js";
import { roleBadge } from "./roles.js";
import { assistantAuthor, speakerOf } from "./speaker.js";
import { t } from "./texts.js";

/** What of an item can change what is shown; it is drawn anew when it does. */
export function signatureOf({ message, isOwn, startsGroup, endsGroup, endsMinute }, { quote, unread: _separately, ...shown }) {
  const { seq, version, state, error, reactions, isAgain } = message;
  return JSON.stringify([seq, version, state, error?.code, isAgain, isOwn, startsGroup, endsGroup, endsMinute, quote?.version, shown, reactions, formattingLearned()]);
}

/**
 * The item as an <li>. `shown.quote` is the message that this one answers (undefined: not known yet); the rest of
 * `shown` is what room-view.js knows of it beside the message itself, as JSON would have it; of that, `fate` is what is on
 * its way with the message (message-acts.js), and `unread` how many have not read it: `showUnread` changes that alone. A button says in `data-act` what it is for, one of the acts of room-view.js
 * and message-acts.js. There are no listeners in it, so that it can be carried over to another element (`redraw`).
 */
export function drawMessage(item, shown) {
  const { message, isOwn, startsGroup, endsGroup } = item;
  const element = make("li", { tabIndex: -1 });
  element.className = ["message", isOwn ? "own" : "", message.kind, message.state].join(" ");
  element.classList.toggle("calls-me", shown.callsMe === true);
  element.classList.toggle("starts", startsGroup);
  element.classList.toggle("ends", endsGroup);
  element.classList.toggle("deleted", isGone(message));
  element.classList.toggle("going", ["undo", "deleting"].includes(shown.fate?.kind));
  if (message.seq !== null) element.dataset.seq = message.seq;
  element.dataset.at = message.createdAt;
  if (message.kind === "notice") {
    const words = isGone(message) ? goneWords(message) : message.message;
    element.append(make("p", { className: "notice-text", textContent: words }));
    return element;
  }
  const parts = [
    startsGroup && !isOwn ? author(message, shown) : hiddenText(isOwn ? `${t("You")}: ` : speakerPrefix(message)),
    make("div", { className: "line" }, bubble(message, shown), asideOf(item, shown), buttons(message, shown)),
    isGone(message) || shown.isFolded ? null : reactionRow(message, shown.waiting ?? []),
    footOf(item, shown),
  ];
  element.append(...parts.filter((part) => part !== null));
  return element;
}

const speakerPrefix = (message) => (message.nickName ? `${speakerOf(message)}: ` : "");

function author(message, { role = "member" }) {
  if (message.nickName === "") return null; // deleted: nobody is told whose it was
  if (message.kind === "assistant") return assistantAuthor(message.nickName, message.model);
  if (message.senderId === null) { // gone: nobody to talk with
    const mark = avatar(message.nickName, null);
    return make("div", { className: "author" }, mark, make("strong", { textContent: message.nickName }));
  }
  const name = make("button", {
    type: "button",
    className: `name ${hueOf(message.senderId)}`,
    tabIndex: -1,
    textContent: message.nickName,
    title: t("Chat privately with %(name)s", { name: message.nickName }),
    "data-act": "profile",
  });
  return make("div", { className: "author" }, avatar(message.nickName, message.senderId), name, roleBadge(role));
}

/** With the words that it is to have, where they are being changed. */
function bubble(message, { quote, fate, mentioned, uncovered, addresses, isFolded, isQuoteFolded, isWhole }) {
  if (isFolded) return make("div", { className: "bubble folded" }, ...folded());
  const quotes = message.replyTo === null || isGone(message) ? [] : [quotation(quote, isQuoteFolded)];
  const said = !isGone(message) && fate?.text !== undefined ? { ...message, message: fate.text } : message;
  return make("div", { className: "bubble" }, ...quotes, ...bodyOf(said, { mentioned, uncovered, addresses, isWhole }));
}

/** In place of what somebody said whom this member blocks, with the way to it. */
function folded() {
  const show = make("button", { type: "button", className: "link", tabIndex: -1, textContent: t("Show it"), "data-act": "unfold" });
  return [make("p", { className: "text gone", textContent: foldedText() }), show];
}

function quotation(quote, isFolded) {
  const words = isFolded ? foldedText() : quote === undefined ? t("An earlier message") : isGone(quote) ? goneWords(quote) : lineOf(quote);
  const who = quote?.nickName && !isFolded ? [make("strong", { textContent: speakerOf(quote) })] : [];
  return make(
    "button",
    { type: "button", className: quote?.kind === "assistant" || isFolded ? "quote" : `quote ${hueOf(quote?.senderId ?? null)}`, tabIndex: -1, "data-act": "jump" },
    hiddenText(t("In reply to: ")),
    ...who,
    make("span", { textContent: words }),
  );
}

function buttons(message, { fate }) {
  const box = make("span", { className: "actions" });
  if (message.seq === null || isGone(message) || ["undo", "deleting"].includes(fate?.kind)) return box;
  const menu = button("menu", t("Menu of this message"), "more");
  menu.setAttribute("aria-haspopup", "menu");
  box.append(button("reply", t("Reply")), menu);
  if (message.kind === "assistant" && message.clientId !== null) {
    box.append(button("receipt", t("What this answer rests on")));
  }
  return box;
}

function button(act, label, drawing = act) {
  return make("button", { type: "button", className: `icon-button act-${act}`, tabIndex: -1, title: label, "data-act": act }, icon(drawing), hiddenText(label));
}
