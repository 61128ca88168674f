/** Where the files of a room lie just now: addresses end after minutes, so they are asked for anew, many at once. */

const FRESH_MS = 3.5 * 60_000; // of the 4 to 5 minutes that an address is good for
const IDS_MAX = 50; // of one request
const KNOWN_MAX = 1_000;

export class FileAddresses {
  #read;
  #known = new Map(); // by file id: { file, at }
  #asked = new Map(); // by file id: the promise of the answer
  #batch = null; // that gathers

  /** `read(ids)`: these files, as far as this member may have them. */
  constructor(read) {
    this.#read = read;
  }

  /** By file id, those that are there. `fresh`: an address that is known was refused. */
  async of(ids, { fresh = false } = {}) {
    const wanted = [...new Set(ids)];
    if (fresh) for (const id of wanted) this.#known.delete(id);
    await Promise.all(wanted.filter((id) => !this.#isFresh(id)).map((id) => this.#ask(id)));
    return new Map(wanted.filter((id) => this.#known.has(id)).map((id) => [id, this.#known.get(id).file]));
  }

  learn(files) {
    for (const file of files) {
      this.#known.delete(file.fileId); // to the end
      this.#known.set(file.fileId, { file, at: Date.now() });
    }
    for (const id of this.#known.keys()) {
      if (this.#known.size <= KNOWN_MAX) break;
      this.#known.delete(id);
    }
  }

  /** What has no address yet may have one a moment later. */
  #isFresh(id) {
    const { file, at } = this.#known.get(id) ?? {};
    return file?.url !== undefined && Math.abs(Date.now() - at) < FRESH_MS;
  }

  #ask(id) {
    if (this.#asked.has(id)) return this.#asked.get(id);
    const batch = (this.#batch ??= this.#begin());
    batch.ids.push(id);
    if (batch.ids.length === IDS_MAX) this.#batch = null;
    this.#asked.set(id, batch.answer);
    return batch.answer;
  }

  /** A request that waits for what else is asked for at this moment. */
  #begin() {
    const batch = { ids: [] };
    batch.answer = Promise.resolve().then(() => this.#send(batch));
    return batch;
  }

  async #send(batch) {
    if (this.#batch === batch) this.#batch = null;
    try {
      const files = await this.#read(batch.ids);
      for (const id of batch.ids) this.#known.delete(id); // those that are not among them are gone
      this.learn(files);
    } finally {
      for (const id of batch.ids) this.#asked.delete(id);
    }
  }
}
