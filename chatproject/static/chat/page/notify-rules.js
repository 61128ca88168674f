/** Which messages a member is told of, and why. No DOM. */

import { isGone } from "./gone.js";
import { keywordIn } from "./mention-text.js";

/**
 * Why this member is told of the message: "mention", "everyone", "keyword", "message"; null: they are not.
 *
 * `level` is the room's; a mention or a keyword breaks through "mentions", nothing through "none". `isKnown`: that it
 * mentions the member was told before; so of an edit only a new mention is told. `isBlocked`: the member blocks its author.
 */
export function reasonToTell(message, { me, level, keywords, isChange, isKnown, isBlocked = false }) {
  const { senderId, seq, mentions = [], everyone = false } = message;
  if (isBlocked || seq === null || isGone(message) || level === "none" || senderId === me) return null;
  const isCalled = mentions.includes(me) || everyone;
  if (isChange) return isCalled && !isKnown ? calledAs(message, me) : null;
  if (isCalled) return calledAs(message, me);
  if (keywordIn(message.message, keywords) !== null) return "keyword";
  return level === "mentions" ? null : "message";
}

/** To be one of everyone is not to be meant. */
const calledAs = ({ mentions = [] }, me) => (mentions.includes(me) ? "mention" : "everyone");

/** Whether the message mentions this member, alone or with everyone. */
export const isFor = ({ senderId, mentions = [], everyone = false }, me) => senderId !== me && (mentions.includes(me) || everyone);

/**
 * What the browser's notification of that room may show to whoever sees the screen: "all", "names" (and no text), or
 * "nothing", of a counselling room. `room` null: of several rooms, of which nothing is said.
 */
export function sayable(room, { hidesText }) {
  if (room?.isCounselling) return "nothing";
  return hidesText || room?.allowsPreviews === false ? "names" : "all";
}
