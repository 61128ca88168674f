/** What one row of the list of rooms shows. Which rows there are, in which order, is the list's. */

import { foldedText } from "./blocked-people.js";
import { avatar, hiddenText, icon, make } from "./dom.js";
import { lineOf } from "./file-words.js";
import { goneWords, isGone } from "./gone.js";
import { speakerOf } from "./speaker.js";
import { t, tn, whenOf } from "./texts.js";

const UNREAD_SHOWN_MAX = 999;

export class RoomRow {
  #client;
  #link;
  #signature = "";

  constructor(client, roomId) {
    this.#client = client;
    this.#link = make("a", { href: `#/room/${roomId}` });
    this.element = make("li", {}, this.#link);
  }

  focus() {
    this.#link.focus({ preventScroll: true });
  }

  /** `room` as the list knows it. Drawn anew only where something looks different. */
  show(room, { name, unread, mentions, isOpen, isOnline, isOfBlocked, typing, draft }) {
    const when = room.lastMessage === null ? null : whenOf(room.lastMessage.createdAt);
    const isDraft = draft !== "" && !isOpen && typing.length === 0;
    const preview = isDraft ? draft : this.#preview(room, typing);
    const isQuiet = room.notify !== "all" || isOfBlocked;
    const { isPinned = false, isMarkedUnread = false } = room;
    const shown = { name, when, unread, mentions, isQuiet, isOpen, preview, isDraft, isOnline, isPinned, isMarkedUnread };
    const signature = JSON.stringify(shown);
    if (this.#signature === signature) return;
    this.#signature = signature;
    this.#fill(room, shown);
  }

  #preview({ isGroupChat, lastMessage: last }, typing) {
    if (typing.length > 0) return t("%(names)s is typing…", { names: typing.join(", ") });
    if (last === null) return isGroupChat ? t("Group room") : t("Private chat");
    if (isGone(last)) return goneWords(last);
    if (this.#client.blocked.has(last.senderId)) return foldedText();
    const isOwn = last.senderId !== null && last.senderId === this.#client.me?.memberId;
    const name = isOwn ? t("You") : speakerOf(last);
    return isGroupChat || isOwn ? `${name}: ${lineOf(last)}` : lineOf(last);
  }

  /** The link itself stays, or who presses it just now would click in vain. */
  #fill({ roomId, isGroupChat, otherMemberId, lastMessage: last }, shown) {
    const { name, when, isOpen, preview, isDraft, isOnline, isPinned } = shown;
    this.#link.className = isOpen ? "room-link open" : "room-link";
    this.#link.ariaCurrent = isOpen ? "page" : null;
    const first = [
      make("strong", { textContent: name }),
      isOnline ? hiddenText(t("Online")) : null,
      isPinned ? make("span", { className: "row-pin" }, icon("pin"), hiddenText(t("Kept at the top"))) : null,
      last ? make("time", { dateTime: last.createdAt, textContent: when }) : null,
    ];
    const draft = isDraft ? make("em", { textContent: t("Draft:") }) : null;
    const second = [make("span", { className: "preview" }, ...(draft ? [draft, " "] : []), preview), ...badgesOf(shown)];
    this.#link.replaceChildren(
      avatar(name, isGroupChat ? roomId : otherMemberId, { className: isGroupChat ? "group" : isOnline ? "online" : "" }),
      make("span", { className: "room-lines" }, make("span", { className: "room-line" }, ...first), make("span", { className: "room-line" }, ...second)),
    );
  }
}

/** How many messages mention this member, and how many are unread; or that it is to be read again. */
function badgesOf({ unread, mentions, isQuiet, isMarkedUnread }) {
  const className = isQuiet ? "badge quiet" : "badge";
  const shown = unread > UNREAD_SHOWN_MAX ? `${UNREAD_SHOWN_MAX}+` : String(unread);
  const at = make("span", { className: "badge at" }, `@${mentions}`, hiddenText(tn(" mention of you", " mentions of you", { count: mentions })));
  const count = make("span", { className }, shown, hiddenText(tn(" unread message", " unread messages", { count: unread })));
  const mark = make("span", { className: `${className} dot` }, hiddenText(t("Marked as unread")));
  return [mentions > 0 ? at : null, unread > 0 ? count : null, unread === 0 && isMarkedUnread ? mark : null];
}
