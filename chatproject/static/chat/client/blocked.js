/** Whom this member blocks: as the server lists them, moved by what is done here and on the member's other devices. */

export class Blocked {
  #client;
  #ids = new Set();
  #changes = 0; // so far: a list that was asked for before the last one is old

  constructor(client) {
    this.#client = client;
  }

  has(memberId) { return this.#ids.has(memberId); }

  async list() {
    const before = this.#changes;
    const { blocked } = await this.#client.call("GET", "/me/blocked");
    if (before === this.#changes) this.#learn(blocked.map(({ memberId }) => memberId));
    return blocked;
  }

  async add(memberId) {
    await this.#client.call("PUT", `/me/blocked/${memberId}`);
    this._hear({ memberIds: [...new Set([...this.#ids, memberId])] });
  }

  async remove(memberId) {
    await this.#client.call("DELETE", `/me/blocked/${memberId}`);
    this._hear({ memberIds: [...this.#ids].filter((one) => one !== memberId) });
  }

  _hear({ memberIds }) {
    this.#changes += 1;
    this.#learn(memberIds);
  }

  #learn(memberIds) {
    const isSame = memberIds.length === this.#ids.size && memberIds.every((one) => this.#ids.has(one));
    if (isSame) return;
    this.#ids = new Set(memberIds);
    this.#client._emit("blocked", { memberIds });
  }
}
