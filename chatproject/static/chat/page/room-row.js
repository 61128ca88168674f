/** What one row of the list of rooms shows. Which rows there are, in which order, is the list's. */

import { foldedText } from "./blocked-people.js";
import { avatar, hiddenText, make } from "./dom.js";
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
  show(room, { name, unread, mentions, isOpen, isOnline, isOfBlocked, typing }) {
    const when = room.lastMessage === null ? null : whenOf(room.lastMessage.createdAt);
    const preview = this.#preview(room, typing);
    const isQuiet = room.notify !== "all" || isOfBlocked;
    const signature = JSON.stringify([name, when, unread, mentions, isQuiet, isOpen, preview, isOnline]);
    if (this.#signature === signature) return;
    this.#signature = signature;
    this.#fill(room, { name, when, unread, mentions, isQuiet, isOpen, preview, isOnline });
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
  #fill({ roomId, otherMemberId, isGroupChat, lastMessage: last }, { name, when, unread, mentions, isQuiet, isOpen, preview, isOnline }) {
    const shown = unread > UNREAD_SHOWN_MAX ? `${UNREAD_SHOWN_MAX}+` : String(unread);
    const at = make("span", { className: "badge at" }, `@${mentions}`, hiddenText(tn(" mention of you", " mentions of you", { count: mentions })));
    const badge = make("span", { className: isQuiet ? "badge quiet" : "badge" }, shown, hiddenText(tn(" unread message", " unread messages", { count: unread })));
    this.#link.className = isOpen ? "room-link open" : "room-link";
    this.#link.ariaCurrent = isOpen ? "page" : null;
    this.#link.replaceChildren(
      avatar(name, isGroupChat ? roomId : otherMemberId, { className: isGroupChat ? "group" : isOnline ? "online" : "" }),
      make(
        "span",
        { className: "room-lines" },
        make(
          "span",
          { className: "room-line" },
          make("strong", { textContent: name }),
          isOnline ? hiddenText(t("Online")) : null,
          last ? make("time", { dateTime: last.createdAt, textContent: when }) : null,
        ),
        make("span", { className: "room-line" }, make("span", { className: "preview", textContent: preview }), mentions > 0 ? at : null, unread > 0 ? badge : null),
      ),
    );
  }
}
