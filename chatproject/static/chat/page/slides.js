/** The pictures of a message, for those who look at them or describe them. */

import { isPicture } from "./file-kinds.js";
import { isGone } from "./gone.js";

/** Those that can be looked at, as the viewer takes them. */
export function slidesOf(message) {
  if (isGone(message)) return [];
  const shown = message.attachments.filter((file) => isPicture(file) && file.state === "ready");
  return shown.map((file) => ({ ...file, roomId: message.roomId, seq: message.seq, kind: message.kind, senderId: message.senderId, nickName: message.nickName, createdAt: message.createdAt }));
}

/** Those that can be described. */
export const describable = ({ attachments }) => attachments.filter((file) => isPicture(file) && ["checking", "ready"].includes(file.state));
