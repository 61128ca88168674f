/** Who is online, as it is shown: a dot at the round mark, and words. Watched are those who are seen on the page. */

import { t, whenOf } from "./texts.js";

const PLACES = ["card", "members", "rooms"]; // where members are seen; the server tells of so many, in this order

export class Online {
  #client;
  #seen = new Map(); // by place

  constructor(client) {
    this.#client = client;
  }

  /** These members, and no others, are seen at this place. */
  watch(place, memberIds) {
    this.#seen.set(place, [...memberIds]);
    this.#client.presence.watch(PLACES.flatMap((one) => this.#seen.get(one) ?? []).filter((memberId) => memberId !== this.#client.me?.memberId));
  }

  is(memberId) {
    return this.#client.presence.of(memberId)?.online ?? false;
  }

  /** "" where nothing is known. */
  words(memberId) {
    const { online, lastSeenAt } = this.#client.presence.of(memberId) ?? {};
    if (online) return t("Online");
    return lastSeenAt ? t("Last seen: %(when)s", { when: whenOf(lastSeenAt) }) : "";
  }

  /** Call `changed(memberIds)` when something else is known of them. */
  onChange(changed) {
    this.#client.on("presence", ({ memberIds }) => changed(memberIds));
  }
}
