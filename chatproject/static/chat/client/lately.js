/**
 * What this member said last and the server has taken. Where the server's database went backwards it may be lost there,
 * and is said again. A page that was reloaded since does not know it any more.
 */

const KEPT_MS = 600_000; // before the server was heard last: backups that are put back are older at times, talk is not
const KEPT_MAX = 100;

export class Lately {
  heardAt = 0; // when the server was heard last; the welcome of a connection comes behind that
  #said = []; // { message, isAsk, at }, in their order

  /** The server has it, or keeps it for a manager. */
  add(message) {
    this.#said = [...this.#said, { message, isAsk: message.isAsk, at: Date.now() }].slice(-KEPT_MAX);
  }

  /**
   * A message as it is now, which may be another object than before: the room was left and opened again, say. What was
   * deleted may not say whose it was; others may use the same `clientId`.
   */
  see(message, isMine) {
    const isIt = isMine ? ({ clientId }) => clientId === message.clientId : ({ seq }) => message.deletedAt && seq === message.seq;
    const entry = this.#said.find(({ message: said }) => said.roomId === message.roomId && isIt(said));
    if (entry && entry.message.version <= message.version) entry.message = message;
  }

  /** This member took it back, or is out of the room: nobody wants to hear it again. */
  drop(isGone) {
    this.#said = this.#said.filter(({ message }) => !isGone(message));
  }

  /** What is to be said again, as { message, isAsk }; then nothing is kept. */
  take() {
    const said = this.#said.filter(({ message, at }) => at >= this.heardAt - KEPT_MS && stands(message));
    this.#said = [];
    return said;
  }
}

const stands = ({ deletedAt, hiddenAt, state }) => !deletedAt && !hiddenAt && ["sent", "held"].includes(state);
