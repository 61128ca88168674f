/** What members are called, where only their ids are known. */

const PAGE = 300; // members of one request

export class Names {
  #client;
  #onLearn;
  #names = new Map(); // memberId -> name
  #asked = new Set(); // rooms whose members were asked for

  /** `onLearn()`: more names are known. */
  constructor(client, { onLearn }) {
    [this.#client, this.#onLearn] = [client, onLearn];
    const learn = ({ memberId, nickName }) => this.#names.set(memberId, nickName);
    client.on("joined", learn);
    client.on("message", ({ message }) => message.senderId !== null && learn({ memberId: message.senderId, nickName: message.nickName }));
  }

  /** The name of one who is, or was, in the room; undefined while it is not known. */
  of(room, memberId) {
    const { me } = this.#client;
    if (memberId === me?.memberId) return me.nickName;
    const said = room.messages.findLast(({ senderId }) => senderId === memberId)?.nickName;
    const name = said ?? room.places?.get(memberId)?.nickName ?? this.#names.get(memberId);
    if (name === undefined) this.#ask(room.roomId);
    return name;
  }

  async #ask(roomId) {
    if (this.#asked.has(roomId)) return;
    this.#asked.add(roomId);
    const page = await this.#client.members(roomId, { limit: PAGE }).catch(() => null);
    for (const { memberId, nickName } of page?.members ?? []) this.#names.set(memberId, nickName);
    if (page !== null) this.#onLearn();
  }
}
