/**
 * The client of the chat server: one socket that comes back by itself, and the rooms it listens to.
 *
 * ```js
 * const client = new ChatClient({ url: "https://chat.example.com", token: () => localStorage.accessToken });
 * client.on("message", ({ room, message }) => console.log(room.roomId, message.nickName, message.message));
 * client.connect();
 * const room = client.room(1).subscribe();
 * await room.send("안녕하세요!").settled;
 * ```
 *
 * Nothing here needs to be asked again after a broken connection: subscriptions resume where they were, and what was
 * sent is sent again, under the same `clientId`, until it is acknowledged. See docs/client.md.
 */

/** How a message stands. Received ones are "sent"; "failed" was refused for good and waits for `room.retry`. */
/** "held": only its author and managers see it, until one lets it go or rejects it ("rejected", with `reason`). */
export type MessageState = "sending" | "sent" | "failed" | "held" | "rejected";

/** Who answered a message with the same sign. */
export interface Reaction {
  /** One of `client.reactions`. */
  key: string;
  count: number;
  /** The first 30 of them. */
  memberIds: readonly number[];
  /** Whether this member is among them. False where more than 30 are and it is not known to be. */
  isMine: boolean;
}

/** What hides a message, told to managers. */
export interface Hiding {
  sanctionId: number;
  act: "hide" | "measure";
  reason: string;
  since: string;
  until: string | null;
  by: "manager" | "owner" | "staff";
  imposedBy: number | null;
}

/** A file in a message. */
export interface Attachment {
  fileId: number;
  name: string;
  /** "image/jpeg" … : as it was announced, once "ready" as it was found to be. */
  type: string;
  /** Bytes. */
  size: number;
  /** "checking": others see that it is on its way; the message changes when it is over. "gone": kept no longer. */
  state: "checking" | "ready" | "refused" | "gone";
  /** Pixels, of a picture that is ready. */
  width: number | null;
  height: number | null;
  /** What is in it, for those who do not see it; "" where nobody said so. */
  alt: string;
  /** Why it was refused: "length", "type", "damaged", "pixels", "frames", "infected", "failed"; else "". */
  reason: string;
}

/** What a web page that a message links to says of itself. All of it is text; `url` is an http(s) address. */
export interface LinkPreview {
  url: string;
  title: string;
  description?: string;
  site?: string;
  /** Its picture, a file of the room: `room.fileAddresses([fileId])`. */
  fileId?: number;
  width?: number;
  height?: number;
}

/** A file with where it is: addresses are good for 4 minutes at least. */
export interface RoomFile extends Omit<Attachment, "state"> {
  state: Attachment["state"] | "coming";
  /** The message it was sent with; null before that. */
  seq: number | null;
  senderId: number | null;
  nickName: string;
  createdAt: string;
  /** Until when it is kept; missing where for as long as its message. */
  expiresAt?: string;
  /** Of one that is ready. */
  url?: string;
  /** Of a picture, by the longer side in pixels. */
  previews?: { "320": string; "1280": string };
}

/** "waiting": for the connection, or until the server can take it. */
export interface UploadProgress {
  /** Bytes. */
  loaded: number;
  total: number;
  state: "waiting" | "uploading" | "done";
}

export interface UploadOptions {
  /** Browsers tell each step, Node the first and the last. */
  onProgress?: (progress: UploadProgress) => void;
  /** Gives the file up: the promise is broken with the code "aborted". */
  signal?: AbortSignal;
  /** What is in a picture, for those who do not see it. */
  alt?: string;
}

/** A message. One object for its whole life: edits and acknowledgements change it in place. */
export interface Message {
  roomId: number;
  /** Its number in the room: 1, 2, 3 …; null while the server has not acknowledged it. */
  seq: number | null;
  /** The room's version at its last change; 0 while unacknowledged. */
  version: number;
  kind: "member" | "assistant" | "notice";
  /** null for the assistant and for notices. */
  senderId: number | null;
  nickName: string;
  /** The text; empty when `deletedAt` is set. Plain text: never put it into a page as HTML. */
  message: string;
  /** ISO 8601 in UTC; of the sending device's clock while unacknowledged. */
  createdAt: string;
  /** A UUID; of an answer of the assistant its run's id. */
  clientId: string | null;
  /** The seq of the message that this one answers. */
  replyTo: number | null;
  editedAt: string | null;
  deletedAt: string | null;
  /** Who deleted it; null where it is there. */
  deletedBy: "author" | "moderator" | null;
  /** Since when a manager has hidden it: until it is shown again it has no text, no reactions and mentions nobody. */
  hiddenAt: string | null;
  /** In the order of their first; what this member has just done is among them before the server knows. */
  reactions: readonly Reaction[];
  /** The members that it mentions; `everyone` is apart. */
  mentions: readonly number[];
  everyone: boolean;
  /** Since when it is the room's notice; null where it is not. */
  pinnedAt: string | null;
  /** Which model wrote it: of kind "assistant", else "". Show it, and that an AI did. */
  model: string;
  /** A member sent it, and the assistant drafted it: "AI가 도운 글". */
  assisted: boolean;
  /** At most `limits.attachments`; with one, `message` may be "". */
  attachments: readonly Attachment[];
  preview: LinkPreview | null;
  state: MessageState;
  /** Why it failed. */
  error: ChatError | null;
  /** Said by `room.ask`, here. */
  isAsk: boolean;
  /** Said again by this client, since the server had acknowledged it and lost it: its database went backwards. */
  isAgain?: boolean;
}

/** One of this member's own, as `room.send` gives it. */
export interface OwnMessage extends Message {
  /**
   * Kept with the message once the server has it (`state` is "sent", or "held" for a manager), over broken connections
   * and `close()` too, however long that takes. Broken with a ChatError when the server refuses it for good (it is
   * "failed", as `error` says), or with the code "aborted" when `room.discard` gives it up before. Who does not look at
   * it need not handle that. After `room.retry` it is another promise.
   */
  readonly settled: Promise<Message>;
}

/** An answer of the assistant on its way. It has gone from `room.runs` when it has ended. */
export interface Run {
  runId: string;
  /**
   * "done", "stopped": the answer, or what there is of it, comes as a message (`clientId` is the run's id).
   * "lost": the connection broke; if the run still goes on, it appears again by itself.
   */
  state: "thinking" | "writing" | "done" | "stopped" | "failed" | "blocked" | "lost";
  /** What has come so far. */
  text: string;
  /** True where a piece in the middle is missing; the final message has all of it. */
  isPartial: boolean;
  /** The member who asked. */
  askedBy: number | null;
}

/** A refusal of the server, or a failure on the way to it. */
export class ChatError extends Error {
  /**
   * The wire code ("E-AU002" …), or "network" where no answer came, "closed" where the connection ended before it,
   * "aborted" by the caller's signal.
   */
  readonly code: string;
  /** The HTTP status; 0 where there is none. */
  readonly status: number;
  /** Seconds after which another attempt may help; null where waiting does not. */
  readonly retryAfter: number | null;
  /** Of E-R006, a room that staff deleted: what it was called, and why it is gone. */
  readonly roomName: string | null;
  readonly why: string | null;
}

/** "waiting": between two attempts. "closed": not wanted, or given up (see `reason`); `connect()` begins anew. */
export type ConnectionState = "connecting" | "open" | "waiting" | "closed";

/**
 * Why there is no connection. For good: "closed" by the caller, "signed-out" (no token, or none that the server takes),
 * "refused" (coming back would not help), "origin" (the server takes no page from where this one is: ask for its
 * `ROUTE_FRONT`). For now: "lost", "offline" (the browser says so too), "restart" of the server, "token" (a fresh one is
 * needed, or the callback failed), "busy" (too many frames or sockets).
 */
export interface Reason {
  kind: "closed" | "signed-out" | "refused" | "origin" | "lost" | "offline" | "restart" | "token" | "busy";
  /** The close code; null where the connection was given up here. */
  code: number | null;
  /** What the server, or the token callback, said. */
  error: Error | null;
}

/**
 * "idle": not listening. "joining": asked for. "live": hears everything. "removed": the member has left or was
 * removed. "refused": see `error`. The last two end until the next `subscribe()`.
 */
export type RoomState = "idle" | "joining" | "live" | "removed" | "refused";

export interface Events {
  /** The connection. `retryAt`: when the next attempt is due, in milliseconds since the epoch. */
  state: { state: ConnectionState; reason: Reason | null; retryAt: number | null };
  /**
   * The server's database went backwards: all rooms are read anew, and so many messages that it had acknowledged are sent
   * again (`isAgain`). Edits and the like that were on their way fail with the code "anew".
   */
  anew: { messages: number };
  /** A room's `state`, `pending`, `lastSeq`, `readSeq`, `mentionCount` or `isDetached` changed: unread counts move. */
  room: { room: Room };
  /** `room.messages` was replaced as a whole: by the first page, after too long an absence, by a jump or a return. */
  reset: { room: Room };
  /** A message is new in `room.messages` (nearly always at its end), or newly in `room.pending`. */
  message: { room: Room; message: Message };
  /** A new message that is not shown, since the room `isDetached`: for what counts and notifies, as `message` is. */
  beyond: { room: Room; message: Message };
  /**
   * A message was edited, deleted, reacted to or pinned, or an own one was acknowledged, placed among `room.messages`, or
   * failed.
   */
  change: { room: Room; message: Message };
  /**
   * The same of one that is not in `room.messages`, being older: others may quote it. With an inbox also told of rooms that
   * are not listened to.
   */
  older: { room: Room; message: Message };
  /** `room.pinned` or `room.pinnedMessage` changed. */
  pinned: { room: Room };
  /**
   * Messages went from `room.messages`, which is full: the oldest, or, where older ones were loaded while the room
   * `isDetached`, the newest. `loadOlder` and `loadNewer` get them back.
   */
  trim: { room: Room; messages: Message[] };
  /** Another member is typing; said again every 3 seconds while it lasts. */
  typing: { room: Room; memberId: number; nickName: string };
  /** A member (also this one, elsewhere) has read up to `seq`. Not told in rooms of more than 300 members. */
  read: { room: Room; memberId: number; seq: number };
  /** Also told of rooms that are not listened to, when it is this member who came in: here, elsewhere, or by another. */
  joined: { room: Room; memberId: number; nickName: string; seq: number };
  left: { room: Room; memberId: number; nickName: string };
  /** How the room stands in this member's own list now; also of rooms that are not listened to. */
  mine: { room: Room; pinned: boolean; hidden: boolean; unread: boolean };
  /** `room.rules` changed, or with `mayWriteAt` the wait for the next message. */
  rules: { room: Room };
  /** `room.places` changed, and with it the number of those who have not read a message. */
  places: { room: Room };
  /** This member is not in the room any more. Where staff deleted it, it says what it was called, and why, if they did. */
  removed: { room: Room; reason: "left" | "removed" | "deleted"; roomName?: string; why?: string };
  /** Something was done to this member, or ended (`lifted`); also in rooms that are not listened to. */
  sanction: { room: Room; sanction: Sanctioned };
  /** Whom this member blocks changed: here, or on another device. Ask for `myRooms()` again, for their mentions. */
  blocked: { memberIds: number[] };
  /** `client.presence.of` says something else of these members, whom `client.presence.watch` named. */
  presence: { memberIds: number[] };
  /** A message of this member that waited for a manager was let go, or rejected. */
  held: { room: Room; decided: Decided };
  /** To managers: how much waits for them in a room. */
  waiting: { room: Room; waiting: { held: number; cases: number; requests: number; concerns: number } };
  /** `client.inbox.rooms` has something else of this room; null: of the list as a whole. */
  inbox: { room: MyRoom | null };
  /**
   * A message is new in a room of the inbox, listened to or not, or (`isChange`) was changed and calls this member: for
   * notifications. Where very much comes at once it is the newest of each room, and those that mention somebody.
   */
  arrived: { entry: MyRoom; message: Message; isChange: boolean };
  /** An answer of the assistant moved on, or ended. */
  assistant: { room: Room; run: Run };
  /** This member may need help: `lines` are where people help, `text` what to say; empty where they have to be asked for. */
  care: Card & { roomId: number; concernId: number };
  /** Somebody in a room that this member manages may need help; null: it is about no message, or nobody. */
  concern: { roomId: number; concernId: number; source: ConcernSource; seq: number | null; memberId: number | null };
  /** What this member reported was decided; `client.reports.mine()` says the rest. */
  report: { report: { reportId: number; outcome: Outcome; reason: string } };
  /**
   * `snapshot()` of this room, or of the client (null), may be another one. Told once for all that happened at one time,
   * a microtask later.
   */
  update: { room: Room | null };
  /** A refusal that belongs to no message and no call: for a log or a line on the screen. */
  error: { error: Error; room: Room | null };
}

/** As it was when it was taken, all through. */
export type Unchanging<T> = T extends (infer One)[] | readonly (infer One)[]
  ? readonly Unchanging<One>[]
  : T extends ReadonlyMap<infer Key, infer Value>
    ? ReadonlyMap<Key, Unchanging<Value>>
    : T extends Error | ((...given: never[]) => unknown)
      ? T
      : T extends object
        ? { readonly [Name in keyof T]: Unchanging<T[Name]> }
        : T;

/** What `room.snapshot()` gives: see the room's properties of these names. Copies, and none of them ever changes. */
export interface RoomSnapshot
  extends Readonly<
    Pick<
      Room,
      "roomId" | "state" | "error" | "hasOlder" | "isDetached" | "firstSeq" | "lastSeq" | "readSeq" | "unread" | "mentionCount" | "pinned"
    >
  > {
  readonly messages: Unchanging<Message[]>;
  readonly pending: Unchanging<Message[]>;
  readonly pinnedMessage: Unchanging<Message> | null;
  readonly places: Unchanging<ReadonlyMap<number, Member>> | null;
  readonly reads: ReadonlyMap<number, number>;
  readonly runs: Unchanging<ReadonlyMap<string, Run>>;
  /** `mayWriteAt` as it was then. */
  readonly rules: Unchanging<Omit<RoomRules, "roleOf">>;
}

/** What `client.snapshot()` gives. `rooms`: of `client.inbox`, empty without one. */
export interface ClientSnapshot
  extends Readonly<Pick<ChatClient, "state" | "reason" | "me" | "limits" | "reactions">> {
  readonly rooms: ReadonlyMap<number, MyRoom>;
}

export interface Emitter {
  /** Call the listener at each of these events. Returns a function that ends it. */
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void;
  /** Call it at the next one only. */
  once<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void;
  /** End it, whether `on` or `once` began it. */
  off<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): void;
}

export interface ChatClientOptions {
  /** Where the server is, "https://example.com/chat": its path is kept. By default the page's own origin. */
  url?: string;
  /**
   * The member's access token. Called for each connection and REST call, so let it be quick and keep the token
   * itself. `fresh`: the one given last was refused or is about to expire; get a new one. Nothing ("" or null) means
   * signed out and closes the client; an exception is a failure that is tried again.
   */
  token: (options: { fresh: boolean }) => string | null | undefined | Promise<string | null | undefined>;
  /** Of the server's sentences in REST answers: "ko" or "en". Sockets speak the browser's. */
  language?: string;
  /** How many messages of a room are kept in memory, at least; by default 500. */
  maxMessages?: number;
  /** Whether `client.inbox` is open from the beginning; by default false. */
  inbox?: boolean;
  /**
   * Where unacknowledged messages outlive a reload: `sessionStorage`, say. By default nowhere. It holds their texts,
   * by member.
   */
  storage?: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  /**
   * Whether sockets are opened with tickets, which the client asks for over REST; by default true. Else, and where the
   * server gives none, the token goes with the handshake as a subprotocol.
   */
  tickets?: boolean;
  /** Instead of the global one. */
  WebSocket?: typeof WebSocket;
  /** Instead of the global one: what carries files. Without any, fetch does. */
  XMLHttpRequest?: typeof XMLHttpRequest;
  /** Instead of the global one. */
  fetch?: typeof fetch;
}

/** One for each signed-in member. */
export class ChatClient implements Emitter {
  /** Throws a TypeError that says what is missing: `token`, `url`, or a WebSocket or fetch where this runs. */
  constructor(options: ChatClientOptions);
  readonly state: ConnectionState;
  readonly reason: Reason | null;
  /** Who the token speaks for; null before the first connection. */
  readonly me: { memberId: number; nickName: string } | null;
  /**
   * The server's, as in its `welcome`: `messageCharacters`, `roomsPerSocket` …; 0 means none, but of `fileBytes` that no
   * files are taken.
   */
  readonly limits: Readonly<Record<string, number>>;
  /** Whether the server has an assistant; true until it has said so. */
  readonly assistant: boolean;
  /** The keys that the server takes as reactions; empty before the first connection. */
  readonly reactions: readonly string[];
  /** The `applicationServerKey` of browsers' push subscriptions; null where the server notifies nobody by Web Push. */
  readonly pushKey: string | null;
  /** In which versions and numbers of messages count; "" before the first connection, and with servers that say none. */
  readonly epoch: string;
  /** Whom this member blocks. What they say comes as all else does: fold it away, and let nothing of it ring. */
  readonly blocked: Blocked;
  /** What the server keeps of this member, packed for them. */
  readonly myData: MyData;
  /** Who is online, and whether somebody looks at this client. */
  readonly presence: Presence;
  /** All rooms of this member, with what is unread in them, without a subscription to any. */
  readonly inbox: Inbox;
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void;
  once<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void;
  off<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): void;

  /** Grows with every change of what `snapshot()` shows. */
  readonly revision: number;
  /**
   * What stands here now, as a value: the same object until something of it changed, and inside of it the same objects
   * for what did not. Frozen. For React's `useSyncExternalStore`, with the event `update`.
   */
  snapshot(): ClientSnapshot;

  /** Connect, and stay connected until `close()`. While waiting for the next attempt: try now. */
  connect(): void;
  /** End the connection. Rooms and unacknowledged messages stay as they are for the next `connect()`. */
  close(): void;
  /** The room of this id; always the same object, made at the first call. Does not subscribe. */
  room(roomId: number): Room;

  /** What managers do to members, and what was done to this one. */
  readonly sanctions: Sanctions;

  // --- REST. All of these reject with a ChatError.

  /** All of them, however many; `mentionCount` of the rooms here is set to what the server counted. */
  myRooms(): Promise<MyRoom[]>;
  /** Five a page, newest first; pages count from 0. */
  groupRooms(page?: number): Promise<{ rooms: RoomName[]; hasNext: boolean }>;
  findGroupRoom(name: string): Promise<RoomName>;
  /**
   * Group rooms whose names hold the words of `q`, the newest change first: in any case, with an unfinished syllable or by
   * initials (초성); without `q` all of them. Behind `after`, the `next` of the page before.
   */
  searchRooms(options?: { q?: string; after?: string; limit?: number }): Promise<{ rooms: RoomCard[]; next: string | null }>;
  /**
   * A room as everybody may see it, also who is not in it. Rejects with E-R001 where there is none, or a private one, and
   * with E-R006 where staff deleted one in which this member was: the error has its `roomName` and `why`.
   */
  roomCard(roomId: number): Promise<RoomCard>;
  createRoom(roomName: string): Promise<RoomName>;
  /** The room into which an invitation's code invites. Rejects with E-R005 where it has ended. */
  invitation(code: string): Promise<RoomCard>;
  /**
   * Into a closed room with its `code`, into any room with the code of an invitation (`invite`). Where managers decide, `words` are for them, and the promise is broken with the
   * code E-R004: the member asked, and hears `joined` once they are let in.
   */
  joinRoom(roomId: number, options?: { code?: string; words?: string; invite?: string }): Promise<null>;
  leaveRoom(roomId: number): Promise<null>;
  /** The room's id: the existing room of the two, or a new one. */
  openPrivateRoom(otherMemberId: number): Promise<number>;
  /** The room and its rules, as this member stands in it; also for ADMINs who are not in it. */
  roomRules(roomId: number): Promise<RoomRulesShown>;
  /** For managers: a new join code; the one before it opens nothing any more. */
  newJoinCode(roomId: number): Promise<string>;
  /** For managers: who asks to come in, the first one first. */
  joinRequests(roomId: number): Promise<JoinRequest[]>;
  decideJoinRequest(
    roomId: number,
    memberId: number,
    decision: { admit: boolean; reason?: string },
  ): Promise<unknown>;
  /** Oldest first; the newest without a cursor. `limit` 1 to 200. Does not touch `room.messages`. */
  history(
    roomId: number,
    options?: { before?: number; after?: number; around?: number; limit?: number },
  ): Promise<Message[]>;
  /** By their numbers; `prefix`: how a nickname begins, as it is typed. `next` is the next page's `after`. */
  members(roomId: number, options?: { after?: string; limit?: number; prefix?: string }): Promise<MembersPage>;
  /** Find what was said in one room or in all of this member's, newest first. `next` is the next page's `before`. */
  search(query: SearchQuery): Promise<FoundPage>;
  /** What mentions this member or everyone, newest first. */
  mentions(options?: { before?: string; limit?: number }): Promise<FoundPage>;
  /** Who reacted so, also beyond the first 30. */
  reactors(
    roomId: number,
    seq: number,
    key: string,
    options?: { after?: string; limit?: number },
  ): Promise<{ members: { memberId: number; nickName: string }[]; next: string | null }>;
  /** For managers: a message with what it says, hidden or not, and what hides it now. */
  uncovered(roomId: number, seq: number): Promise<{ message: Message; hidings: Hiding[] }>;
  /** The room's notices, the present one and those before it, newest first. */
  pins(roomId: number, options?: { before?: string; limit?: number }): Promise<{ pins: Pin[]; next: string | null }>;
  /** Words of this member's own that call it as a mention does; they are looked for where a message is heard. */
  notifications(): Promise<{ keywords: string[] }>;
  setNotifications(settings: { keywords: string[] }): Promise<{ keywords: string[] }>;
  /** What of a room calls this member: everything, mentions and keywords, or nothing. */
  setRoomNotifications(roomId: number, level: NotifyLevel): Promise<unknown>;
  /** Notify this member in this browser while no page is open: with what `PushManager.subscribe` gave for `pushKey`. */
  addPush(subscription: PushSubscriptionJSON): Promise<{ pushId: number }>;
  removePush(pushId: number): Promise<unknown>;
  /** What this member could say next, for this member only. Aborting the signal ends the model's work. */
  draft(
    roomId: number,
    options?: { tone?: string; count?: number; signal?: AbortSignal },
  ): Promise<{ answer: string; answers: string[]; model: string }>;
  /** What the member has not read yet, for this member only. */
  summary(roomId: number, options?: { signal?: AbortSignal }): Promise<Summary>;
  /** What an answer of the assistant (its `clientId`) rests on, and what it took; all keys in the REST schema. */
  receipt(roomId: number, runId: string): Promise<Record<string, any>>;
  assistantSettings(roomId: number): Promise<AssistantInRoom>;
  /** All three at once. */
  setAssistantSettings(roomId: number, settings: AssistantSettings): Promise<AssistantInRoom>;
  /** The member was shown the `notice` of the assistant there. */
  confirmAssistantNotice(roomId: number): Promise<unknown>;
  /** Whether the assistant may read this member's messages. */
  consent(): Promise<{ readable: boolean }>;
  setConsent(readable: boolean): Promise<{ readable: boolean }>;
  /** Telling moderators of something, and what came of it. */
  readonly held: Held;
  readonly reports: Reports;
  /** People who may hurt themselves, and who helps. */
  readonly care: Care;
  /** Any path below /v1/chat: the `data` of its answer. A refused token is replaced, once, by a fresh one. */
  call(
    method: string,
    path: string,
    options?: { query?: Record<string, unknown>; body?: unknown; signal?: AbortSignal },
  ): Promise<any>;
}

/** Whether a member has a client open; else when they were seen last, to the minute: null where that is not told. */
export interface Seen {
  online: boolean;
  lastSeenAt: string | null;
}

export interface Preferences {
  /** Shown as away to everybody. */
  hidesPresence: boolean;
  /** Notifications on this member's own telephone show what was said. */
  previewsText: boolean;
}

/** Of members who share a room with this one. Browsers say by themselves whether somebody looks at their page. */
export interface Presence {
  /** Null where nothing is known, or the member is not watched. */
  of(memberId: number): Seen | null;
  /** Be told of these members in place of those before, `limits.watchedMembers` at most; told again at each connection. */
  watch(memberIds: Iterable<number>): void;
  /** For applications without a document, or that know better: whether somebody looks now. */
  look(isOn: boolean): void;
  /** The same once, over REST, of those of whom this member may know. At most 200. */
  list(memberIds: Iterable<number>): Promise<(Seen & { memberId: number })[]>;
  preferences(): Promise<Preferences>;
  /** What is left out stays as it is. */
  setPreferences(preferences: Partial<Preferences>): Promise<Preferences>;
}

/** Where people help. */
export interface HelpLine {
  /** Whether the number is to be called or written to. */
  kind: "call" | "text";
  name: string;
  nameEn: string;
  /** "" where there is only an address. */
  number: string;
  address: string;
  hours: string;
  hoursEn: string;
  /** The day of what it was checked by. */
  checkedOn: string;
}

export interface Card {
  text: string;
  textEn: string;
  lines: readonly HelpLine[];
}

/** "failure": texts could not be looked at, so people have to. */
export type ConcernSource = "words" | "report" | "assistant" | "failure";

export interface Concern {
  concernId: number;
  roomId: number;
  memberId: number | null;
  nickName: string | null;
  seq: number | null;
  source: ConcernSource;
  raisedAt: string;
  state: "open" | "seen" | "closed";
  note: string;
  seenBy: number | null;
  seenAt: string | null;
  closedAt: string | null;
}

/** `client.care`. The last three are for managers of the room. */
export interface Care {
  helpLines(): Promise<Card>;
  /** This member's card, which nobody else sees. `concernId` is null where none is open. */
  mine(): Promise<Card & { concernId: number | null; roomId: number | null }>;
  /** Put the card away, on all devices. */
  close(): Promise<null>;
  /** The newest first; without `state` those that are not closed. */
  concernsOf(roomId: number, options?: { state?: Concern["state"] }): Promise<{ concerns: Concern[] }>;
  lookAfter(roomId: number, concernId: number, how: { state: "seen" | "closed"; note?: string }): Promise<Concern>;
  /** Whether this manager is told; where nobody is on duty, all managers are. */
  setDuty(roomId: number, onDuty: boolean): Promise<{ onDuty: boolean }>;
}

/** What is wrong. Those that begin with the law's words are 정보통신망법 44조의7; see docs/protocol.md. */
export type ReportReason =
  | "self_harm" | "abuse" | "stalking" | "defamation" | "privacy" | "spam" | "obscene" | "illegal_filming" | "minors"
  | "gambling" | "drugs" | "hacking" | "falsified" | "copyright" | "security_secret" | "crime" | "other";

export type Outcome = "dismissed" | "hidden" | "measure" | "muted" | "removed" | "cared";

export interface Report {
  roomId: number;
  /** The message. */
  seq?: number;
  /** The member. With neither, the room is reported. */
  memberId?: number;
  reason: ReportReason;
  words?: string;
}

/** `outcome` is null while it waits, `decision` is the reason that was given for it. */
export interface MyReport extends RoomName {
  reportId: number;
  about: "message" | "member" | "room";
  seq: number | null;
  memberId: number | null;
  reason: ReportReason;
  words: string;
  madeAt: string;
  dueAt: string;
  outcome: Outcome | null;
  decision: string;
  decidedAt: string | null;
}

/** A line as it was when it was reported; `isGone`: it could not be read even then. */
export interface EvidenceLine {
  seq: number;
  kind: Message["kind"];
  senderId: number | null;
  nickName: string;
  message: string;
  createdAt: string;
  editedAt: string | null;
  isGone: boolean;
  attachments?: readonly Attachment[];
}

/** What was reported in a room, for its managers; who reported it is not told. */
export interface Case extends RoomName {
  caseId: number;
  about: "message" | "member" | "room";
  seq: number | null;
  memberId: number | null;
  nickName: string;
  reasons: { reason: ReportReason; count: number }[];
  reportCount: number;
  words: string[];
  evidence: EvidenceLine[];
  urgent: boolean;
  openedAt: string;
  dueAt: string;
  isLate: boolean;
  /** Until when somebody is working on it; null where nobody is. */
  claimedUntil: string | null;
  isMine: boolean;
  /** What this member may decide; empty where others have to. */
  outcomes: Outcome[];
  outcome: Outcome | null;
  decision: string;
  decidedAt: string | null;
}

export interface Decided {
  heldId: number;
  clientId: string;
  state: "released" | "rejected";
  reason: string;
  /** Its number, once released. */
  seq: number | null;
}

/** A message that waits, as managers see it. */
export interface HeldMessage {
  heldId: number;
  senderId: number;
  nickName: string;
  message: string;
  replyTo: number | null;
  why: "filter" | "flood";
  /** What the filter found in it. */
  found: string;
  heldAt: string;
  attachments?: readonly Attachment[];
}

export interface FilterRule {
  ruleId: number;
  pattern: string;
  action: "block" | "hold" | "flag" | "allow";
  note: string;
  madeAt: string;
}

export interface OwnHeld {
  heldId: number;
  roomId: number;
  roomName: string;
  clientId: string;
  message: string;
  replyTo: number | null;
  heldAt: string;
  state: "waiting" | "released" | "rejected";
  reason: string;
  seq: number | null;
  attachments?: readonly Attachment[];
}

/** All of these reject with a ChatError. */
export interface Held {
  /** What waits in a room, for its managers, the oldest first; `next` is the next page's `after`. */
  of(roomId: number, options?: { after?: number; limit?: number }): Promise<{ held: HeldMessage[]; next: number | null }>;
  /** A rejection needs a reason; its author is told. */
  decide(
    roomId: number,
    heldId: number,
    decision: { release: boolean; reason?: string },
  ): Promise<{ heldId: number; state: OwnHeld["state"]; seq: number | null }>;
  rules(roomId: number): Promise<FilterRule[]>;
  setRule(roomId: number, rule: { pattern: string; action?: FilterRule["action"]; note?: string }): Promise<FilterRule>;
  deleteRule(roomId: number, ruleId: number): Promise<unknown>;
  /** This member's own, newest first. */
  mine(): Promise<OwnHeld[]>;
  /** Put what still waits among the `pending` messages of its rooms: after a reload, say. */
  load(): Promise<void>;
}

/** All of these reject with a ChatError. */
export interface Reports {
  send(report: Report): Promise<{ reportId: number; dueAt: string }>;
  /** Newest first; `next` is the next page's `before`. */
  mine(options?: { before?: number; limit?: number }): Promise<{ reports: MyReport[]; next: number | null }>;
  /** Of a room, for its managers: urgent first, then by when they are due; `next` is the next page's `after`. */
  casesOf(
    roomId: number,
    options?: { decided?: boolean; after?: string; limit?: number },
  ): Promise<{ cases: Case[]; next: string | null }>;
  /** Work on it, for 10 minutes; others are kept away meanwhile. */
  claim(roomId: number, caseId: number): Promise<Case>;
  /** `hide`: the reported message as well. `until`: ISO 8601, of "muted" and "removed". */
  decide(
    roomId: number,
    caseId: number,
    decision: { outcome: Outcome; reason: string; until?: string; hide?: boolean },
  ): Promise<Case>;
}

export interface MyExport {
  /** "gone": it was there, and is no longer kept. */
  state: "none" | "waiting" | "making" | "ready" | "failed" | "gone";
  askedAt: string | null;
  /** So long it can be had. */
  until: string | null;
  /** Bytes. */
  size: number;
  /** Where a browser gets the zip, without a token: whoever has it gets it. Null unless it is ready. */
  link: string | null;
}

export interface MyData {
  /** What is under way, or can be had still, stays as it is: at most one a day is made. `language`: of the text in it. */
  ask(options?: { language?: "ko" | "en" }): Promise<MyExport>;
  state(): Promise<MyExport>;
}

export interface Blocked {
  /** Whether this member blocks that one, as far as is known: everybody is let through before the first `list()`. */
  has(memberId: number): boolean;
  /** The newest first. Read once after connecting; later changes are heard. */
  list(): Promise<{ memberId: number; nickName: string; since: string }[]>;
  /** The other one is not told. */
  add(memberId: number): Promise<void>;
  remove(memberId: number): Promise<void>;
}

export interface RoomName {
  roomId: number;
  roomName: string;
  /** Of rooms in lists, where one does not simply come in. */
  joining?: "code" | "approval";
  /** This member has asked to come in. */
  asked?: boolean;
}

/** A room as everybody may see it. */
export interface RoomCard extends RoomName {
  description: string;
  memberCount: number;
  /** This member is in it. */
  isMine: boolean;
  /** When something was said last; null where nothing was. */
  lastAt: string | null;
  /** How it begins; "" where only members may read it, and where it is gone. */
  lastText: string;
}

export interface InviteTerms {
  inviteId: number;
  expiresAt: string;
  /** How many may come by it; 0 is as many as like. */
  uses: number;
  used: number;
}

/** Of `memberId`. Its code is told only when it is made. */
export interface Invite extends InviteTerms {
  memberId: number;
  nickName: string;
  madeAt: string;
}

export type Role = "owner" | "manager" | "member";

/** How a room is kept. Of private rooms, and before anything was heard, as where nothing is set. */
export interface RoomRules {
  /** null where nobody owns it, and until `loadRules` or a change told. */
  readonly ownerId: number | null;
  readonly managerIds: readonly number[];
  /** Seconds between two messages of a member; 0 is no slow mode. */
  readonly slowSeconds: number;
  /** Only managers write. */
  readonly readOnly: boolean;
  readonly joining: "open" | "code" | "approval";
  readonly counselling: boolean;
  /** "" of private rooms, and until `loadRules` or a change told. */
  readonly roomName: string;
  readonly description: string;
  /** What this member is there. */
  readonly role: Role;
  /** Until when this member is muted; null where not. */
  readonly mutedUntil: string | null;
  /** Whether this member, as a manager, is told when somebody may need help. */
  readonly onDuty: boolean;
  /** As of the room. */
  readonly firstSeq: number;
  /** Whether this member owns or manages the room. ADMINs may do the same anywhere. */
  readonly isManager: boolean;
  /** When this member may say something again, in milliseconds since the epoch: 0 is now, Infinity is not known. */
  readonly mayWriteAt: number;
  /** null for null: the assistant, and who is gone. */
  roleOf(memberId: number | null): Role | null;
}

/** As REST shows it. */
export interface RoomRulesShown extends RoomCard {
  isGroupChat: boolean;
  ownerId: number | null;
  managerIds: number[];
  slowSeconds?: number;
  readOnly?: boolean;
  counselling?: boolean;
  role?: Role;
  mutedUntil?: string;
  onDuty?: boolean;
  firstSeq?: number;
  /** For managers of a room that has one. */
  joinCode?: string;
}

export interface JoinRequest {
  memberId: number;
  nickName: string;
  words: string;
  madeAt: string;
}

export interface MyRoom extends RoomName {
  isGroupChat: boolean;
  unReadCount: number;
  lastSeq: number;
  /** The oldest message that the room keeps. */
  firstSeq: number;
  readSeq: number;
  /** How many of the unread mention this member or everyone. */
  mentionCount: number;
  lastMessage: Message | null;
  pinned: number | null;
  notify: NotifyLevel;
  description: string;
  memberCount: number;
  isPinned: boolean;
  isHidden: boolean;
  isMarkedUnread: boolean;
  isCounselling: boolean;
  /** Whether notifications may show what is said there; never of a counselling room. */
  allowsPreviews: boolean;
  /** Of a private room the other member; null of a group room, and where that member is gone. */
  otherMemberId: number | null;
}

export interface Inbox {
  /** Room ids -> rooms, the newest first. A new map after each `inbox` event; what changed in it is a new object. */
  readonly rooms: ReadonlyMap<number, Readonly<MyRoom>>;
  /** Everything is told now. */
  readonly isLive: boolean;
  /** All rooms are in `rooms`; before that the first screenful may be. */
  readonly isComplete: boolean;
  /** Why the server tells nothing: an older one. The list is read from time to time then. */
  readonly error: ChatError | null;
  /** From now on, on every connection. */
  open(): void;
  /** Not any more, and forget the rooms. */
  close(): void;
  /** Read all of the list anew. It does that by itself, but for what you know and it cannot. */
  load(): Promise<void>;
  /** The room, looked for at the server where it is not in `rooms`; undefined where it is none of this member's. */
  find(roomId: number): Promise<Readonly<MyRoom> | undefined>;
}

export type NotifyLevel = "all" | "mentions" | "none";

export interface Member {
  memberId: number;
  nickName: string;
  role: string;
  readSeq: number;
  joinedSeq: number;
}

export interface MembersPage {
  members: Member[];
  memberCount: number;
  /** This member's own entry. */
  me: Member;
  next: string | null;
}

export interface SearchQuery {
  q: string;
  roomId?: number;
  /** A member's id. */
  author?: number;
  /** ISO 8601. */
  since?: string;
  until?: string;
  has?: "link" | "file";
  before?: string;
  limit?: number;
}

/** Messages of several rooms. They are copies: `client.room(roomId).loadAround(seq)` shows one in its place. */
export interface FoundPage {
  messages: (Message & { roomName: string })[];
  next: string | null;
}

/** A notice of a room, and how long it was one. */
export interface Pin {
  seq: number;
  pinnedBy: number | null;
  pinnedAt: string;
  unpinnedAt: string | null;
  message: Message | null;
}

/** Each point names the message that it rests on. `withheld`: how many messages may not be read by the assistant. */
export interface Summary {
  points: { text: string; seq: number }[];
  /** What was read; null where nothing was. */
  fromSeq: number | null;
  toSeq: number | null;
  withheld: number;
  /** More was unread before `fromSeq`. */
  truncated: boolean;
  /** Read, and deleted meanwhile: what rested on them is left out. */
  deletedSeqs: number[];
}

/** An end: a Date, milliseconds since the epoch, or ISO 8601. */
export type Moment = Date | number | string;

/** Acts in the room's name, each with a reason that whom it meets is told. All of these reject with a ChatError. */
export interface Sanctions {
  /** For 10 minutes to 28 days; in place of a mute that holds. Who is not in the room is muted for when they come. */
  mute(roomId: number, memberId: number, terms: { until: Moment; reason: string }): Promise<void>;
  /** Out, and kept out until then or until it is lifted. `hideHours` (0 to 24) hides what they said lately. */
  remove(
    roomId: number,
    memberId: number,
    terms: { reason: string; until?: Moment | null; hideHours?: number },
  ): Promise<void>;
  lift(roomId: number, memberId: number, act: "mute" | "remove", terms?: { reason?: string }): Promise<void>;
  /** What was done to this member, the newest first; `next` is the next page's `before`. */
  mine(options?: { before?: number; limit?: number }): Promise<{ sanctions: OwnSanction[]; next: number | null }>;
  /** Once for each, until its `objectUntil`. */
  object(sanctionId: number, words: string): Promise<{ objectionId: number }>;
  /** For managers: what holds in the room, and `withEnded` what did. */
  inRoom(
    roomId: number,
    options?: { before?: number; limit?: number; withEnded?: boolean },
  ): Promise<{ sanctions: RoomSanction[]; next: number | null }>;
  /** For managers: what was done in the room, by whom; keys in the REST schema. */
  log(
    roomId: number,
    options?: { before?: number; limit?: number },
  ): Promise<{ entries: Record<string, any>[]; next: number | null }>;
}

/** What is told when it happens. */
export interface Sanctioned {
  sanctionId: number;
  roomId: number;
  roomName: string;
  act: "remove" | "mute" | "hide" | "measure";
  by: "manager" | "owner" | "staff";
  reason: string;
  /** Of the hidden message. */
  seq: number | null;
  until: string | null;
  lifted: boolean;
}

interface Sanction {
  sanctionId: number;
  roomId: number;
  act: "remove" | "mute" | "hide" | "measure";
  by: "manager" | "owner" | "staff";
  reason: string;
  seq: number | null;
  since: string;
  /** null: until it is lifted. */
  until: string | null;
  liftedAt: string | null;
  isInForce: boolean;
}

export interface OwnSanction extends Sanction {
  roomName: string;
  objectUntil: string;
  mayObject: boolean;
  objection: {
    words: string;
    madeAt: string;
    decision: "granted" | "upheld" | null;
    answer: string;
    decidedAt: string | null;
  } | null;
}

type Person = { memberId: number; nickName: string };

export interface RoomSanction extends Sanction {
  /** null: a message of the assistant, or of an author who is gone. */
  member: Person | null;
  /** null: staff. */
  imposedBy: Person | null;
  liftedBy: Person | null;
}

export interface AssistantSettings {
  mode: "off" | "on_call" | "drafts";
  name: string;
  persona: string;
}

/** `notice`: what the member is to be told before the assistant is used there; null where no AI has any part in the room. */
export interface AssistantInRoom extends AssistantSettings {
  isStopped: boolean;
  maySet: boolean;
  /** Whether it is there for this member; not for who is under 14. */
  mayAsk: boolean;
  told: boolean;
  notice: { text: string; whose: string; model: string } | null;
}

/** Whom a message calls, and whether the assistant drafted it. */
export interface Mentions {
  mentions?: readonly number[];
  everyone?: boolean;
  assisted?: boolean;
}

/** What a client knows of one room. Its events are those of the client that are about this room. */
export class Room implements Emitter {
  readonly roomId: number;
  readonly state: RoomState;
  /** Why it is "refused". */
  readonly error: ChatError | null;
  /** By `seq`, oldest first, no gap between them: up to the newest of the room, unless `isDetached`. */
  readonly messages: readonly Message[];
  /** The own messages that are not among `messages` yet, in the order of sending: show them below. */
  readonly pending: readonly OwnMessage[];
  /** Whether there are older messages than the first of `messages`. */
  readonly hasOlder: boolean;
  /**
   * True between `loadAround` and the return to the newest, by `loadNewer` or `returnToNewest`: new messages do not join
   * `messages` (they are told as `beyond`), own ones stay in `pending`. All else goes on.
   */
  readonly isDetached: boolean;
  /** The same. */
  readonly hasNewer: boolean;
  /** The oldest seq that the room keeps: what was said before is gone, because it was too old. 1: nothing is. */
  readonly firstSeq: number;
  /** The newest seq of the room, and how far this member has read. */
  readonly lastSeq: number;
  readonly readSeq: number;
  /** lastSeq - readSeq. */
  readonly unread: number;
  /**
   * How many of the unread call this member or everyone: as `client.myRooms()` counted, moved since by messages, edits,
   * deletions and read marks. An edit of a message that is not at hand is counted by the next `myRooms()`.
   */
  readonly mentionCount: number;
  /** How far others have read, by member: what was told while we listened. */
  readonly reads: ReadonlyMap<number, number>;
  /**
   * The members and how far each has read, by member id: between `watchPlaces` and `unwatchPlaces`, once they are read,
   * in rooms of at most 300 members; else null.
   */
  readonly places: ReadonlyMap<number, Member> | null;
  /** The seq of the room's notice; null where it has none. */
  readonly pinned: number | null;
  /** That message; null where there is none or it is being read, and in rooms listened to without history. */
  readonly pinnedMessage: Message | null;
  /** How the room is kept, and what this member is there: see the event of that name. */
  readonly rules: RoomRules;
  /** The assistant's answers on their way, by run id. */
  readonly runs: ReadonlyMap<string, Run>;
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void;
  once<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void;
  off<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): void;

  /** Grows with every change of what `snapshot()` shows. */
  readonly revision: number;
  /**
   * What stands here now, as a value: the same object until something of it changed, and inside of it the same objects
   * for what did not. Frozen. For React's `useSyncExternalStore`, with the event `update`.
   */
  snapshot(): RoomSnapshot;

  /**
   * Listen to the room, also after every reconnection. `history`: how many of the newest messages to load first
   * (default 50); 0 loads none, for a list of rooms with unread counts. Calling it again with a larger `history`
   * loads what is missing.
   */
  subscribe(options?: { history?: number }): this;
  /** Stop listening, and forget the messages and how many there are. */
  unsubscribe(): void;

  /**
   * Say something. The message is in `pending` at once, and is sent again until it is acknowledged or refused for good.
   * 1 to 4,000 characters; subscribing is not needed. `mentions`: at most 50 members' ids, those who are not in the room
   * are dropped; `everyone` is for the room's managers. `attachments`: what `uploadFile` gave, or the files' ids.
   */
  send(
    text: string,
    options?: { replyTo?: number | null; attachments?: readonly (RoomFile | number)[] } & Mentions,
  ): OwnMessage;
  /** Say something and have the assistant answer it. */
  ask(text: string, options?: Mentions): OwnMessage;
  /** Have the assistant answer the newest message (again). Rejects with a ChatError. */
  askAgain(): Promise<void>;
  /** End an answer of the assistant. Rejects with a ChatError. */
  stop(runId: string): Promise<void>;
  /** Send a failed message again, under its `clientId`: it cannot become two. */
  retry(message: Unchanging<Message>): void;
  /** Forget a failed message. Of one that is on its way nobody knows whether it arrives. */
  discard(message: Unchanging<Message>): void;

  /**
   * Upload a file and say it: the message as `send` gives it, once the file is with the server. Over broken connections
   * it goes on by itself, for as long as it takes; a file of the page does not outlive the page. Rejects with a ChatError.
   */
  sendFile(file: File | Blob, options?: UploadOptions & { text?: string; replyTo?: number | null } & Mentions): Promise<OwnMessage>;
  /** The first half of that, for several files in one message. One that is never sent goes after a day. */
  uploadFile(file: File | Blob, options?: UploadOptions): Promise<RoomFile>;
  /** What was sent here, newest first; a page may have few while `next`, the next one's `before`, is there. */
  files(options?: {
    before?: string;
    limit?: number;
    kind?: "picture" | "file";
  }): Promise<{ files: RoomFile[]; next: string | null }>;
  /**
   * Where these files are now, by id, without those that this member may not have. Ask each time that one is shown: what
   * is still good is not asked for again, and what is asked for at the same moment is one request. `fresh`: all of it is.
   */
  fileAddresses(ids: Iterable<number>, options?: { fresh?: boolean }): Promise<Map<number, RoomFile>>;
  /** Say what is in one's own file, before it is sent or after. */
  describeFile(fileId: number, alt: string): Promise<unknown>;
  /** Take back one's own file that is not sent. */
  cancelFile(fileId: number): Promise<unknown>;

  // --- Acts. Each promise is kept when the server has done it, over broken connections and `close()` too, however long
  // that takes, and broken with a ChatError when it refuses. Of the same message or notice, the last act wins. None
  // outlives the page, `storage` or not.

  /** Change what a message says; mentions that are not given stay as they are. The message changes when all see it. */
  edit(message: Unchanging<Message>, text: string, options?: Mentions): Promise<void>;
  /** Take a message away for everybody. It stays as an empty one, with `deletedAt`. */
  delete(message: Unchanging<Message>): Promise<void>;
  /** Add one's own reaction, or take it away (`on` false). `message.reactions` shows it at once, until a refusal. */
  react(message: Unchanging<Message>, key: string, on?: boolean): Promise<void>;
  /** Make it the room's notice, or end that (`on` false). */
  pin(message: Unchanging<Message>, on?: boolean): Promise<void>;
  /** For managers: hide it from all others, until then or until it is shown again. Its author is told the reason. */
  hide(message: Unchanging<Message>, options: { reason: string; until?: string }): Promise<void>;
  /** Show it to everyone again. */
  unhide(message: Unchanging<Message>, options?: { reason?: string }): Promise<void>;

  /**
   * In this member's own list, on all devices: above the others, hidden until something is said (private rooms only), marked
   * as unread until it is read. What is left out stays. Rejects with a ChatError.
   */
  setMine(changes: { pinned?: boolean; hidden?: boolean; unread?: boolean }): Promise<null>;

  /**
   * Invite into the room, for 7 days and as often as one likes if nothing else is said; `code` is told this once. Members
   * invite into open rooms, managers into all. Rejects with a ChatError.
   */
  invite(terms?: { days?: number; uses?: number }): Promise<InviteTerms & { code: string }>;
  /** Those that hold, the newest first: for managers all, for others their own. Rejects with a ChatError. */
  invites(): Promise<Invite[]>;
  /** End one's own, and for managers anybody's. Rejects with a ChatError. */
  endInvite(inviteId: number): Promise<null>;

  /** For the owner: make a manager or a member of somebody, or hand the room over ("owner"). Rejects with a ChatError. */
  setRole(memberId: number, role: Role): Promise<void>;
  /** For managers; what is left out stays. Rejects with a ChatError. */
  setRules(rules: {
    slowSeconds?: number;
    readOnly?: boolean;
    joining?: "open" | "code" | "approval";
    /** At most 200 characters; "" takes it away. */
    description?: string;
    /** For the owner only. */
    roomName?: string;
  }): Promise<void>;
  /** Read the room's rules: after `subscribe` who owns and manages it is not known yet. Rejects with a ChatError. */
  loadRules(): Promise<RoomRulesShown>;

  /** Tell the others that this member is typing. Call it on every key: it is sent every 3 seconds at most. */
  typing(): void;
  /** Read who is in the room and how far each has read, and keep up with it: see `places`, and the event of that name. */
  watchPlaces(): this;
  unwatchPlaces(): void;
  /** How many members have not read as far as this message, its author left out; null where `places` is. */
  unreadOf(message: Unchanging<Message>): number | null;
  /** Mark as read up to `seq`, by default the room's newest. Never moves backwards; sent as often as is good. */
  read(seq?: number): void;
  /** Load the page before `messages`; resolves to what it put there. Rejects with a ChatError. */
  loadOlder(limit?: number): Promise<Message[]>;
  /** Load the page behind `messages` while the room `isDetached`, otherwise nothing. Rejects with a ChatError. */
  loadNewer(limit?: number): Promise<Message[]>;
  /**
   * Make `messages` those around this one, `limit` of them, unless it is among them already; of several calls the last
   * one counts. Listens to the room if need be. Rejects with a ChatError.
   */
  loadAround(seq: number, limit?: number): Promise<void>;
  /** Make `messages` the newest ones again. Rejects with a ChatError. */
  returnToNewest(): Promise<void>;
  /** Keep only the newest `maxMessages` again, after `loadOlder` went further back. */
  trim(): void;
}
