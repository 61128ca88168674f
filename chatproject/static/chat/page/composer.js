/** Where one writes: the text of each room, what it answers, and whether the assistant is asked. */

import { byId } from "./dom.js";
import { store, stored } from "./session.js";
import { speakerOf } from "./speaker.js";
import { t, tn } from "./texts.js";

const IME_KEY_CODE = 229; // what browsers send while an input method composes

export class Composer {
  #form = byId("composer");
  #text = byId("composer-text");
  #reply = null; // the message that is answered
  #key = null; // of the text that is kept: a member's, in a room
  #assistantName = "";
  #most = Infinity; // characters of a message
  isAsking = false;

  /** `onSend({text, replyTo, isAsking})`; `onTyping()` at each key. */
  constructor({ onSend, onTyping }) {
    this.onSend = onSend;
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
    byId("ask").addEventListener("click", () => this.ask(!this.isAsking));
  }

  /** Write for this room: with the text that was left there. */
  open(roomId, { memberId, assistantName, messageCharacters }) {
    this.#most = messageCharacters;
    this.#key = `chatText ${memberId} ${roomId}`;
    this.#text.value = stored("sessionStorage", this.#key) ?? "";
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
    byId("reply-name").textContent = speakerOf(message);
    byId("reply-text").textContent = message.message;
    this.focus();
  }

  /** Whether the next message is a question to the assistant. */
  ask(isAsking) {
    this.isAsking = isAsking;
    byId("ask").setAttribute("aria-pressed", String(isAsking));
    this.#form.classList.toggle("asking", isAsking);
    this.#label();
  }

  #label() {
    const { isAsking } = this;
    this.#text.placeholder = isAsking
      ? t("What would you like to ask? Left empty, %(name)s answers the last message.", { name: this.#assistantName })
      : t("Write a message");
    byId("send-text").textContent = isAsking ? t("Ask") : t("Send");
  }

  #press(event) {
    if (event.key === "Escape") {
      this.#cancelReply();
      this.ask(false);
    }
    if (event.key !== "Enter" || event.shiftKey) return;
    if (event.isComposing || event.keyCode === IME_KEY_CODE) return; // this Enter ends a syllable, not the message
    if (matchMedia("(pointer: coarse)").matches) return; // on a phone it starts a new line; there is a button
    event.preventDefault();
    this.#send();
  }

  #send() {
    const text = this.#text.value.trim();
    if (text === "" && !this.isAsking) return;
    if (this.#excess() > 0) return; // said below it: nothing that was written is cut or lost
    this.onSend({ text, replyTo: this.#reply?.seq ?? null, isAsking: this.isAsking });
    this.#text.value = "";
    this.#keep();
    this.replyTo(null);
    this.ask(false);
    this.focus();
  }

  #cancelReply() {
    if (this.#reply === null) return;
    this.replyTo(null);
    this.focus();
  }

  #keep() {
    store("sessionStorage", this.#key, this.#text.value || null);
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
    byId("send").disabled = isTooLong;
    this.#text.setAttribute("aria-invalid", String(isTooLong));
  }

  /** As high as its text, where the browser does not do it by itself (field-sizing). */
  #resize() {
    if (CSS.supports("field-sizing", "content")) return;
    this.#text.style.height = "auto";
    this.#text.style.height = `${this.#text.scrollHeight}px`;
  }
}
