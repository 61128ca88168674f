/**
 * Where the pictures of the open room are. Addresses are asked for when a picture comes near what is in sight, and anew
 * when one has ended; a picture that is shown keeps its own. One's own are shown from this device until they are checked.
 */

const NEAR = "1000px 0px"; // of the scroller's edges
const AGAIN_MS = 30_000; // at the earliest, after a picture could not be loaded

export class Pictures {
  #room = null;
  #onChange;
  #known = new Map(); // by file id: { previews }
  #local = new Map(); // by file id: an object URL
  #wanted = new Set();
  #failedAt = new Map(); // by file id
  #sight;

  constructor(client, { scroller, onChange }) {
    this.#onChange = onChange;
    this.#sight = new IntersectionObserver((entries) => this.#near(entries), { root: scroller, rootMargin: NEAR });
    scroller.addEventListener("error", ({ target }) => this.#failed(target), true);
    client.on("state", ({ state }) => state === "open" && this.#ask());
  }

  open(room) {
    this.#sight.disconnect();
    this.#room = room;
    for (const fileId of [...this.#local.keys()]) this.#forgetLocal(fileId);
    for (const kept of [this.#known, this.#wanted, this.#failedAt]) kept.clear();
  }

  /** What is known of those of a message, by file id: to draw it by. */
  of({ attachments, preview = null }) {
    const ids = [...attachments.map(({ fileId }) => fileId), preview?.fileId];
    const known = ids.filter((id) => this.#known.has(id) || this.#local.has(id));
    return Object.fromEntries(known.map((id) => [id, { previews: this.#known.get(id)?.previews, local: this.#local.get(id) }]));
  }

  /** A message was drawn: whatever it lacks is fetched when it comes near. */
  watch(element) {
    this.#sight.unobserve(element); // so that one in sight is heard of again
    if (element.querySelector("[data-wants]") !== null) this.#sight.observe(element);
  }

  /** Show this until it is known where the file is. */
  show(fileId, local) {
    this.#local.set(fileId, local);
  }

  #near(entries) {
    for (const { target } of entries.filter(({ isIntersecting }) => isIntersecting)) {
      this.#sight.unobserve(target);
      for (const { dataset } of target.querySelectorAll("[data-wants]")) this.#wanted.add(Number(dataset.wants));
    }
    this.#ask();
  }

  async #ask(options) {
    const [room, ids] = [this.#room, [...this.#wanted]];
    if (room === null || ids.length === 0) return;
    const found = await room.fileAddresses(ids, options).catch(() => null); // again with the next connection
    if (room !== this.#room || found === null) return;
    for (const id of ids) this.#wanted.delete(id);
    for (const [id, { url, previews = { 1280: url } }] of found) {
      if (url === undefined) continue;
      this.#known.set(id, { previews });
      this.#forgetLocal(id);
    }
    this.#onChange();
  }

  /** Its address ended before it was loaded, or the network did. */
  #failed({ tagName, parentElement, dataset }) {
    const fileId = Number(dataset?.file ?? parentElement?.dataset.file);
    if (tagName !== "IMG" || !this.#known.has(fileId) || Date.now() - (this.#failedAt.get(fileId) ?? -Infinity) < AGAIN_MS) return;
    this.#failedAt.set(fileId, Date.now());
    this.#wanted.add(fileId);
    this.#ask({ fresh: true });
  }

  #forgetLocal(fileId) {
    if (this.#local.has(fileId)) URL.revokeObjectURL(this.#local.get(fileId));
    this.#local.delete(fileId);
  }
}
