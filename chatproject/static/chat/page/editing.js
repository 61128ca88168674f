/** Changes of what one has said, on their way: shown as they will be, and kept where the server refuses them. */

export class Editing {
  #changes = new Map(); // placeOf(message) -> { text, error, isStored, from }

  /** `onChange()`: another picture of some message. */
  constructor(client, onChange) {
    this.client = client;
    this.onChange = onChange;
  }

  /** Let the message say `text`; `extras` as `room.edit` takes them. */
  async save(message, text, extras) {
    const change = { text, error: null, isStored: false, from: message.version };
    this.#changes.set(placeOf(message), change);
    this.onChange();
    try {
      await this.client.room(message.roomId).edit(message, text, extras);
      change.isStored = true;
    } catch (error) {
      change.error = error;
    }
    this.onChange();
  }

  /** `{ text, error, isStored }` of a change that the message does not show by itself; null: there is none. */
  of(message) {
    const change = this.#changes.get(placeOf(message));
    if (change === undefined || !change.isStored || message.version === change.from) return change ?? null;
    this.#changes.delete(placeOf(message));
    return null;
  }

  forget(message) {
    this.#changes.delete(placeOf(message));
    this.onChange();
  }
}

const placeOf = ({ roomId, seq }) => `${roomId} ${seq}`;
