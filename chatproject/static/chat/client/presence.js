/** Who is online, of the members that are watched; and whether somebody looks at this client. */

const WATCH_PAUSE_MS = 1_000; // between two `watch` frames: the server takes no more in the long run
const UNANSWERED_MS = 5_000; // then another try, where the server does not say when

export class Presence {
  #client;
  #wanted = new Set();
  #known = new Map(); // { online, lastSeenAt } by member
  #asked = null; // the members of a `watch` whose answer is under way
  #isDue = false;
  #pause = null; // until the next frame may go
  #looks = null; // as an application says; null: as the document does
  #told = null; // what the server was told last on this connection
  #look = () => this.#tellLook();

  constructor(client) {
    this.#client = client;
    client.on("state", ({ state }) => this.#hearState(state));
  }

  /** Null where nothing is known: nobody tells, the member hides it, or it is not watched. */
  of(memberId) {
    return this.#known.get(memberId) ?? null;
  }

  watch(memberIds) {
    const wanted = new Set([...memberIds].slice(0, this.#most ?? Infinity));
    if (wanted.size === this.#wanted.size && [...wanted].every((one) => this.#wanted.has(one))) return;
    this.#wanted = wanted;
    for (const memberId of this.#known.keys()) if (!wanted.has(memberId)) this.#known.delete(memberId);
    this.#isDue = true;
    this.#send();
  }

  look(isOn) {
    this.#looks = isOn;
    this.#tellLook();
  }

  async list(memberIds) {
    const { members } = await this.#client.call("GET", "/presence", { query: { memberIds: [...memberIds].join(",") } });
    return members;
  }

  preferences() { return this.#client.call("GET", "/me/preferences"); }
  setPreferences(body) { return this.#client.call("PUT", "/me/preferences", { body }); }

  /** Undefined before the first connection, and at servers that know nothing of it. */
  get #most() {
    return this.#client.limits.watchedMembers;
  }

  #hearState(state) {
    const listen = state === "closed" ? "removeEventListener" : "addEventListener"; // the same one counts once
    globalThis.document?.[listen]("visibilitychange", this.#look);
    for (const name of ["focus", "blur"]) globalThis[listen]?.(name, this.#look);
    this.#told = null;
    if (state !== "open") return this.#rest();
    this.#tellLook();
    this.#isDue = this.#wanted.size > 0;
    this.#send();
  }

  #rest() {
    clearTimeout(this.#pause);
    this.#pause = this.#asked = null;
  }

  #tellLook() {
    const isOn = this.#looks ?? isLookedAt();
    if (isOn === null || isOn === this.#told || this.#client.state !== "open" || this.#most === undefined) return;
    this.#told = isOn;
    this.#client._request({ type: "look", on: isOn });
  }

  #send() {
    if (!this.#isDue || this.#pause !== null || this.#client.state !== "open" || !this.#most) return;
    this.#isDue = false;
    this.#waitFor(WATCH_PAUSE_MS);
    const asked = [...this.#wanted].slice(0, this.#most);
    this.#client._request({ type: "watch", memberIds: asked }, ({ type, code, retryAfter }) => {
      if (type === "ok") this.#asked = new Set(asked);
      else if (code !== "closed") this.#sendAgain(retryAfter);
    });
  }

  #sendAgain(retryAfter) {
    this.#isDue = true;
    this.#waitFor(retryAfter ? retryAfter * 1_000 : UNANSWERED_MS);
  }

  #waitFor(milliseconds) {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => {
      this.#pause = null;
      this.#send();
    }, milliseconds);
  }

  _hear({ members }) {
    const told = members.filter(({ memberId }) => this.#wanted.has(memberId)); // or it crossed another `watch`
    const gone = this.#asked ? [...this.#known.keys()].filter((one) => !told.some(({ memberId }) => memberId === one)) : [];
    this.#asked = null;
    for (const memberId of gone) this.#known.delete(memberId);
    for (const { memberId, online, lastSeenAt = null } of told) this.#known.set(memberId, { online, lastSeenAt });
    this.#client._emit("presence", { memberIds: [...told.map(({ memberId }) => memberId), ...gone] });
  }
}

/** Null where there is no document that could be looked at. */
function isLookedAt() {
  const { document } = globalThis;
  return document ? document.visibilityState !== "hidden" && document.hasFocus() : null;
}
