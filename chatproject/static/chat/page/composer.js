/** Where one writes: the text of each room, what it answers, and whether the assistant is asked. */

import { endsInCode } from "./blocks.js";
import { byId } from "./dom.js";
import { lineOf } from "./file-words.js";
import { goneWords, isGone } from "./gone.js";
import { MentionPicker } from "./mention-picker.js";
import { store, stored } from "./session.js";
import { speakerOf } from "./speaker.js";
import { t, tn } from "./texts.js";

const IME_KEY_CODE = 229; // what browsers send while an input method composes

export class Composer {
  #form = byId("composer");
  #text = byId("composer-text");
  #reply = null; // the message that is answered
  #edited = null; // the message that is changed
  #waiting = null; // what was being written before that: { text, reply, isAsking }
  #key = null; // of the text that is kept: a member's, in a room
  #assistantName = "";
  #most = Infinity; // characters of a message
  #isForbidden = false; // by a rule of the room: writing-rules.js says which
  isAsking = false;

  /**
   * `onSend({text, replyTo, isAsking, mentions, everyone})`; `onEdit(message, text, {mentions, everyone})`; `onTyping()` at
   * each key; `onEditLast()`: change my last message, and say whether that may be done; `loadMembers({limit, prefix})`: of
   * the room; `mentionedIn(message)`: [{memberId, name}]; `hasFiles()`: to send with the next message.
   */
  constructor({ onSend, onEdit, onTyping, onEditLast, loadMembers, mentionedIn, hasFiles }) {
    this.hasFiles = hasFiles;
    this.onSend = onSend;
    this.onEdit = onEdit;
    this.onEditLast = onEditLast;
    this.mentionedIn = mentionedIn;
    this.mentions = new MentionPicker(this.#text, byId("mention-list"), { loadMembers, onPick: () => this.#keep() });
    this.#text.addEventListener("keydown", (event) => this.#press(event));
    this.#text.addEventListener("input", () => {
      if (this.#text.value !== "") onTyping();
      this.#keep();
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    byId("reply-cancel").addEventListener("click", () => this.#cancelReply());
    byId("edit-cancel").addEventListener("click", () => this.#endEdit());
    byId("ask").addEventListener("click", () => this.ask(!this.isAsking));
  }

  /** Write for this room: with the text that was left there. */
  open(roomId, { memberId, assistantName, messageCharacters }) {
    this.#edited = this.#waiting = null;
    this.#showEdited();
    this.#most = messageCharacters;
    this.#key = `chatText ${memberId} ${roomId}`;
    this.#text.value = stored("sessionStorage", this.#key) ?? "";
    this.mentions.open({ me: memberId, picked: pickedBefore(stored("sessionStorage", this.#mentionsKey)) });
    this.name(assistantName);
    this.replyTo(null);
    this.ask(false);
    this.#resize();
    this.#showExcess();
  }

  /** What the assistant is called here. */
  name(assistantName) {
    this.#assistantName = assistantName;
    byId("ask-text").textContent = t("Ask %(name)s", { name: assistantName });
    this.#label();
  }

  /** Nothing may be sent just now; what is written waits. */
  forbid(isForbidden) {
    this.#isForbidden = isForbidden;
    this.#showExcess();
  }

  focus() {
    this.#text.focus({ preventScroll: true });
  }

  /** Put a text there, to be read and sent by a human. */
  fill(text) {
    this.#text.value = text;
    this.#keep();
    this.focus();
  }

  replyTo(message) {
    this.#reply = message;
    byId("reply-to").hidden = message === null;
    if (message === null) return;
    this.#showReply();
    this.focus();
  }

  #showReply() {
    byId("reply-name").textContent = speakerOf(this.#reply);
    byId("reply-text").textContent = isGone(this.#reply) ? goneWords(this.#reply) : lineOf(this.#reply);
  }

  /** Change this message, beginning with `text`; what was being written waits meanwhile. */
  edit(message, text = message.message) {
    const { picked } = this.mentions;
    this.#waiting ??= { text: this.#text.value, reply: this.#reply, isAsking: this.isAsking, picked };
    this.mentions.take(this.mentionedIn(message), message);
    this.#edited = message;
    this.replyTo(null);
    this.ask(false);
    this.#showEdited();
    this.fill(text);
    this.#text.setSelectionRange(text.length, text.length);
  }

  /** Back to what was being written before. */
  #endEdit() {
    const { text, reply, isAsking, picked } = this.#waiting;
    this.#edited = this.#waiting = null;
    this.mentions.take(picked);
    this.#showEdited();
    this.replyTo(reply);
    this.ask(isAsking);
    this.fill(text);
  }

  #showEdited() {
    const isLost = this.#edited !== null && isGone(this.#edited);
    byId("editing").hidden = this.#waiting === null;
    byId("editing-text").textContent = isLost ? [goneWords(this.#edited), t("What you write here is sent as a new one.")].join(" ") : t("You are changing your message");
    this.#form.classList.toggle("editing", this.#waiting !== null);
    this.#label();
  }

  /** What is answered or changed here may have been deleted or hidden; `message` is how it is now. */
  hear(message) {
    const isSame = (other) => other?.roomId === message.roomId && other.seq === message.seq;
    if (isSame(this.#reply)) {
      this.#reply = message;
      this.#showReply();
    }
    if (!isSame(this.#edited)) return;
    this.#edited = message;
    this.#showEdited();
  }

  /** I delete this message: it is neither answered nor changed. */
  letGo({ roomId, seq }) {
    if (this.#edited?.roomId === roomId && this.#edited.seq === seq) this.#endEdit();
    if (this.#reply?.roomId === roomId && this.#reply.seq === seq) this.#cancelReply();
  }

  /** Put a text below what is there. */
  add(text) {
    this.fill([this.#text.value, text].filter(Boolean).join("\n"));
  }

  /** Whether the next message is a question to the assistant. */
  ask(isAsking) {
    this.isAsking = isAsking;
    byId("ask").setAttribute("aria-pressed", String(isAsking));
    this.#form.classList.toggle("asking", isAsking);
    this.#label();
  }

  /** What is written was said before. */
  get isEditing() {
    return this.#waiting !== null;
  }

  /** What is written changes a message; else it is a new one. */
  get #isChange() {
    return this.#edited !== null && !isGone(this.#edited);
  }

  #label() {
    const { isAsking } = this;
    this.#text.placeholder = isAsking
      ? t("What would you like to ask? Left empty, %(name)s answers the last message.", { name: this.#assistantName })
      : t("Write a message");
    byId("send-text").textContent = this.#isChange ? t("Save") : isAsking ? t("Ask") : t("Send");
  }

  /** Where those are kept who were picked in the text. */
  get #mentionsKey() {
    return this.#key.replace("chatText", "chatMentions");
  }

  #press(event) {
    if (event.isComposing || event.keyCode === IME_KEY_CODE) return; // an Enter here ends a syllable, not the message
    if (this.mentions.press(event)) return;
    if (event.key === "Escape") this.#cancel();
    if (event.key === "ArrowUp" && this.#text.value === "" && this.#waiting === null && this.onEditLast()) event.preventDefault();
    if (event.key !== "Enter" || event.shiftKey) return;
    if (matchMedia("(pointer: coarse)").matches) return; // on a phone it starts a new line; there is a button
    if (endsInCode(this.#text.value.slice(0, this.#text.selectionStart))) return; // a line of it
    event.preventDefault();
    this.#send();
  }

  #send() {
    const text = this.#text.value.trim();
    if (text === "" && !this.#maySayNothing()) return;
    if (this.#excess() > 0) return; // said below it: nothing that was written is cut or lost
    if (this.#isForbidden && !this.#isChange) return;
    if (this.#waiting !== null) return this.#saveEdit(text);
    this.onSend({ text, replyTo: this.#reply?.seq ?? null, isAsking: this.isAsking, ...this.mentions.mentions() });
    this.#text.value = "";
    this.mentions.close();
    this.#keep();
    this.replyTo(null);
    this.ask(false);
    this.focus();
  }

  /** The assistant answers what was said last, files are said by themselves; so are those of a message that is changed. */
  #maySayNothing() {
    return this.#waiting === null ? this.isAsking || this.hasFiles() : this.#isChange && this.#edited.attachments.length > 0;
  }

  #saveEdit(text) {
    const [message, mentions] = [this.#edited, this.mentions.mentions()];
    this.#endEdit();
    if (isGone(message)) this.onSend({ text, replyTo: null, isAsking: false, ...mentions });
    else if (text !== message.message) this.onEdit(message, text, mentions);
  }

  #cancel() {
    if (this.#waiting !== null) return this.#endEdit();
    this.#cancelReply();
    this.ask(false);
  }

  #cancelReply() {
    if (this.#reply === null) return;
    this.replyTo(null);
    this.focus();
  }

  #keep() {
    this.mentions.mentions(); // those whose names were deleted from the text are none
    const { picked } = this.mentions;
    if (this.#waiting === null) {
      store("sessionStorage", this.#key, this.#text.value || null);
      store("sessionStorage", this.#mentionsKey, picked.length > 0 ? JSON.stringify(picked) : null);
    }
    this.#resize();
    this.#showExcess();
  }

  /** How many characters too long the message is, as the server counts them: code points. */
  #excess() {
    const text = this.#text.value.trim();
    return text.length > this.#most ? [...text].length - this.#most : 0;
  }

  #showExcess() {
    const excess = this.#excess();
    const isTooLong = excess > 0;
    byId("composer-excess").textContent = isTooLong
      ? tn("%(count)s character too many to be sent.", "%(count)s characters too many to be sent.", { count: excess })
      : "";
    byId("send").disabled = isTooLong || (this.#isForbidden && !this.#isChange);
    this.#text.setAttribute("aria-invalid", String(isTooLong));
  }

  /** As high as its text, where the browser does not do it by itself (field-sizing). */
  #resize() {
    if (CSS.supports("field-sizing", "content")) return;
    this.#text.style.height = "auto";
    this.#text.style.height = `${this.#text.scrollHeight}px`;
  }
}

/** Whoever was picked before a reload; whatever else a storage holds there is nobody. */
function pickedBefore(kept) {
  try {
    return JSON.parse(kept ?? "[]").filter(({ memberId, name }) => (memberId === null || Number.isSafeInteger(memberId)) && typeof name === "string");
  } catch {
    return [];
  }
}
