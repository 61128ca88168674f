/** The open room: its head, its timeline, and everything one does there. */

import { AboutRoom } from "./about-room.js";
import { CatchUp } from "./catch-up.js";
import { copyCodeOf } from "./clipboard.js";
import { Composer } from "./composer.js";
import { closeDialogs } from "./dialog.js";
import { DraftPanel } from "./draft-panel.js";
import { byId } from "./dom.js";
import { wordsOf } from "./file-words.js";
import { isGone } from "./gone.js";
import { MemberCard } from "./member-card.js";
import { HeldMessages } from "./held-messages.js";
import { Members } from "./members.js";
import { mentionedIn } from "./mention-marks.js";
import { MessageActs } from "./message-acts.js";
import { Names } from "./names.js";
import { announce, notify, orNotify, unsay } from "./notices.js";
import { isFor } from "./notify-rules.js";
import { PinnedNotice } from "./pinned.js";
import { Receipt } from "./receipt.js";
import { Reporting } from "./reporting.js";
import { RoomAttachments } from "./room-attachments.js";
import { RoomSettings } from "./room-settings.js";
import { Sanctioning } from "./sanctioning.js";
import { pageSettings } from "./session.js";
import { speakerOf } from "./speaker.js";
import { Standing } from "./standing.js";
import { failureOf, t, tn } from "./texts.js";
import { Timeline } from "./timeline.js";
import { Typing } from "./typing.js";
import { WritingRules } from "./writing-rules.js";

const HISTORY = 80;
const OFFER_FROM = 8; // unread messages; fewer are read faster than a summary
const DEFAULTS = { mode: "on_call", name: pageSettings.assistantName, persona: "", isStopped: false, maySet: false, isKnown: false };
const NO_RULES = { role: "member", roleOf: () => null }; // while no room is open

export class RoomView {
  #client;
  #rooms;
  #room = null;
  #settings = new Map(); // roomId -> the assistant's
  #newBelow = 0;
  #offers = false;

  /** `rooms` knows the rooms' names; `onLeft(roomId)`, `onEnter(roomId, { quietly })`. */
  constructor(client, { rooms, blocked, online, role, access, written, onLeft, onEnter }) {
    this.#client = client;
    this.#rooms = rooms;
    this.blocked = blocked;
    this.online = online;
    online.onChange(() => this.#showState());
    this.role = role;
    this.composer = new Composer({
      onSend: (said) => this.#send(said),
      onEdit: (message, text, mentions) => this.acts.editing.save(message, text, mentions),
      onTyping: () => this.#room.typing(),
      onEditLast: () => this.acts.editLast(),
      loadMembers: (query) => client.members(this.roomId, query),
      mentionedIn: (message) => this.#mentionedIn(message),
      hasFiles: () => this.files.hasAny,
      written,
      findMessage: (seq) => this.#find(seq),
    });
    this.files = new RoomAttachments(client, {
      composer: () => this.composer,
      isFolded: (message) => blocked.folds(message),
      onChange: () => this.timeline.refresh(),
      onJump: (seq) => orNotify(() => this.timeline.jumpTo(seq)),
    });
    this.sanctioning = new Sanctioning(client, { place: () => this.#place(), member: () => this.member.member });
    this.acts = new MessageActs(client, {
      sanctioning: this.sanctioning,
      files: this.files,
      composer: this.composer,
      place: () => this.#place(),
      access,
      blocked,
      onChange: () => this.timeline.refresh(),
      onReport: (message) => this.reporting.message(message),
    });
    this.timeline = new Timeline({
      client,
      act: { ...this.#acts(), ...this.acts.acts },
      openMenu: (message, where) => this.acts.openMenu(message, where),
      context: () => this.#context(),
      onMove: () => this.#moved(),
      onDraw: (element) => this.files.pictures.watch(element),
    });
    this.names = new Names(client, { onLearn: () => this.timeline.refresh() });
    this.drafts = new DraftPanel(client, { onChoose: (text) => this.composer.fill(text) });
    this.catchUp = new CatchUp(client, { onJump: (seq) => orNotify(() => this.timeline.jumpTo(seq)) });
    this.notice = new PinnedNotice(client, {
      mayPin: () => this.acts.mayPin(),
      nameOf: (memberId) => this.#nameOf(memberId),
      onJump: (seq) => orNotify(() => this.timeline.jumpTo(seq)),
    });
    this.receipt = new Receipt(client);
    this.member = new MemberCard(client, { blocked, online, onEnter, onOpen: (member) => this.sanctioning.showCard(member), place: () => this.#place() });
    this.members = new Members(client, {
      online,
      onPick: ({ memberId, nickName }) => this.member.open({ senderId: memberId, nickName }, this.#room),
    });
    this.about = new AboutRoom(client, {
      onLeft,
      onSettings: (roomId, settings) => this.#learn(roomId, settings),
      onLevel: (roomId, level) => rooms.setLevel(roomId, level),
    });
    this.reporting = new Reporting(client, {
      place: () => ({ roomId: this.roomId, roomName: this.#rooms.nameOf(this.roomId) }),
      member: () => this.member.member,
    });
    this.held = new HeldMessages(client, { place: () => this.#place() });
    this.settings = new RoomSettings(client);
    this.writing = new WritingRules(client, { onChange: (isForbidden) => this.composer.forbid(isForbidden) });
    this.typing = new Typing(client, (roomId, names) => this.#showTyping(roomId, names));
    this.#listen();
    this.#wire();
  }

  get roomId() {
    return this.#room?.roomId ?? null;
  }

  /** Show this room, or none. */
  open(roomId, { focus = true } = {}) {
    this.#room?.unwatchPlaces();
    this.#room = roomId === null ? null : this.#client.room(roomId);
    byId("room").classList.toggle("none", roomId === null);
    this.#newBelow = 0;
    this.drafts.show(this.#room);
    this.sanctioning.own.enter(this.#room);
    this.notice.open(this.#room);
    this.files.open(this.#room);
    this.writing.open(this.#room, { isExempt: () => this.role() === "ADMIN" });
    if (this.#room === null) {
      this.timeline.open(null);
      return;
    }
    const unreadAfter = this.#findUnread(); // before anything is shown, and thereby read
    this.#room.subscribe({ history: HISTORY }).watchPlaces();
    this.timeline.open(this.#room, { unreadAfter });
    this.composer.open(roomId, {
      memberId: this.#client.me.memberId,
      assistantName: this.#assistant().name,
      messageCharacters: this.#client.limits.messageCharacters,
    });
    this.showHead();
    this.#showTyping(roomId, this.typing.namesIn(roomId));
    this.#showAssistant();
    this.#loadSettings(roomId);
    this.#room.loadRules().catch(() => {}); // who keeps it; what it may not know is not shown
    if (focus) this.#focus();
  }

  /** The message `seq` of the open room, loaded or not; null: there is none. */
  async #find(seq) {
    const room = this.#room;
    const [message = null] = await this.#client.history(room.roomId, { before: seq + 1, limit: 1 });
    const known = room.messages.find((one) => one.seq === seq);
    return known ?? (message?.seq === seq ? message : null);
  }

  /** The seq after which the unread begin, null where nothing is; also decides whether to offer a summary of them. */
  #findUnread() {
    const known = this.#rooms.get(this.roomId) ?? { unReadCount: 0, readSeq: 0 };
    const hasSaid = this.#room.lastSeq > 0;
    const unread = hasSaid ? this.#room.unread : known.unReadCount;
    this.#offers = unread >= OFFER_FROM;
    if (unread === 0) return null;
    return hasSaid ? this.#room.readSeq : known.readSeq;
  }

  #focus() {
    // on a phone the keyboard would cover half of what is to be read
    if (matchMedia("(pointer: coarse)").matches) byId("room-name").focus({ preventScroll: true });
    else this.composer.focus();
  }

  // --- what comes

  #listen() {
    const mine = (handle) => (event) => event.room === this.#room && handle(event);
    for (const name of ["message", "beyond"]) this.#client.on(name, mine(({ message }) => this.#came(message)));
    for (const name of ["change", "older"]) {
      this.#client.on(name, mine(({ message }) => this.timeline.hear(message)));
      this.#client.on(name, ({ message }) => (isGone(message) || message.editedAt !== null) && unsay(message));
    }
    for (const name of ["places", "trim", "assistant"]) this.#client.on(name, mine(() => this.timeline.refresh()));
    this.#client.on("state", () => this.timeline.refresh()); // it does not wait for the history without a connection
    this.#client.on("room", mine(() => this.showHead()));
    this.#client.on("rules", mine(() => this.#hearRules()));
    this.#client.on("reset", mine(() => this.timeline.reset()));
    this.#client.on("assistant", mine(({ run }) => this.#ran(run)));
    this.#client.on("joined", mine(({ nickName }) => this.#note(t("%(name)s came in.", { name: nickName }))));
    this.#client.on("left", mine(({ nickName }) => this.#note(t("%(name)s left.", { name: nickName }))));
    this.#client.on("error", mine(({ error }) => notify(failureOf(error))));
  }

  #came(message) {
    this.timeline.refresh();
    if (message.senderId === this.#client.me?.memberId && message.seq === null) {
      orNotify(() => this.timeline.toNewest());
      return;
    }
    if (message.senderId === this.#client.me?.memberId || message.seq !== this.#room.lastSeq) return;
    if (!this.timeline.isAtEnd) this.#newBelow += 1;
    if (this.blocked.folds(message)) return;
    announce(`${speakerOf(message)}: ${wordsOf(message)}`, message);
  }

  /** Who may do what has changed, or who has a badge. */
  #hearRules() {
    this.timeline.refresh();
    this.notice.refresh();
    this.#showAssistant();
  }

  #note(text) {
    this.timeline.note(text);
    announce(text);
  }

  #ran(run) {
    const { name } = this.#assistant();
    if (run.state === "thinking") announce(t("%(name)s is thinking…", { name }));
    if (run.state === "failed") notify(t("%(name)s could not answer this time. Please ask again.", { name }));
    if (run.state === "blocked") notify(t("%(name)s may not answer that.", { name }));
  }

  #moved() {
    if (this.#room === null) return;
    if (this.timeline.isAtEnd) this.#newBelow = 0;
    byId("to-newest").hidden = this.timeline.isAtEnd;
    byId("to-newest-text").textContent =
      this.#newBelow > 0
        ? tn("%(count)s new message", "%(count)s new messages", { count: this.#newBelow })
        : t("To the newest");
    this.#read();
  }

  /** What has been in sight is read. While a summary of the unread is offered, only when all of them were. */
  #read() {
    const room = this.#room;
    if (room?.state !== "live" || room.isDetached || room.unread === 0 || document.hidden || !document.hasFocus()) return;
    if (this.timeline.isAtEnd) {
      this.#offers = false;
      room.read();
    } else if (!this.#offers) room.read(this.timeline.lastSeen());
    this.#showOffer();
  }

  // --- what is done

  #acts() {
    return {
      jump: ({ replyTo }) => orNotify(() => this.timeline.jumpTo(replyTo)),
      profile: (message) => this.member.open(message, this.#room),
      receipt: (message) => this.receipt.open(message, (memberId) => this.#nameOf(memberId)),
      retry: (message) => this.#room.retry(message),
      discard: (message) => this.#discard(message),
      takeBack: (message) => this.#takeBack(message),
      copyCode: (_message, button) => copyCodeOf(button),
    };
  }

  #wire() {
    byId("to-newest").addEventListener("click", () => orNotify(() => this.timeline.toNewest()));
    byId("catch-up").addEventListener("click", () => this.catchUp.open(this.#room));
    byId("about-notices").addEventListener("click", () => {
      closeDialogs();
      this.notice.history.open(this.#room);
    });
    byId("about-files").addEventListener("click", () => this.files.list.open(this.#room));
    byId("about-rules").addEventListener("click", () => {
      closeDialogs();
      this.settings.open(this.#room);
    });
    byId("room-members").addEventListener("click", () => this.members.open(this.roomId));
    byId("room-more").addEventListener("click", () => this.#openAbout());
    byId("skip").addEventListener("click", (event) => {
      event.preventDefault(); // the address says which room is open
      this.composer.focus();
    });
    window.addEventListener("focus", () => this.#read());
    document.addEventListener("visibilitychange", () => this.#read());
  }

  #send({ text, replyTo, isAsking, mentions, everyone }) {
    const said = { text, replyTo, mentions, everyone };
    if (this.files.hasAny) this.files.send(isAsking ? { text: "" } : said); // the assistant sees none
    else if (!isAsking) this.#room.send(text, said);
    if (!isAsking) return;
    if (text !== "") this.#room.ask(text, { mentions, everyone });
    else orNotify(() => this.#room.askAgain());
  }

  #openAbout() {
    const settings = this.#assistant();
    const { isGroupChat = false, notify: level = "all" } = this.#rooms.get(this.roomId) ?? {};
    const room = { roomId: this.roomId, roomName: this.#rooms.nameOf(this.roomId), isGroupChat, notify: level };
    byId("about-rules").hidden = !this.#place().standing.isManager;
    this.about.open(room, settings.isKnown ? settings : null);
    this.sanctioning.showAbout();
    byId("about-cases").hidden = !isGroupChat || !this.#place().isManager;
    this.held.offer(isGroupChat && this.#place().isManager);
    if (!settings.isKnown) this.#loadSettings(this.roomId); // on their way, or lost
  }

  /** What was not said goes back where it is written, to be changed. */
  #takeBack(message) {
    this.#room.discard(message);
    this.composer.add(message.message);
    if (message.state === "failed") this.files.takeBack(message); // those of a rejected one are gone
  }

  #discard(message) {
    this.#room.discard(message);
    if (message.state === "failed") this.files.discard(message);
  }

  // --- what is shown

  #context() {
    const me = this.#client.me?.memberId ?? null;
    const { name } = this.#assistant();
    const { isGroup, standing } = this.#place();
    return {
      me,
      shownOf: (item, quote) => this.#shownOf(item, quote, me),
      forRun: (run) => ({
        assistantName: name,
        mayStop: run.askedBy === me || standing.isManager || !isGroup,
        stop: () => orNotify(() => this.#room.stop(run.runId)),
      }),
    };
  }

  /** What is shown of a message beside what it says itself: JSON, for it is drawn anew when this changes. */
  #shownOf({ message }, quote, me) {
    const isBlocked = this.#client.blocked.has(message.senderId);
    const acts = this.acts.shownOf(message);
    return {
      isFolded: this.blocked.folds(message),
      isQuoteFolded: Boolean(quote && this.blocked.folds(quote)),
      unread: this.#room.unreadOf(message),
      mentioned: this.#mentionedIn(message),
      callsMe: !isGone(message) && !isBlocked && isFor(message, me),
      role: this.#room.rules.roleOf(message.senderId) ?? undefined,
      addresses: this.files.pictures.of(acts.uncovered ?? message),
      ...acts,
    };
  }

  #mentionedIn(message) {
    const me = this.#client.me?.memberId ?? null;
    return mentionedIn(message, { me, nameOf: (memberId) => this.names.of(this.#room, memberId) });
  }

  /** What I am in the open room. */
  #place() {
    const isGroup = this.#rooms.get(this.roomId)?.isGroupChat ?? true;
    const standing = new Standing({ rules: this.#room?.rules ?? NO_RULES, isGroup, isAdmin: this.role() === "ADMIN" });
    return { roomId: this.roomId, isGroup, isManager: standing.isManager, standing };
  }

  #nameOf(memberId) {
    return this.names.of(this.#room, memberId) ?? "";
  }

  /** What the room is called, and how it stands with it; again when more is known of it. */
  showHead() {
    if (this.#room === null) return;
    byId("room-name").textContent = this.#rooms.nameOf(this.roomId);
    this.#showState();
    this.#showOffer();
    this.timeline.refresh();
  }

  #showState() {
    if (this.#room === null) return;
    const { state, error } = this.#room;
    const refusal = error ? failureOf(error) : "";
    const words = state === "refused" ? refusal : this.#kind();
    if (byId("room-state").textContent !== words) byId("room-state").textContent = words; // the same is not said twice
  }

  #kind() {
    const known = this.#rooms.get(this.roomId);
    return known?.isGroupChat === false ? this.online.words(known.otherMemberId) || t("Private chat") : t("Group room");
  }

  #showOffer() {
    const { unread } = this.#room;
    byId("catch-up-offer").hidden = !this.#offers || this.#mode() === "off" || unread === 0;
    byId("catch-up-text").textContent = tn("%(count)s unread message", "%(count)s unread messages", { count: unread });
  }

  #showTyping(roomId, names) {
    this.#rooms.showTyping(roomId, names);
    if (roomId !== this.roomId) return;
    byId("typing").textContent = names.length === 0 ? "" : t("%(names)s is typing…", { names: names.join(", ") });
  }

  // --- the assistant's settings here

  #assistant() {
    return this.#settings.get(this.roomId) ?? DEFAULTS;
  }

  /** What it does here: the room's mode, unless a switch of the admin's is off. */
  #mode() {
    const { mode, isStopped } = this.#assistant();
    return isStopped ? "off" : mode;
  }

  #learn(roomId, settings) {
    this.#settings.set(roomId, { ...DEFAULTS, isKnown: true, ...settings });
    if (roomId !== this.roomId) return;
    this.composer.name(this.#assistant().name);
    this.about.learn(roomId, this.#assistant());
    this.notice.refresh();
    this.#showAssistant();
  }

  async #loadSettings(roomId) {
    const before = this.#settings.get(roomId);
    const settings = await this.#client.assistantSettings(roomId).catch(() => null);
    const isNewest = this.#settings.get(roomId) === before; // what was saved meanwhile is newer than what was read
    if (settings !== null && isNewest) this.#learn(roomId, settings);
  }

  #showAssistant() {
    const mode = this.#mode();
    byId("ask").hidden = mode !== "on_call";
    byId("draft").hidden = mode === "off";
    if (mode !== "on_call") this.composer.ask(false);
    const { isGroup, standing } = this.#place();
    this.composer.mentions.mayCallAll = isGroup && standing.isManager;
    this.#showOffer();
  }
}
