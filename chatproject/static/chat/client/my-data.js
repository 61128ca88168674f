/** What the server keeps of this member, packed for them: asked for, and how far it is. */

export class MyData {
  #client;

  constructor(client) {
    this.#client = client;
  }

  /** What is under way, or can be had still, stays as it is. `language`: of the text in it, "ko" or "en". */
  async ask({ language } = {}) {
    return this.#withAddress(await this.#client.call("POST", "/me/export", { body: { language } }));
  }

  async state() {
    return this.#withAddress(await this.#client.call("GET", "/me/export"));
  }

  #withAddress(told) {
    return { ...told, link: told.link && this.#client._fileAddress(told.link) };
  }
}
