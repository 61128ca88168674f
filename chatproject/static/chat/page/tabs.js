/** The other tabs of this browser in which the same member has the page open. */

const ANSWER_MS = 150; // what other tabs take to say that somebody looks at them

export class Tabs {
  #channel = null;
  #asked = new Map(); // by number: what to do when somebody looks at another tab

  constructor(memberId) {
    if (globalThis.BroadcastChannel === undefined) return;
    this.#channel = new BroadcastChannel(`chat tabs ${memberId}`);
    this.#channel.onmessage = ({ data }) => {
      if (data.asks !== undefined && !document.hidden) this.#channel.postMessage({ seen: data.asks });
      this.#asked.get(data.seen)?.(true);
    };
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
