/** Which of my rooms the list shows, and in which order. Pure. */

import { holds } from "./hangul.js";

/**
 * Of `rooms`, the newest first, those whose names hold what is looked for, with the ones kept at the top before the others.
 * Hidden ones only where somebody looks for them, or at them, or wants to see them. `isAway(roomId)`: one is leaving it.
 */
export function roomsShown(rooms, { wanted, nameOf, isAway, showsHidden, openId }) {
  const isHidden = ({ roomId, isHidden: isOutOfSight = false }) => isOutOfSight && !showsHidden && wanted === "" && roomId !== openId;
  const shown = rooms.filter((room) => !isAway(room.roomId) && !isHidden(room) && (wanted === "" || holds(nameOf(room.roomId), wanted)));
  const isPinned = ({ isPinned: isOnTop = false }) => isOnTop;
  return [...shown.filter(isPinned), ...shown.filter((room) => !isPinned(room))];
}
