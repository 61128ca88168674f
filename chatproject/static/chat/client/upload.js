/** One file on its way to the server: announced, carried, told that it is there; and on from where it was when that broke. */

import { carry } from "./carrying.js";
import { ChatError } from "./errors.js";
import { backOff } from "./trying.js";

const FAILURES_MAX = 8; // in a row, though there is a connection: then it is something else
const PASSING_WAIT_MAX_S = 60; // who is to wait longer is told so
const UNKNOWN = "application/octet-stream"; // the end of the name says more
const [NOT_THERE, SENT, QUOTA_USED, ADDRESS_ENDED] = ["E-FI004", "E-FI005", "E-FI008", "E-FI012"];

export class Upload {
  #client;
  #path;
  #file;
  #alt;
  #signal;
  #onProgress;
  #announced = null; // as the server has it
  #to = null; // where its bytes go; null: it has to be asked for
  #isCarried = false;
  #failures = 0; // since the connection was there again

  constructor(client, roomId, file, { alt = "", signal, onProgress = () => {} }) {
    [this.#client, this.#path, this.#file] = [client, `/room/${roomId}/file`, file];
    [this.#alt, this.#signal, this.#onProgress] = [alt, signal, onProgress];
  }

  /** The file as the server knows it then. One that is not to be is taken back there. */
  async run() {
    try {
      for (;;) {
        try {
          return await this.#attempt();
        } catch (error) {
          await this.#bear(error);
        }
      }
    } catch (error) {
      if (this.#announced) this.#client.call("DELETE", this.#own).catch(() => {}); // else it goes in a day
      throw error;
    }
  }

  async #attempt() {
    if (!this.#announced) await this.#announce();
    if (!this.#isCarried && !this.#to) await this.#askWhere();
    if (!this.#isCarried) await this.#carry();
    const done = await this.#call("POST", `${this.#own}/done`);
    this.#tell("done", this.#file.size);
    return { ...this.#announced, ...done };
  }

  async #announce() {
    const { size, type } = this.#file;
    const { name = `file.${type.split("/").at(-1)}` } = this.#file; // a Blob has none
    const body = { name, size, type: type || UNKNOWN, ...(this.#alt && { alt: this.#alt }) };
    const { upload, ...announced } = await this.#call("POST", this.#path, { body });
    [this.#announced, this.#to] = [announced, upload];
  }

  /** An address ends after minutes. */
  async #askWhere() {
    this.#to = (await this.#call("POST", `${this.#own}/upload`)).upload;
  }

  async #carry() {
    const { XMLHttpRequest, fetch } = this.#client._options;
    const onProgress = (loaded) => this.#tell("uploading", loaded);
    onProgress(0);
    const to = { ...this.#to, url: this.#client._fileAddress(this.#to.url) };
    this.#to = null; // it may end before the next attempt
    await carry(this.#file, to, { XMLHttpRequest, fetch, signal: this.#signal, onProgress });
    this.#isCarried = true;
  }

  get #own() { return `${this.#path}/${this.#announced.fileId}`; }

  #call(method, path, options = {}) { return this.#client.call(method, path, { ...options, signal: this.#signal }); }

  #tell(state, loaded) {
    const total = this.#file.size;
    this.#onProgress({ loaded: Math.min(loaded, total), total, state }); // a form has more bytes than the file in it
  }

  // --- what went wrong

  /** Wait until another attempt may help; throws what no other would. */
  async #bear(error) {
    if (!(error instanceof ChatError) || error.code === "aborted") throw error;
    if (!this.#learns(error) && !isPassing(error)) throw error;
    this.#failures += 1;
    if (this.#failures > FAILURES_MAX) throw error;
    this.#tell("waiting", 0);
    await this.#pause((error.retryAfter ?? 0) * 1000 + backOff(this.#failures));
    if (!["connecting", "waiting"].includes(this.#client.state)) return;
    await this.#connected();
    this.#failures = 0;
  }

  /** Whether it says how things stand: from there it goes on. */
  #learns({ code, status }) {
    if (!this.#announced) return false;
    if (code === NOT_THERE) this.#isCarried = false; // what was carried did not arrive
    else if (code === SENT) this.#isCarried = true; // it did, and only the answer was lost
    else if (status === 404) [this.#announced, this.#to, this.#isCarried] = [null, null, false]; // it waited for too long
    else return status === 403 && [ADDRESS_ENDED, "network"].includes(code); // "network": a store's own words
    return true;
  }

  #pause(ms) {
    return this.#until((resolve) => {
      const timer = setTimeout(resolve, ms);
      return () => clearTimeout(timer);
    });
  }

  #connected() {
    return this.#until((resolve) => this.#client.on("state", ({ state }) => ["open", "closed"].includes(state) && resolve()));
  }

  /** Until `begin(resolve)` calls it, or the signal is given; what `begin` returns ends the waiting. */
  #until(begin) {
    return new Promise((resolve, reject) => {
      if (this.#signal?.aborted) throw new ChatError({ code: "aborted" });
      const finish = (settle, value) => {
        end();
        this.#signal?.removeEventListener("abort", abort);
        settle(value);
      };
      const abort = () => finish(reject, new ChatError({ code: "aborted" }));
      const end = begin(() => finish(resolve));
      this.#signal?.addEventListener("abort", abort);
    });
  }
}

function isPassing({ code, status, retryAfter }) {
  if (status === 429) return code !== QUOTA_USED && (retryAfter ?? Infinity) <= PASSING_WAIT_MAX_S;
  return status === 0 || status >= 500;
}
