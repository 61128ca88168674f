/** A short sound for what comes, where the member wants one in this browser: two soft notes, made here. */

import { store, stored } from "./session.js";

const SOUND = "chatSound";
const NOTES = [{ hertz: 880, at: 0 }, { hertz: 1318.5, at: 0.11 }];
const LASTS_S = 0.35;
const LOUDNESS = 0.12;
const QUIET_MS = 1_500; // after one, in all tabs of this browser

export class Chime {
  #context = null;

  constructor() {
    // no browser lets a page make a sound before somebody has touched it
    for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, () => this.isOn && this.#wake(), { capture: true });
  }

  get canRing() { return globalThis.AudioContext !== undefined; }
  get isOn() { return this.canRing && stored("localStorage", SOUND) !== null; }

  /** To be called in a click. Who wants it hears it. */
  turn(isOn) {
    store("localStorage", SOUND, isOn ? "1" : null);
    if (!this.isOn) return;
    this.#wake();
    this.#ring();
  }

  /** Returns whether this page can be heard now; of several that ring at once, one is. */
  ring() {
    if (!this.isOn || this.#context?.state !== "running") return false;
    const alone = globalThis.navigator?.locks;
    if (alone === undefined) this.#ring();
    else alone.request("chat chime", { ifAvailable: true }, (lock) => (lock === null ? null : this.#ringAlone()));
    return true;
  }

  async #ringAlone() {
    this.#ring();
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  }

  #wake() {
    this.#context ??= new AudioContext();
    if (this.#context.state === "suspended") this.#context.resume().catch(() => {});
  }

  #ring() {
    const [context, start] = [this.#context, this.#context.currentTime];
    for (const { hertz, at } of NOTES) {
      const [tone, loudness] = [context.createOscillator(), context.createGain()];
      tone.frequency.value = hertz;
      loudness.gain.setValueAtTime(0, start + at);
      loudness.gain.linearRampToValueAtTime(LOUDNESS, start + at + 0.01);
      loudness.gain.exponentialRampToValueAtTime(0.0001, start + at + LASTS_S);
      tone.connect(loudness).connect(context.destination);
      tone.start(start + at);
      tone.stop(start + at + LASTS_S);
    }
  }
}
