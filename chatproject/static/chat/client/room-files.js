/** The files of a room: sent there, listed, found, described. */

import { ChatError } from "./errors.js";
import { FileAddresses } from "./file-addresses.js";
import { Upload } from "./upload.js";

export class RoomFiles {
  #client;
  #path;
  #roomId;
  #addresses = new FileAddresses(async (ids) => (await this.#page({ ids: ids.join(",") })).files);

  constructor(client, roomId) {
    [this.#client, this.#roomId, this.#path] = [client, roomId, `/room/${roomId}`];
  }

  /** What the server would refuse by its size is not begun. */
  async upload(file, options = {}) {
    const { fileBytes } = this.#client.limits;
    if (fileBytes === 0) throw new ChatError({ code: "E-FI011", message: "Files cannot be sent here.", status: 403 });
    if (file.size > fileBytes) throw new ChatError({ code: "E-FI002", message: "The file is too large.", status: 413 });
    const upload = new Upload(this.#client, this.#roomId, file, options);
    return this.#client._uploads.take(() => upload.run(), options.signal);
  }

  async list({ before, limit, kind } = {}) {
    const page = await this.#page({ before, limit, kind });
    this.#addresses.learn(page.files);
    return page;
  }

  addresses(ids, options) { return this.#addresses.of(ids, options); }
  describe(fileId, alt) { return this.#client.call("PUT", `${this.#path}/file/${fileId}`, { body: { alt } }); }
  cancel(fileId) { return this.#client.call("DELETE", `${this.#path}/file/${fileId}`); }

  async #page(query) {
    const { files, next = null } = await this.#client.call("GET", `${this.#path}/files`, { query });
    return { files: files.map((file) => this.#addressed(file)), next };
  }

  /** With whole addresses, wherever the page is. */
  #addressed({ url, previews, ...file }) {
    const whole = (address) => this.#client._fileAddress(address);
    const small = previews && Object.fromEntries(Object.entries(previews).map(([size, address]) => [size, whole(address)]));
    return { width: null, height: null, reason: "", ...file, ...(url && { url: whole(url) }), ...(small && { previews: small }) };
  }
}
