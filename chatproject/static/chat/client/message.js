/** Messages as this library hands them out: received ones, and those that this member has just said. */

export const received = (message) => ({ ...message, state: "sent", error: null, isAsk: false });

export const unsent = (me, { roomId, message, clientId, replyTo, isAsk }) => ({
  ...{ roomId, seq: null, version: 0, kind: "member", senderId: me?.memberId ?? null, nickName: me?.nickName ?? "" },
  ...{ message, createdAt: new Date().toISOString(), clientId, replyTo },
  ...{ editedAt: null, deletedAt: null, state: "sending", error: null, isAsk },
});

/** What a storage holds of a message, and what a page of another version may have left out. */
export function taken(me, { roomId, message, clientId, replyTo = null, isAsk = false, createdAt }) {
  const isDate = typeof createdAt === "string" && !Number.isNaN(Date.parse(createdAt));
  return { ...unsent(me, { roomId, message, clientId, replyTo, isAsk }), ...(isDate && { createdAt }) };
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
