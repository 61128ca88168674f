/** Lists that quote messages forget what is deleted, also where an answer that was read before still has it. No DOM. */

const placeOf = ({ roomId, seq }) => `${roomId} ${seq}`;

/** `forget(message)`: it was deleted. Returns whether a message was, for answers that come late. */
export function onDeleted(client, forget) {
  const gone = new Set();
  const hear = (message) => {
    if (message.deletedAt === null) return;
    gone.add(placeOf(message));
    forget(message);
  };
  for (const name of ["change", "older"]) client.on(name, ({ message }) => hear(message));
  client.on("reset", ({ room }) => room.messages.forEach(hear)); // what happened meanwhile was not told one by one
  return (message) => gone.has(placeOf(message));
}
