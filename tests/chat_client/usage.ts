/** What a program in TypeScript may write; test_package.py holds it against the declarations. */

import { ChatClient, ChatError, type Message, type OwnMessage, type Room, type RoomSnapshot } from "../../chatproject/static/chat/chat-client.js";

const client = new ChatClient({
  url: "https://chat.example.com",
  token: async ({ fresh }) => (fresh ? "new" : "kept"),
  storage: sessionStorage,
});
const off: () => void = client.on("message", ({ room, message }) => show(room, message));
client.on("state", ({ state, reason, retryAt }) => {
  if (state === "waiting") console.log(reason?.kind, retryAt! - Date.now());
});
client.on("assistant", ({ run }) => console.log(run.state, run.text.length));
const calm = () => console.log("online");
client.once("state", calm)();
client.off("state", calm);
client.connect();

const room: Room = client.room(1).subscribe({ history: 20 });
const message: OwnMessage = room.send("안녕하세요", { replyTo: 3 });
void message.settled.then(({ seq }) => console.log(seq)).catch((error: ChatError) => console.log(error.code));
const shown: RoomSnapshot = room.snapshot();
for (const one of shown.messages) if (one.reactions.some(({ isMine }) => isMine)) void room.react(one, "heart", false);
for (const one of shown.pending) if (one.state === "failed") room.retry(one);
console.log(room.revision, shown.rules.isManager, shown.runs.size, client.snapshot().rooms.get(1)?.unReadCount);
client.on("update", ({ room: changed }) => console.log(changed?.roomId ?? "the client"));
if (message.state === "failed") room.retry(message);
room.on("typing", ({ nickName }) => console.log(nickName));

console.log(client.reactions.join(" "));
const pinned: Message | null = room.pinnedMessage;
void room.edit(message, "@Bob", { mentions: [3] }).then(() => room.react(message, "heart"));
void room.pin(message, pinned === null).catch((error: ChatError) => console.log(error.code));
console.log(message.reactions.filter(({ isMine }) => isMine).map(({ key, count }) => `${key} ${count}`));

room.watchPlaces().on("places", () => console.log(room.places?.size, room.unreadOf(message)));

async function sendPictures(files: File[]): Promise<void> {
  const uploads = files.map((file) => room.uploadFile(file, { onProgress: ({ loaded, total }) => console.log(loaded / total) }));
  const said: Message = room.send("", { attachments: await Promise.all(uploads), replyTo: null });
  const [picture] = said.attachments;
  if (picture) await room.describeFile(picture.fileId, "바다");
  const shown = await room.fileAddresses(said.attachments.map(({ fileId }) => fileId));
  console.log(shown.get(3)?.previews?.["320"], said.preview?.title);
  const { files: kept, next } = await room.files({ kind: "picture" });
  const sent = await room.sendFile(new File(["기록"], "a.log"), { alt: "", text: "여기요", signal: AbortSignal.timeout(1_000) });
  console.log(kept.length, next, sent.state);
}

function show(where: Room, what: Message): void {
  console.log(where.unread, what.seq ?? "on its way", what.message);
}

async function main(): Promise<void> {
  const [first] = await client.myRooms();
  const older = await room.loadOlder();
  const { messages: found, next } = await client.search({ q: "점심", since: "2026-11-01T00:00:00Z", has: "link" });
  for (const { roomId, seq } of found) if (seq !== null) await client.room(roomId).loadAround(seq);
  if (next !== null) await client.search({ q: "점심", before: next });
  while (room.hasNewer) await room.loadNewer();
  const { members, me } = await client.members(1, { prefix: "B" });
  console.log(first?.lastMessage?.message, room.mentionCount, members.length, me.readSeq);
  await client.setRoomNotifications(1, "mentions");
  for (const { memberId } of await client.blocked.list()) if (!client.blocked.has(memberId)) await client.blocked.add(memberId);
  console.log(first?.unReadCount, older.length);
  client.inbox.open();
  client.on("arrived", ({ entry, message, isChange }) => console.log(entry.roomName, message.message, isChange));
  client.on("inbox", ({ room: one }) => console.log(one?.unReadCount ?? [...client.inbox.rooms.values()].length));
  if ((await client.inbox.find(1))?.mentionCount) await client.inbox.load();
  const { state, until, link } = await client.myData.ask({ language: "ko" });
  if ((await client.myData.state()).state !== state) console.log(until, link);
  await client.reports.send({ roomId: 1, seq: 4, reason: "spam", words: "또 왔어요" });
  const { reports } = await client.reports.mine({ limit: 10 });
  for (const { outcome, decision } of reports) console.log(outcome ?? "waits", decision);
  const { cases } = await client.reports.casesOf(1);
  for (const { roomId, caseId, outcomes } of cases)
    if (outcomes.includes("dismissed")) await client.reports.decide(roomId, caseId, { outcome: "dismissed", reason: "괜찮은 말이에요." });
  try {
    await client.draft(1, { count: 3, signal: AbortSignal.timeout(1_000) });
  } catch (error) {
    if (error instanceof ChatError) console.log(error.code, error.retryAfter);
  }
}

// @ts-expect-error: there is no such event
client.on("mesage", () => {});
// @ts-expect-error: a client needs a token
new ChatClient({});
// @ts-expect-error: a snapshot does not change, all through
shown.messages[0].reactions[0].count += 1;
// @ts-expect-error: what others said is there already
void room.messages[0].settled;
// @ts-expect-error: what was said is the server's to change
room.messages.push(message);

void main().then(() => sendPictures([])).finally(off);
