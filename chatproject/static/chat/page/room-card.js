/** What a room is, before one is in it: its name, who is there, what it is about and what was said last. */

import { avatar, make } from "./dom.js";
import { t, tn, whenOf } from "./texts.js";

/** `about(card)` in a line: how many are there, and when something was said last. What is not known is not said. */
export function factsOf({ memberCount, lastAt = null, joining = "open" }) {
  const count = memberCount === undefined ? null : tn("%(count)s member", "%(count)s members", { count: memberCount });
  const last = lastAt === null ? null : t("last message %(when)s", { when: whenOf(lastAt).replaceAll(" ", "\u00a0") });
  const way = { code: t("with a join code"), approval: t("a manager lets in") }[joining] ?? null;
  return [count, last, way].filter(Boolean).join(" · ");
}

/** The lines beside a room's mark. */
export function roomLines({ roomName, description = "", lastText = "", ...card }) {
  const facts = factsOf(card);
  return make(
    "span",
    { className: "room-card-lines" },
    make("strong", { textContent: roomName }),
    facts === "" ? null : make("small", { textContent: facts }),
    description === "" ? null : make("span", { className: "room-card-about", textContent: description }),
    lastText === "" ? null : make("q", { className: "room-card-last", textContent: lastText }),
  );
}

export const roomMark = ({ roomName, roomId }) => avatar(roomName, roomId, { className: "group" });

/** What is said of a room that staff deleted, as far as that is told: `{ title, text }`. */
export function deletedWords({ roomName, why }) {
  const title = roomName ? t("“%(name)s” was deleted", { name: roomName }) : t("This room was deleted");
  return { title, text: why ? t("Reason: %(reason)s", { reason: why }) : "" };
}
