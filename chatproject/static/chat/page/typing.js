/** Who is typing, in each room: told every few seconds while it lasts, forgotten soon after. */

const LASTS_MS = 4_500;

export class Typing {
  #client;
  #rooms = new Map(); // roomId -> Map(memberId -> {name, timer})

  /** `onChange(roomId, names)`. */
  constructor(client, onChange) {
    [this.#client, this.onChange] = [client, onChange];
    client.on("typing", ({ room, memberId, nickName }) => this.#add(room.roomId, memberId, nickName));
    client.on("message", ({ room, message }) => this.#remove(room.roomId, message.senderId));
    client.on("left", ({ room, memberId }) => this.#remove(room.roomId, memberId));
  }

  namesIn(roomId) {
    return [...(this.#rooms.get(roomId)?.values() ?? [])].map(({ name }) => name);
  }

  #add(roomId, memberId, name) {
    if (this.#client.blocked.has(memberId)) return;
    if (!this.#rooms.has(roomId)) this.#rooms.set(roomId, new Map());
    const members = this.#rooms.get(roomId);
    clearTimeout(members.get(memberId)?.timer);
    const isNew = !members.has(memberId);
    members.set(memberId, { name, timer: setTimeout(() => this.#remove(roomId, memberId), LASTS_MS) });
    if (isNew) this.onChange(roomId, this.namesIn(roomId));
  }

  #remove(roomId, memberId) {
    const members = this.#rooms.get(roomId);
    if (!members?.has(memberId)) return;
    clearTimeout(members.get(memberId).timer);
    members.delete(memberId);
    this.onChange(roomId, this.namesIn(roomId));
  }
}
