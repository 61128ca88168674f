/** The open room: its head, its timeline, and everything one does there. */

import { AboutRoom } from "./about-room.js";
import { copyCodeOf } from "./clipboard.js";
import { Composer } from "./composer.js";
import { closeDialogs } from "./dialog.js";
import { byId } from "./dom.js";
import { HeldMessages } from "./held-messages.js";
import { later } from "./later.js";
import { MessageActs } from "./message-acts.js";
import { Names } from "./names.js";
import { orNotify } from "./notices.js";
import { PinnedNotice } from "./pinned.js";
import { messageAt } from "./quotes.js";
import { Reporting } from "./reporting.js";
import { RoomAssistant } from "./room-assistant.js";
import { RoomAttachments } from "./room-attachments.js";
import { RoomHead } from "./room-head.js";
import { RoomNews } from "./room-news.js";
import { RoomReading } from "./room-reading.js";
import { Sanctioning } from "./sanctioning.js";
import { ShownContext } from "./shown-context.js";
import { Standing } from "./standing.js";
import { Timeline } from "./timeline.js";
import { Typing } from "./typing.js";
import { UnsentMessages } from "./unsent-messages.js";
import { WritingRules } from "./writing-rules.js";

const HISTORY = 80;
const NO_RULES = { role: "member", roleOf: () => null }; // while no room is open

export class RoomView {
  #client;
  #rooms;
  #room = null;

  /** `rooms` knows the rooms' names; `onLeave({ room, name })` when this member wants to, `onMine({ isLeft })`, `onEnter(roomId, { quietly })`. */
  constructor(client, { rooms, blocked, online, role, access, written, onLeave, onMine, onEnter }) {
    this.#client = client;
    this.#rooms = rooms;
    this.blocked = blocked;
    this.online = online;
    this.role = role;
    this.composer = new Composer({
      onSend: (said) => this.#send(said),
      onEdit: (message, text, mentions) => this.acts.editing.save(message, text, mentions),
      onTyping: () => this.#room.typing(),
      onEditLast: () => this.acts.editLast(),
      loadMembers: (query) => client.members(this.roomId, query),
      mentionedIn: (message) => this.shown.mentionedIn(message),
      hasFiles: () => this.files.hasAny,
      written,
      findMessage: (seq) => messageAt(client, this.#room, seq),
    });
    this.files = new RoomAttachments(client, {
      composer: () => this.composer,
      isFolded: (message) => blocked.folds(message),
      onChange: () => this.timeline.refresh(),
      onJump: (seq) => orNotify(() => this.timeline.jumpTo(seq)),
    });
    this.sanctioning = new Sanctioning(client, { place: () => this.#place(), member: () => this.member.part.member });
    this.acts = new MessageActs(client, {
      sanctioning: this.sanctioning,
      files: this.files,
      composer: this.composer,
      place: () => this.#place(),
      access,
      blocked,
      onChange: () => this.timeline.refresh(),
      onResize: () => this.timeline.renderInPlace(),
      onReport: (message) => this.reporting.message(message),
    });
    this.unsent = new UnsentMessages(client, { composer: this.composer, files: this.files });
    this.timeline = new Timeline({
      client,
      act: { ...this.#acts(), ...this.acts.acts },
      openMenu: (message, where) => this.acts.openMenu(message, where),
      mayReply: (message) => this.acts.mayReply(message),
      context: () => this.shown.context(),
      onMove: () => this.reading.moved(),
      onDraw: (element) => this.files.pictures.watch(element),
    });
    this.assistant = new RoomAssistant(client, { onChange: (roomId) => this.#learned(roomId) });
    this.head = new RoomHead({ rooms, online });
    this.reading = new RoomReading({ timeline: () => this.timeline, maySum: () => this.assistant.mode !== "off" });
    this.shown = new ShownContext(client, this, () => this.#place());
    this.names = new Names(client, { onLearn: () => this.timeline.refresh() });
    this.drafts = later(({ DraftPanel }) => new DraftPanel(client, { roomId: () => this.roomId, onChoose: (text) => this.composer.fill(text, true) }), { buttons: ["draft"] });
    this.catchUp = later(({ CatchUp }) => new CatchUp(client, { onJump: (seq) => orNotify(() => this.timeline.jumpTo(seq)) }));
    this.notice = new PinnedNotice(client, {
      mayPin: () => this.acts.mayPin(),
      nameOf: (memberId) => this.#nameOf(memberId),
      onJump: (seq) => orNotify(() => this.timeline.jumpTo(seq)),
    });
    this.receipt = later(({ Receipt }) => new Receipt(client));
    this.member = later(
      ({ MemberCard }) =>
        new MemberCard(client, { blocked, online, onEnter, onOpen: (member) => this.sanctioning.showCard(member), place: () => this.#place() }),
    );
    this.members = later(
      ({ Members }) =>
        new Members(client, {
          online,
          onEnter,
          onPick: ({ memberId, nickName }) => this.member.open({ senderId: memberId, nickName }, this.#room),
        }),
    );
    this.about = new AboutRoom(client, {
      assistant: this.assistant,
      onLeave,
      onMine,
      onMembers: (options) => this.members.open(this.roomId, options),
      onSettings: (roomId, settings) => this.assistant.learn(roomId, settings),
    });
    this.reporting = new Reporting(client, {
      place: () => ({ roomId: this.roomId, roomName: this.#rooms.nameOf(this.roomId) }),
      member: () => this.member.part.member,
    });
    this.held = new HeldMessages(client, { place: () => this.#place() });
    this.settings = later(({ RoomSettings }) => new RoomSettings(client));
    this.writing = new WritingRules(client, { onChange: (isForbidden) => this.composer.forbid(isForbidden) });
    this.typing = new Typing(client, (roomId, names) => this.#showTyping(roomId, names));
    new RoomNews(client, this);
    this.#wire();
  }

  /** The client's, null: none is open. */
  get room() {
    return this.#room;
  }

  get roomId() {
    return this.#room?.roomId ?? null;
  }

  /** Have its newest messages at hand. */
  fetch(roomId) {
    return this.#client.room(roomId).subscribe({ history: HISTORY });
  }

  /** Show this room, or none. */
  open(roomId, { focus = true } = {}) {
    this.#room?.unwatchPlaces();
    this.#room = roomId === null ? null : this.#client.room(roomId);
    byId("room").classList.toggle("none", roomId === null);
    this.head.open(this.#room);
    const unreadAfter = this.reading.open(this.#room, this.#rooms.get(roomId)); // before anything is shown, and thereby read
    this.drafts.part?.end();
    this.sanctioning.own.enter(this.#room);
    this.notice.open(this.#room);
    this.files.open(this.#room);
    this.writing.open(this.#room, { isExempt: () => this.role() === "ADMIN" });
    if (this.#room === null) {
      this.timeline.open(null);
      return;
    }
    this.fetch(roomId).watchPlaces();
    this.timeline.open(this.#room, { unreadAfter });
    this.assistant.enter(roomId);
    this.composer.open(roomId, {
      memberId: this.#client.me.memberId,
      assistantName: this.assistant.name,
      messageCharacters: this.#client.limits.messageCharacters,
    });
    this.showHead();
    this.#showTyping(roomId, this.typing.namesIn(roomId));
    this.hearRules();
    this.about.mine.looked(this.#room, this.#rooms.get(roomId));
    this.#room.loadRules().catch(() => {}); // who keeps it; what it may not know is not shown
    if (focus) this.#focus();
  }

  #focus() {
    // on a phone the keyboard would cover half of what is to be read
    if (matchMedia("(pointer: coarse)").matches) byId("room-name").focus({ preventScroll: true });
    else this.composer.focus();
  }

  // --- what is done

  #acts() {
    return {
      jump: ({ replyTo }) => orNotify(() => this.timeline.jumpTo(replyTo)),
      profile: (message) => this.member.open(message, this.#room),
      receipt: (message) => this.receipt.open(message, (memberId) => this.#nameOf(memberId)),
      ...this.unsent.acts,
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
  }

  #send({ text, replyTo, isAsking, mentions, everyone, assisted }) {
    const said = { text, replyTo, mentions, everyone, assisted };
    if (this.files.hasAny) this.files.send(isAsking ? { text: "" } : said); // the assistant sees none
    else if (!isAsking) this.#room.send(text, said);
    if (!isAsking) return;
    if (text !== "") this.#room.ask(text, { mentions, everyone, assisted });
    else orNotify(() => this.#room.askAgain());
  }

  #openAbout() {
    const { standing, isGroup, isManager } = this.#place();
    const known = { isGroupChat: isGroup, notify: "all", ...this.#rooms.get(this.roomId) };
    byId("about-rules").hidden = !isManager;
    this.about.open({ room: this.#room, known, name: this.#rooms.nameOf(this.roomId), standing });
    this.sanctioning.showAbout();
    byId("about-cases").hidden = !isGroup || !isManager;
    this.held.offer(isGroup && isManager);
  }

  // --- what is shown

  /** What I am in the open room. */
  #place() {
    const isGroup = this.#rooms.get(this.roomId)?.isGroupChat ?? true;
    const standing = new Standing({ rules: this.#room?.rules ?? NO_RULES, isGroup, isAdmin: this.role() === "ADMIN" });
    return { roomId: this.roomId, isGroup, isManager: standing.isManager, standing };
  }

  #nameOf(memberId) {
    return this.names.of(this.#room, memberId) ?? "";
  }

  /** The head, and what follows from it; again when more is known of the room. */
  showHead() {
    if (this.#room === null) return;
    this.head.show();
    this.reading.showOffer();
    this.timeline.refresh();
  }

  /** Who may do what has changed, or who has a badge. */
  hearRules() {
    this.timeline.refresh();
    this.notice.refresh();
    const { isGroup, standing } = this.#place();
    this.composer.mentions.mayCallAll = isGroup && standing.isManager;
  }

  #showTyping(roomId, names) {
    this.#rooms.showTyping(roomId, names);
    if (roomId === this.roomId) this.head.showTyping(names);
  }

  /** How the assistant is here. */
  #learned(roomId) {
    const { settings, name, mode } = this.assistant;
    this.composer.name(name);
    if (mode !== "on_call") this.composer.ask(false);
    this.about.assistant.part?.learn(roomId, settings);
    this.notice.refresh();
    this.reading.showOffer();
  }
}
