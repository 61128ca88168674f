/** What a browser says of its line to the network, and when somebody comes back to the page. Elsewhere nothing is said. */

export class Line {
  #onBack;
  #onDoubt;
  #back = () => this.#onBack();
  #doubt = () => this.#onDoubt();
  #seen = () => globalThis.document.visibilityState === "hidden" || this.#onDoubt();

  /** `onBack()`: there is a line again. `onDoubt()`: what goes over the line may not arrive any more. */
  constructor({ onBack, onDoubt }) {
    [this.#onBack, this.#onDoubt] = [onBack, onDoubt];
  }

  /** False also where nobody knows; and a server on this very machine is reached without a line. */
  get isDown() { return globalThis.navigator?.onLine === false; }

  watch() {
    for (const [target, name, listener] of this.#events()) target?.addEventListener?.(name, listener);
  }

  unwatch() {
    for (const [target, name, listener] of this.#events()) target?.removeEventListener?.(name, listener);
  }

  #events() {
    return [
      [globalThis, "online", this.#back],
      [globalThis, "offline", this.#doubt],
      // eslint-disable-next-line baseline-js/use-baseline -- where there is none, the other events do
      [globalThis.navigator?.connection, "change", this.#doubt], // another network: the old one's sockets are dead
      [globalThis.document, "visibilitychange", this.#seen],
    ];
  }
}
