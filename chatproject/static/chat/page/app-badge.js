/** The number at the icon of the installed page: how much is unread in all rooms. Elsewhere it does nothing. */

const LATER_MS = 300; // after the first of what changes together

export class AppBadge {
  #client;
  #set;
  #timer = null;
  #shown = null;

  constructor(client) {
    this.#client = client;
    // eslint-disable-next-line baseline-js/use-baseline -- where it is not known there is no such number
    this.#set = globalThis.navigator?.setAppBadge?.bind(navigator);
    if (this.#set === undefined) return;
    client.on("inbox", () => (this.#timer ??= setTimeout(() => this.#show(), LATER_MS)));
  }

  #show() {
    this.#timer = null;
    const unread = [...this.#client.inbox.rooms.values()].reduce((sum, room) => sum + room.unReadCount, 0);
    if (unread === this.#shown) return;
    this.#shown = unread;
    this.#set(unread).catch(() => {}); // 0 takes it away
  }
}
