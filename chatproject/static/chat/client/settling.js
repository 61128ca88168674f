/** Waiting until the server has a message of one's own, or refuses it: a promise for those who ask for it, and only then. */

import { ChatError } from "./errors.js";

const waiters = new WeakMap(); // message -> { promise, resolve, reject }

/** Not enumerable: it goes into no copy and no storage. */
export function mayBeAwaited(message) {
  return Object.defineProperty(message, "settled", { get: () => waiterOf(message).promise });
}

function waiterOf(message) {
  if (!waiters.has(message)) {
    const waiter = {};
    waiter.promise = new Promise((resolve, reject) => Object.assign(waiter, { resolve, reject }));
    waiter.promise.catch(() => {}); // who has looked at it need not listen
    waiters.set(message, waiter);
    settle(message);
  }
  return waiters.get(message);
}

/** The message is not what it was. */
export function settle(message) {
  if (message.state === "failed") waiters.get(message)?.reject(message.error);
  else if (message.state !== "sending") waiters.get(message)?.resolve(message);
}

/** It goes again: what is asked for from now on is another promise. */
export function unsettle(message) {
  waiters.delete(message);
}

/** Nobody sends it any more. */
export function giveUp(message) {
  waiters.get(message)?.reject(new ChatError({ code: "aborted", message: "The message was discarded." }));
}
