/** Where one writes: the text of the open room, what it answers or changes, and whether the assistant is asked. */

import { endsInCode } from "./blocks.js";
import { ChangeBar } from "./change-bar.js";
import { byId } from "./dom.js";
import { isGone } from "./gone.js";
import { MentionPicker } from "./mention-picker.js";
import { ReplyBar } from "./reply-bar.js";
import { t, tn } from "./texts.js";

const IME_KEY_CODE = 229; // what browsers send while an input method composes

export class Composer {
  #form = byId("composer");
  #text = byId("composer-text");
  #reply = new ReplyBar();
  #change = new ChangeBar();
  #written;
  #roomId = null;
  #awaited = null; // what is kept of this room and not found yet: { replyTo, change }
  #assistantName = "";
  #most = Infinity; // characters of a message
  #isForbidden = false; // by a rule of the room: writing-rules.js says which
  #isAssisted = false; // the assistant drafted what is written, whatever became of it since
  isAsking = false;

  /**
   * `onSend({text, replyTo, isAsking, mentions, everyone, assisted})`; `onEdit(message, text, {mentions, everyone, assisted})`; `onTyping()` at
   * each key; `onEditLast()`: change my last message, and say whether that may be done; `loadMembers({limit, prefix})`: of
   * the room; `mentionedIn(message)`: [{memberId, name}]; `hasFiles()`: to send with the next message; `written` keeps what
   * was not sent; `findMessage(seq)`: of the room, null where there is none, rejected where nobody can say.
   */
  constructor({ onSend, onEdit, onTyping, onEditLast, loadMembers, mentionedIn, hasFiles, written, findMessage }) {
    this.#written = written;
    this.findMessage = findMessage;
    this.hasFiles = hasFiles;
    this.onSend = onSend;
    this.onEdit = onEdit;
    this.onEditLast = onEditLast;
    this.mentionedIn = mentionedIn;
    this.mentions = new MentionPicker(this.#text, byId("mention-list"), { loadMembers, onPick: () => this.#keep() });
    this.#text.addEventListener("keydown", (event) => this.#press(event));
    this.#text.addEventListener("input", () => {
      if (this.#text.value !== "") onTyping();
      else this.#isAssisted = false;
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
    this.#change.end();
    this.#reply.show(null);
    this.#most = messageCharacters;
    this.#roomId = roomId;
    const { text, picked, replyTo, change, assisted } = this.#written.of(roomId);
    this.#text.value = text;
    this.#isAssisted = assisted;
    this.mentions.open({ me: memberId, picked });
    this.name(assistantName);
    this.ask(false);
    this.#resize();
    this.#showExcess();
    this.#awaited = { replyTo, change };
    this.#find(this.#awaited);
  }

  /** What was answered or changed here before; the messages may be others by now. */
  async #find(awaited) {
    const find = (seq) => (seq === null ? null : this.findMessage(seq).catch(() => undefined));
    const [answered, changed] = await Promise.all([find(awaited.replyTo), find(awaited.change?.seq ?? null)]);
    if (this.#awaited !== awaited) return; // another room, or something else was said
    this.#awaited = { replyTo: answered === undefined ? awaited.replyTo : null, change: changed === undefined ? awaited.change : null };
    if (answered && !isGone(answered)) this.#reply.show(answered);
    if (changed) this.#begin(changed, awaited.change.text, awaited.change.picked);
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

  /** Put a text there, to be read and sent by a human; `assisted`: by the assistant. */
  fill(text, assisted = this.#isAssisted) {
    this.#text.value = text;
    this.#isAssisted = assisted;
    this.#keep();
    this.focus();
  }

  replyTo(message) {
    this.#awaited &&= { ...this.#awaited, replyTo: null };
    this.#reply.show(message);
    this.#keep();
    if (message !== null) this.focus();
  }

  /** Change this message, beginning with `text`; what was being written waits meanwhile. */
  edit(message, text = message.message) {
    this.#awaited &&= { ...this.#awaited, change: null };
    this.#begin(message, text);
    this.#text.setSelectionRange(text.length, text.length);
    this.focus();
  }

  #begin(message, text, picked = this.mentionedIn(message)) {
    this.#change.begin(message, { text: this.#text.value, reply: this.#reply.message, isAsking: this.isAsking, picked: this.mentions.picked, assisted: this.#isAssisted });
    this.#isAssisted = false;
    this.mentions.take(this.mentionedIn(message), message);
    this.mentions.picked = picked;
    this.#reply.show(null);
    this.ask(false);
    this.#text.value = text;
    this.#keep();
  }

  /** Back to what was being written before. */
  #endEdit() {
    const { text, reply, isAsking, picked, assisted } = this.#change.end();
    this.mentions.take(picked);
    this.#reply.show(reply);
    this.ask(isAsking);
    this.fill(text, assisted);
  }

  /** What is answered or changed here may have been deleted or hidden; `message` is how it is now. */
  hear(message) {
    if (isSame(this.#reply.message, message)) this.#reply.show(message);
    if (!isSame(this.#change.message, message)) return;
    this.#change.hear(message);
    this.#label();
  }

  /** I delete this message: it is neither answered nor changed. */
  letGo(message) {
    if (isSame(this.#change.message, message)) this.#endEdit();
    if (isSame(this.#reply.message, message)) this.#cancelReply();
  }

  /** Put a text below what is there. */
  add(text, assisted = false) {
    this.fill([this.#text.value, text].filter(Boolean).join("\n"), assisted || this.#isAssisted);
  }

  /** Whether the next message is a question to the assistant. */
  ask(isAsking) {
    this.isAsking = isAsking;
    byId("ask").setAttribute("aria-pressed", String(isAsking));
    this.#form.classList.toggle("asking", isAsking);
    this.#label();
  }

  get isEmpty() {
    return this.#text.value === "" && !this.isEditing;
  }

  /** What is written was said before. */
  get isEditing() {
    return this.#change.waiting !== null;
  }

  #label() {
    const { isAsking } = this;
    this.#text.placeholder = isAsking
      ? t("What would you like to ask? Left empty, %(name)s answers the last message.", { name: this.#assistantName })
      : t("Write a message");
    byId("send-text").textContent = this.#change.isChange ? t("Save") : isAsking ? t("Ask") : t("Send");
  }

  #press(event) {
    if (event.isComposing || event.keyCode === IME_KEY_CODE) return; // an Enter here ends a syllable, not the message
    if (this.mentions.press(event)) return;
    if (event.key === "Escape") this.#cancel();
    if (event.key === "ArrowUp" && this.#text.value === "" && !this.isEditing && this.onEditLast()) event.preventDefault();
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
    if (this.#isForbidden && !this.#change.isChange) return;
    if (this.isEditing) return this.#saveEdit(text);
    this.onSend({ text, replyTo: this.#reply.message?.seq ?? null, isAsking: this.isAsking, ...this.#extras() });
    this.#text.value = "";
    this.#isAssisted = false;
    this.mentions.close();
    this.replyTo(null);
    this.ask(false);
    this.focus();
  }

  /** The assistant answers what was said last, files are said by themselves; so are those of a message that is changed. */
  #maySayNothing() {
    if (!this.isEditing) return this.isAsking || this.hasFiles();
    return this.#change.isChange && this.#change.message.attachments.length > 0;
  }

  #saveEdit(text) {
    const [message, extras] = [this.#change.message, this.#extras()];
    this.#endEdit();
    if (isGone(message)) this.onSend({ text, replyTo: null, isAsking: false, ...extras });
    else if (text !== message.message) this.onEdit(message, text, extras);
  }

  /** Whom it mentions, and whether the assistant drafted it. */
  #extras() {
    return { ...this.mentions.mentions(), assisted: this.#isAssisted };
  }

  #cancel() {
    if (this.isEditing) return this.#endEdit();
    this.#cancelReply();
    this.ask(false);
  }

  #cancelReply() {
    if (this.#reply.message === null) return;
    this.replyTo(null);
    this.focus();
  }

  #keep() {
    this.mentions.mentions(); // those whose names were deleted from the text are none
    this.#written.setDraft(this.#roomId, this.#unsent());
    this.#resize();
    this.#showExcess();
  }

  #unsent() {
    const [text, { picked }, { waiting, message }] = [this.#text.value, this.mentions, this.#change];
    const { replyTo = null, change = null } = this.#awaited ?? {};
    if (waiting === null) return { text, picked, replyTo: this.#reply.message?.seq ?? replyTo, change, assisted: this.#isAssisted };
    return { text: waiting.text, picked: waiting.picked, assisted: waiting.assisted, replyTo: waiting.reply?.seq ?? replyTo, change: { seq: message.seq, text, picked } };
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
    byId("send").disabled = isTooLong || (this.#isForbidden && !this.#change.isChange);
    this.#text.setAttribute("aria-invalid", String(isTooLong));
  }

  /** As high as its text, where the browser does not do it by itself (field-sizing). */
  #resize() {
    if (CSS.supports("field-sizing", "content")) return;
    this.#text.style.height = "auto";
    this.#text.style.height = `${this.#text.scrollHeight}px`;
  }
}

const isSame = (one, other) => one?.roomId === other.roomId && one.seq === other.seq;
