/**
 * What a room or a client shows, as a value that never changes: the same object until something of it did. What did not
 * change is the same inside of it, too.
 */

export class Snapshots {
  revision = 0; // grows with every change, and at times without one
  #read;
  #tell;
  #taken = null;
  #takenAt = -1;
  #isTelling = false;

  /** `read()`: its fields, each a value or the same object as before where nothing changed. `tell()`: look again. */
  constructor(read, tell) {
    [this.#read, this.#tell] = [read, tell];
  }

  /** Something may have changed. Told once for all that happens at one time. */
  touch() {
    this.revision += 1;
    if (this.#isTelling) return;
    this.#isTelling = true;
    Promise.resolve().then(() => {
      this.#isTelling = false;
      this.#tell();
    });
  }

  get() {
    if (this.#takenAt !== this.revision) this.#taken = sameOr(this.#taken, this.#read());
    this.#takenAt = this.revision;
    return this.#taken;
  }
}

/** `before` where it holds the same. */
function sameOr(before, now) {
  const keys = Object.keys(now);
  const isSame = before && Object.keys(before).length === keys.length && keys.every((key) => Object.is(before[key], now[key]));
  return isSame ? before : Object.freeze(now);
}

/** Copies of what changes in place. */
export class Copies {
  #last = new WeakMap(); // an object -> its last copy

  /** The last copy again where nothing changed since; `before`: of what stood in the same place. */
  of(value, before = undefined) {
    if (!isData(value)) return value;
    const last = this.#last.get(value) ?? before;
    const copy = value instanceof Map ? this.#ofMap(value, last) : this.#ofObject(value, last);
    this.#last.set(value, copy);
    return copy;
  }

  #ofObject(value, last) {
    const keys = Object.keys(value);
    if (isAlike(value, last) && keys.length === Object.keys(last).length && keys.every((key) => this.#isSame(value[key], last[key]))) return last;
    const copy = Array.isArray(value) ? [] : {};
    for (const key of keys) copy[key] = this.of(value[key], last?.[key]);
    return Object.freeze(copy);
  }

  /** Nothing is made for most of what is looked at. */
  #isSame(value, last) { return value === last || (isData(value) ? this.of(value, last) === last : Object.is(value, last)); }

  #ofMap(value, last) {
    const before = last instanceof Map ? last : new Map();
    const copy = new Map([...value].map(([key, one]) => [key, this.of(one, before.get(key))]));
    const isSame = before === last && before.size === copy.size && [...copy].every(([key, one]) => before.has(key) && before.get(key) === one);
    return isSame ? last : copy;
  }
}

const isAlike = (value, last) => isData(last) && Array.isArray(value) === Array.isArray(last);

/** Arrays, maps and objects of no class: all else is a value, or takes care of itself. */
function isData(value) {
  if (typeof value !== "object" || value === null) return false;
  return Array.isArray(value) || value instanceof Map || Object.getPrototypeOf(value) === Object.prototype;
}
