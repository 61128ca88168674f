/** Messages as this library hands them out: received ones, and those that this member has just said. */

import { withMine } from "./reactions.js";
import { mayBeAwaited } from "./settling.js";

// left out by the server where so
const MARKS = { mentions: [], everyone: false, pinnedAt: null, deletedBy: null, hiddenAt: null, model: "", assisted: false, attachments: [], preview: null };
const ATTACHMENT = { name: "", type: "", size: 0, state: "ready", width: null, height: null, alt: "", reason: "" };

export const received = (message, me) => ({
  ...{ ...MARKS, ...message, reactions: withMine(message.reactions ?? [], me?.memberId) },
  ...{ attachments: (message.attachments ?? []).map((file) => ({ ...ATTACHMENT, ...file })) },
  ...{ state: "sent", error: null, isAsk: false },
});

export const unsent = (me, { roomId, message, clientId, replyTo, isAsk, mentions, everyone, assisted = false, attachments = [] }) => mayBeAwaited({
  ...{ roomId, seq: null, version: 0, kind: "member", senderId: me?.memberId ?? null, nickName: me?.nickName ?? "" },
  ...{ message, createdAt: new Date().toISOString(), clientId, replyTo },
  ...{ editedAt: null, deletedAt: null, ...MARKS, reactions: [], mentions, everyone, assisted, attachments: attachments.map(attachmentOf) },
  ...{ state: "sending", error: null, isAsk },
});

/** One that is being sent: a file's id, or the file as its upload gave it. */
function attachmentOf(file) {
  const { fileId, name = "", type = "", size = 0, state = "checking", width = null, height = null, alt = "" } = typeof file === "number" ? { fileId: file } : file;
  return { ...ATTACHMENT, fileId, name, type, size, state, width, height, alt };
}

const isAttachment = (kept) => Number.isSafeInteger(kept?.fileId);

/** What a storage holds of a message, and what a page of another version may have left out. */
export function taken(me, { replyTo = null, isAsk = false, mentions = [], everyone = false, assisted = false, attachments = [], createdAt, isAgain, ...kept }) {
  const isDate = typeof createdAt === "string" && !Number.isNaN(Date.parse(createdAt));
  const files = Array.isArray(attachments) ? attachments.filter(isAttachment) : [];
  return Object.assign(unsent(me, { ...kept, replyTo, isAsk, mentions, everyone, assisted: assisted === true, attachments: files }), isDate && { createdAt }, isAgain === true && { isAgain });
}

export function frameOf({ roomId, message, clientId, isAsk, replyTo, mentions, everyone, assisted, attachments }) {
  const frame = { type: isAsk ? "ask" : "chat", roomId, message, clientId };
  if (replyTo !== null) frame.replyTo = replyTo;
  if (mentions.length) frame.mentions = mentions;
  if (everyone) frame.everyone = true;
  if (assisted) frame.assisted = true;
  if (attachments.length) frame.attachments = attachments.map(({ fileId }) => fileId);
  return frame;
}

/** Whether a storage still holds what this library put there: others may write into it, and did. */
export function isMessage(kept) {
  const { roomId, message, clientId } = kept ?? {};
  return Number.isSafeInteger(roomId) && typeof message === "string" && /^[0-9a-f-]{36}$/i.test(clientId);
}

export const hex = (id) => id?.replaceAll("-", "");

/** Version 4; `crypto.randomUUID` is there over https only. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((byte, at) => ([4, 6, 8, 10].includes(at) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
}
