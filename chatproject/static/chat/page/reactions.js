/** Reactions: how they look, the row of them below a message, and which of one's own wait. */

import { make } from "./dom.js";
import { orNotify } from "./notices.js";
import { t } from "./texts.js";

const LOOKS = {
  heart: ["❤️", t("Heart")],
  thumb: ["👍", t("Thumbs up")],
  check: ["✅", t("Check")],
  laugh: ["😄", t("Laugh")],
  surprise: ["😮", t("Surprised")],
  sad: ["😢", t("Sad")],
};
const PAGE = 100; // names of one request

/** A key of a widened set looks as it is called. */
export function faceOf(key) {
  const picture = LOOKS[key]?.[0]; // undefined of "constructor", too
  return make("span", { className: picture ? "face" : "face word", "aria-hidden": "true", textContent: picture ?? key });
}

export const wordFor = (key) => LOOKS[key]?.[1] ?? key;

/** The row; null where nobody reacted. `waiting`: the keys of which mine is on its way. */
export function reactionRow({ reactions }, waiting) {
  if (reactions.length === 0) return null;
  return make("div", { className: "reactions", role: "group", "aria-label": t("Reactions") }, ...reactions.map((one) => toggle(one, waiting.includes(one.key))));
}

function toggle({ key, count, isMine }, isWaiting) {
  const words = [wordFor(key), count, isMine && t("you too"), isWaiting && t("waits for the connection")].filter(Boolean).join(", ");
  return make(
    "button",
    {
      type: "button",
      className: isWaiting ? "reaction unsent" : "reaction",
      tabIndex: -1,
      title: words,
      "aria-label": words,
      "aria-pressed": String(isMine),
      "data-act": "react",
      "data-key": key,
    },
    faceOf(key),
    make("span", { className: "count", "aria-hidden": "true", textContent: count }),
  );
}

export class Reactions {
  #waiting = new Map(); // placeOf: mine that the server has not answered, each a promise
  #looked = new Set(); // placeOf: where I was looked for among the many whose ids a message does not hold

  /** `onChange()`: another picture of some message. */
  constructor(client, onChange) {
    this.client = client;
    this.onChange = onChange;
  }

  /** The keys of a message of which mine waits for a connection. */
  waitingOf(message) {
    if (this.client.state === "open") return [];
    return message.reactions.map(({ key }) => key).filter((key) => this.#waiting.has(placeOf(message, key)));
  }

  /** Take my reaction back, or give it. */
  async toggle(message, key) {
    const isMine = message.reactions.some((one) => one.key === key && one.isMine) || (await this.#isAmongMany(message, key));
    const place = placeOf(message, key);
    const answer = orNotify(() => this.client.room(message.roomId).react(message, key, !isMine));
    this.#waiting.set(place, answer);
    this.onChange();
    await answer;
    if (this.#waiting.get(place) === answer) this.#waiting.delete(place);
    this.onChange();
  }

  /** A page of who reacted, the first of them first: `{ members, next }`. */
  async who(message, key, after = null) {
    if (this.client.state === "open") await this.#waiting.get(placeOf(message, key)); // mine is to be among them
    const path = `/room/${message.roomId}/message/${message.seq}/reaction/${encodeURIComponent(key)}`;
    return this.client.call("GET", path, { query: { after, limit: PAGE } });
  }

  /** A message names the first only; am I one of the others? Asked once, page by page. */
  async #isAmongMany(message, key) {
    const { count = 0, memberIds = [] } = message.reactions.find((one) => one.key === key) ?? {};
    const place = placeOf(message, key);
    if (count <= memberIds.length || this.#looked.has(place)) return false;
    this.#looked.add(place);
    for (let after = null, page; ; after = page.next) {
      page = await this.who(message, key, after).catch(() => ({ members: [], next: null }));
      if (page.members.some(({ memberId }) => memberId === this.client.me.memberId)) return true;
      if (page.next === null) return false;
    }
  }
}

const placeOf = ({ roomId, seq }, key) => `${roomId} ${seq} ${key}`;
