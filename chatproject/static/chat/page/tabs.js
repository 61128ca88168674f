/** The other tabs of this browser in which the same member has the page open. */

const ANSWER_MS = 150; // what other tabs take to say that somebody looks at them

export class Tabs {
  isFirst = false; // of those that nobody looks at, the one that tells
  #channel = null;
  #asked = new Map(); // by number: what to do when somebody looks at another tab
  #turn;
  #leave = () => {};

  constructor(memberId) {
    this.#turn = `chat first tab ${memberId}`;
    if (globalThis.BroadcastChannel === undefined) return;
    this.#channel = new BroadcastChannel(`chat tabs ${memberId}`);
    this.#channel.onmessage = ({ data }) => {
      if (data.asks !== undefined && !document.hidden) this.#channel.postMessage({ seen: data.asks });
      this.#asked.get(data.seen)?.(true);
    };
  }

  /** This one hears what comes. So it is the first, once no other is; a browser does not put such a tab to sleep. */
  stand() {
    this.#leave();
    const { locks } = globalThis.navigator;
    if (locks === undefined) return void (this.isFirst = true);
    const giveUp = new AbortController();
    const isOver = new Promise((resolve) => (this.#leave = () => [resolve(), giveUp.abort()]));
    const hold = () => ((this.isFirst = true), isOver);
    locks.request(this.#turn, { signal: giveUp.signal }, hold).catch(() => {}); // it left before its turn came
  }

  /** It hears nothing: another one tells. */
  leave() {
    this.isFirst = false;
    this.#leave();
  }

  /** Whether somebody looks at another tab: that one shows what comes. */
  async isAnotherInSight() {
    if (this.#channel === null) return false;
    const number = crypto.getRandomValues(new Uint32Array(1))[0];
    const answer = new Promise((resolve) => {
      this.#asked.set(number, resolve);
      setTimeout(() => resolve(false), ANSWER_MS);
    });
    this.#channel.postMessage({ asks: number });
    const isSeen = await answer;
    this.#asked.delete(number);
    return isSeen;
  }
}
