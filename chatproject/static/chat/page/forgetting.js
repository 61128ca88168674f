/** Lists that quote messages forget what is deleted or hidden, also where an answer that was read before has it. No DOM. */

import { isGone } from "./gone.js";

const placeOf = ({ roomId, seq }) => `${roomId} ${seq}`;

/**
 * `forget(message)`: it says nothing any more. Returns whether a message does, for answers that come late. One that is
 * shown again may be found again.
 */
export function onDeleted(client, forget) {
  const gone = new Set();
  const hear = (message) => {
    if (!isGone(message)) return gone.delete(placeOf(message));
    gone.add(placeOf(message));
    return forget(message);
  };
  for (const name of ["change", "older"]) client.on(name, ({ message }) => hear(message));
  client.on("reset", ({ room }) => room.messages.forEach(hear)); // what happened meanwhile was not told one by one
  return (message) => gone.has(placeOf(message));
}
