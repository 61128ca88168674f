/** What the page's address says: a room, an invitation, the list alone, or nothing that there is. No DOM. */

const ROOM = /^#\/room\/([1-9][0-9]{0,15})$/;
const INVITE = /^#\/invite\/([A-Za-z0-9_-]{1,64})$/;

/** `{ kind: "room", roomId }`, `{ kind: "invite", code }`, `{ kind: "rooms" }` or `{ kind: "nowhere" }`. */
export function placeIn(hash) {
  if (["", "#", "#/"].includes(hash)) return { kind: "rooms" };
  const [, roomId] = ROOM.exec(hash) ?? [];
  if (roomId !== undefined) return { kind: "room", roomId: Number(roomId) };
  const [, code] = INVITE.exec(hash) ?? [];
  return code === undefined ? { kind: "nowhere" } : { kind: "invite", code };
}

export const addressOfRoom = (roomId) => `#/room/${roomId}`;

/** Whole, to be sent to somebody. */
export const addressOfInvite = (code) => new URL(`#/invite/${code}`, location.href.split("#")[0]).href;
