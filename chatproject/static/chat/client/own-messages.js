/** What this member said in a room and has no place among its messages yet: on its way, held, refused. */

import { ChatError } from "./errors.js";
import { unsent, uuid } from "./message.js";
import { giveUp, settle, unsettle } from "./settling.js";

const HELD = "E-MO006"; // stored, and waits for a manager

export class OwnMessages {
  all = [];
  #client;
  #room; // { roomId, tell(name, event), isOn(), isElsewhere(seq) }

  constructor(client, room) {
    [this.#client, this.#room] = [client, room];
  }

  say(text, { replyTo = null, isAsk = false, mentions = [], everyone = false, assisted = false, attachments = [] }) {
    const message = this.#unsent({ message: text, clientId: uuid(), replyTo, isAsk, mentions, everyone, assisted, attachments });
    this.show(message);
    this.#client._post(message);
    return message;
  }

  /** The server had it, and may have lost it: once more, as the same one where it waits for a manager here. */
  sayAgain(said, isAsk) {
    const kept = this.all.find((own) => own === said);
    const message = kept ?? this.#unsent({ ...said, replyTo: null, isAsk });
    unsettle(message);
    Object.assign(message, { state: "sending", isAgain: true, ...(kept ? { replyTo: null } : { createdAt: said.createdAt }) });
    if (kept) this.#changed(message);
    else this.show(message);
    return message;
  }

  #unsent(fields) { return unsent(this.#client.me, { roomId: this.#room.roomId, ...fields }); }

  /** Who this member is was not known when these were said. */
  sign({ memberId, nickName }) {
    for (const message of this.all.filter(({ senderId }) => senderId === null)) {
      Object.assign(message, { senderId: memberId, nickName });
      this.#changed(message);
    }
  }

  show(message) {
    this.all.push(message);
    this.#room.tell("message", { message });
  }

  /** The server took the message, or refused it for good. It goes to its place when it comes as everybody's. */
  settle(message, { type, seq, createdAt, duplicate, ...reply }) {
    this.#client._forget(message);
    if (duplicate) delete message.isAgain; // it was there all the time
    if (type !== "error" || reply.code === HELD) this.#client._lately.add(message);
    if (message.seq !== null) return; // in its place already
    if (reply.code === HELD) Object.assign(message, { state: "held", heldId: reply.heldId });
    else if (type === "error") Object.assign(message, { state: "failed", error: new ChatError(reply) });
    else Object.assign(message, { state: "sent", seq, createdAt });
    settle(message);
    if (type !== "error" && this.#room.isElsewhere(seq)) this.discard(message);
    this.#changed(message);
  }

  /** One that waits for a manager, from before a reload. */
  hold({ heldId, message, clientId, replyTo, heldAt, attachments, assisted }) {
    if (this.all.some((other) => other.clientId === clientId)) return;
    const held = this.#unsent({ message, clientId, replyTo, isAsk: false, mentions: [], everyone: false, assisted, attachments });
    this.show(Object.assign(held, { state: "held", heldId, createdAt: heldAt }));
  }

  /** A manager decided. What was released comes as everybody's where the room is listened to. */
  hearDecision({ clientId, state, reason }) {
    const message = this.all.find((other) => other.clientId === clientId);
    if (message?.state !== "held") return;
    if (state === "released" && !this.#room.isOn()) this.discard(message);
    if (state !== "rejected") return;
    Object.assign(message, { state: "rejected", reason });
    this.#changed(message);
  }

  /** As the object that it is: an application may have a copy. */
  #own({ clientId }) { return this.all.find((own) => own.clientId === clientId); }

  retry(one) {
    const message = this.#own(one);
    if (message?.state !== "failed") return;
    unsettle(message);
    Object.assign(message, { state: "sending", error: null });
    this.#client._post(message);
    this.#changed(message);
  }

  /** This member does not want it any more. */
  drop(one) {
    const message = this.#own(one);
    if (message === undefined) return;
    giveUp(message);
    this.discard(message);
  }

  /** It is none of these any more. */
  discard(message) {
    this.keep((other) => other !== message);
    this.#client._forget(message);
    this.#room.tell("room");
  }

  keep(isKept) {
    this.all = this.all.filter(isKept);
  }

  /** The one that came back as this message. What was deleted may not say whose it was. */
  find({ seq, clientId, senderId }) {
    const isMine = this.isMine({ senderId });
    return this.all.find((own) => own.seq === seq || (isMine && own.clientId === clientId));
  }

  /** It is there. One that was to be said again need not have been. */
  hearStored(own) {
    if (own?.state === "sending") delete own.isAgain;
  }

  isMine({ senderId }) { return senderId !== null && senderId === this.#client.me?.memberId; }

  /** It came, and has no place among those at hand: new ones wait until the room is at its newest again. */
  hearUnplaced(own, from) {
    if (own.seq < from) return this.discard(own);
    this.#client._forget(own);
    this.#changed(own);
  }

  #changed(message) {
    this.#room.tell("change", { message });
  }
}
