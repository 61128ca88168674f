/**
 * Reactions as they are shown: what the server says, and over it what this member has just done and the server has not
 * told yet. A refusal takes that back.
 */

const NAMED_MAX = 30; // members are named up to here, the first ones

/** With `isMine`, as far as the names tell. */
export const withMine = (reactions, memberId) =>
  reactions.map((reaction) => ({ ...reaction, isMine: reaction.memberIds.includes(memberId) }));

/** A page or a replay names this member behind the first ones; what everybody is told does not. */
const isBeyondNames = ({ isMine, memberIds }) => isMine && memberIds.length > NAMED_MAX;

export class Reactions {
  #told = new WeakMap(); // message -> its reactions, as the server says
  #doing = []; // { message, key, on, version }: shown until the message has that version, or the act was refused
  #done = new Map(); // `seq key` -> whether this member has it: where too many have it to be named

  /** The server told this message, which is at hand. */
  hear(message) {
    for (const reaction of message.reactions) if (isBeyondNames(reaction)) this.#done.set(`${message.seq} ${reaction.key}`, true);
    this.#told.set(message, message.reactions);
    this.#show(message);
  }

  /** This member does that; `answered` takes the reply. */
  begin(message, key, on, memberId) {
    const doing = { message, key, on, memberId, version: Infinity };
    if (!this.#told.has(message)) this.#told.set(message, message.reactions);
    this.#doing.push(doing);
    this.#show(message);
    return (reply) => {
      if (reply.type !== "error") this.#done.set(`${message.seq} ${key}`, on);
      doing.version = reply.type === "error" ? 0 : reply.version;
      this.#show(message);
    };
  }

  #show(message) {
    this.#doing = this.#doing.filter((one) => one.message !== message || one.version > message.version);
    const told = this.#told.get(message).map((reaction) => this.#remember(message, reaction));
    const mine = this.#doing.filter((one) => one.message === message);
    message.reactions = mine.reduce(withAct, told);
  }

  #remember({ seq }, reaction) {
    if (reaction.count <= reaction.memberIds.length) return reaction;
    return { ...reaction, isMine: reaction.isMine || this.#done.get(`${seq} ${reaction.key}`) === true };
  }
}

function withAct(reactions, { key, on, memberId }) {
  const before = reactions.find((reaction) => reaction.key === key) ?? { key, count: 0, memberIds: [], isMine: false };
  if (before.isMine === on) return reactions;
  const others = before.memberIds.filter((id) => id !== memberId);
  const memberIds = on && others.length < NAMED_MAX ? [...others, memberId] : others;
  const after = { ...before, count: before.count + (on ? 1 : -1), memberIds, isMine: on };
  const rest = before.count ? reactions.map((one) => (one === before ? after : one)) : [...reactions, after];
  return rest.filter(({ count }) => count > 0);
}
