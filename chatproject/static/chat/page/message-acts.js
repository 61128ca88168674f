/** What can be done with a message, and by whom; what is on its way with it. The server decides in the end. */

import { copyAloud } from "./clipboard.js";
import { Editing } from "./editing.js";
import { isGone, isHidden } from "./gone.js";
import { HiddenMessages } from "./hidden-message.js";
import { later } from "./later.js";
import { MessageMenu } from "./message-menu.js";
import { MessageText, selectsByFinger } from "./message-text.js";
import { orNotify } from "./notices.js";
import { Reactions } from "./reactions.js";
import { describable } from "./slides.js";
import { failureOf, t } from "./texts.js";
import { Undo } from "./undo.js";

const DAY_S = 86_400; // until the server says its own
const NONE = { waiting: [], fate: null, uncovered: null }; // of what is not at the server yet

export class MessageActs {
  #client;
  #composer;
  #place;
  #blocked;
  #sanctioning;
  #whole = new WeakSet(); // long messages that are shown whole

  /**
   * `place()` tells `{ roomId, isGroup, standing }` of the open room, `access()` the token; `onChange()`: draw again;
   * `onResize()`: in place; `onReport(message)`.
   */
  constructor(client, { composer, files, place, access, blocked, sanctioning, onChange, onResize, onReport }) {
    this.onResize = onResize;
    this.#client = client;
    this.#composer = composer;
    this.#place = place;
    this.#blocked = blocked;
    this.#sanctioning = sanctioning;
    Object.assign(this.acts, sanctioning.acts, files.acts);
    this.acts.report = onReport;
    this.editing = new Editing(client, onChange);
    this.reactions = new Reactions(client, onChange);
    this.reactors = later(({ Reactors }) => new Reactors(this.reactions));
    this.undo = new Undo(client, { onChange, access });
    this.text = new MessageText(client);
    this.hidden = new HiddenMessages(client, onChange);
    this.menu = new MessageMenu({ onChoose: (message, button) => this.acts[button.dataset.act](message, button) });
    for (const name of ["change", "older"]) client.on(name, ({ message }) => this.#changed(message));
  }

  /** By the `data-act` of the buttons in a message and in its menu. */
  acts = {
    reply: (message) => this.#composer.replyTo(message),
    react: (message, { dataset }) => this.reactions.toggle(message, dataset.key),
    who: (message) => this.reactors.open(message),
    edit: (message) => this.#composer.edit(message, this.editing.of(message)?.text),
    editAgain: (message) => this.#editAgain(message),
    forgetEdit: (message) => this.editing.forget(message),
    copy: (message) => copyAloud(message.message),
    select: (message) => this.text.open(message),
    pin: (message) => orNotify(() => this.#client.room(message.roomId).pin(message, true)),
    unpin: (message) => orNotify(() => this.#client.room(message.roomId).pin(message, false)),
    delete: (message) => this.#delete(message),
    block: ({ senderId, nickName }) => this.#blocked.block({ memberId: senderId, nickName }),
    unblock: ({ senderId, nickName }) => this.#blocked.unblock({ memberId: senderId, nickName }),
    unfold: (message) => this.#blocked.unfold(message),
    whole: (message, button) => this.#toggleWhole(message, button),
    undo: (message) => this.undo.keep(message),
    uncover: (message) => this.hidden.uncover(message),
    unhide: (message) => this.hidden.show(message),
    menu: (message, button) => this.openMenu(message, { element: button, point: null }),
  };

  /** What is shown of a message beside what it says itself. */
  shownOf(message) {
    if (message.seq === null || message.state !== "sent") return NONE;
    return { waiting: this.reactions.waitingOf(message), fate: this.#fateOf(message), uncovered: this.#uncovered(message) };
  }

  isWhole(message) {
    return this.#whole.has(message);
  }

  /** Folded again, its beginning comes back into sight. */
  #toggleWhole(message, button) {
    if (!this.#whole.delete(message)) this.#whole.add(message);
    this.onResize();
    if (!this.#whole.has(message)) button.closest(".message")?.scrollIntoView({ block: "nearest" });
  }

  /** What managers are shown of a hidden one; null: nobody else is shown anything. */
  #uncovered(message) {
    const { isGroup, isManager } = this.#place();
    return isGroup && isManager && isHidden(message) ? this.hidden.of(message) : null;
  }

  /** Whether there is anything in it. */
  openMenu(message, { element, point }) {
    const entries = this.#entries(message);
    if (entries.length === 0) return false;
    const isMine = (key) => message.reactions.some((one) => one.key === key && one.isMine);
    const reactions = message.kind === "notice" ? [] : this.#client.reactions.map((key) => ({ key, isMine: isMine(key) }));
    this.menu.open(message, { element, point, reactions, entries });
    return true;
  }

  /** Change my last message, where that may still be done; whether it may. */
  editLast() {
    const room = this.#client.room(this.#place().roomId);
    const message = room.messages.findLast((one) => this.#isMine(one) && !isGone(one) && this.undo.stateOf(one) === null);
    if (message === undefined || !this.#mayEdit(message)) return false;
    this.acts.edit(message);
    return true;
  }

  // --- what may be done

  #entries(message) {
    if (!this.#isThere(message)) return [];
    const isNotice = message.kind === "notice";
    const [isPinned, isReacted] = [message.pinnedAt !== null, message.reactions.length > 0];
    return [
      !isNotice && { act: "reply", label: t("Reply"), icon: "reply" },
      this.#mayEdit(message) && { act: "edit", label: t("Edit"), icon: "pen" },
      this.#isMine(message) && describable(message).length > 0 && { act: "describe", label: t("Describe the pictures"), icon: "picture" },
      message.kind === "assistant" && message.clientId !== null && { act: "receipt", label: t("What this answer rests on"), icon: "receipt" },
      message.message !== "" && { act: "copy", label: t("Copy the text"), icon: "copy" },
      message.message !== "" && selectsByFinger() && { act: "select", label: t("Select a part to copy"), icon: "list" },
      this.mayPin() && { act: isPinned ? "unpin" : "pin", label: isPinned ? t("Take the notice down") : t("Put up as a notice"), icon: "pin" },
      isReacted && { act: "who", label: t("Who reacted"), icon: "people" },
      !isNotice && !this.#isMine(message) && { act: "report", label: t("Report"), icon: "flag" },
      this.#mayBlock(message) && this.#blockEntry(message),
      ...this.#sanctioning.entries(message),
      this.#mayDelete(message) && { act: "delete", label: t("Delete"), icon: "trash", isGrave: true },
    ].filter(Boolean);
  }

  #isThere(message) {
    return message.seq !== null && !isGone(message) && this.undo.stateOf(message) === null;
  }

  #isMine({ senderId, kind }) {
    return kind === "member" && senderId !== null && senderId === this.#client.me?.memberId;
  }

  #mayBlock({ senderId, kind }) {
    return kind === "member" && senderId !== null && senderId !== this.#client.me?.memberId;
  }

  #blockEntry({ senderId, nickName }) {
    const isBlocked = this.#client.blocked.has(senderId);
    const label = isBlocked ? t("Unblock %(name)s", { name: nickName }) : t("Block %(name)s", { name: nickName });
    return { act: isBlocked ? "unblock" : "block", label, icon: "block" };
  }

  #mayEdit(message) {
    return this.#isMine(message) && isWithin(message, this.#client.limits.editWithinSeconds ?? DAY_S);
  }

  #mayDelete(message) {
    const { standing } = this.#place();
    const isMine = this.#isMine(message);
    if (isMine ? standing.isManager : standing.isAbove(message.senderId)) return true;
    return isMine && isWithin(message, this.#client.limits.deleteWithinSeconds ?? DAY_S);
  }

  /** To whatever stands in a menu. */
  mayReply(message) {
    return this.#isThere(message) && message.kind !== "notice";
  }

  mayPin() {
    const { isGroup, standing } = this.#place();
    return standing.isManager || !isGroup;
  }

  // --- what is done

  #delete(message) {
    this.#composer.letGo(message);
    this.undo.delete(message);
  }

  /** After a refusal; where the message can be changed no more, what was written becomes a new one. */
  #editAgain(message) {
    const { text } = this.editing.of(message);
    this.editing.forget(message);
    if (!isGone(message) && this.#mayEdit(message)) this.#composer.edit(message, text);
    else this.#composer.add(text);
  }

  #changed(message) {
    this.#composer.hear(message);
    if (isGone(message)) this.menu.closeFor(message);
  }

  // --- what is shown

  #fateOf(message) {
    const going = this.undo.stateOf(message);
    if (going !== null && message.deletedAt === null) return { kind: going };
    const change = this.editing.of(message);
    if (change === null) return null;
    const { text, error, isStored } = change;
    if (error !== null) return { kind: "refused", text, words: failureOf(error) };
    return { kind: isStored ? "saved" : "saving", text };
  }
}

/** As far as the clock of this device knows. */
const isWithin = ({ createdAt }, seconds) => Date.now() - new Date(createdAt) < seconds * 1000;
