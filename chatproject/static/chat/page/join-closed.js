/** The way into a room into which one does not simply come: with its code, or by asking a manager. */

import { make } from "./dom.js";
import { notify, orNotify } from "./notices.js";
import { failureOf, t } from "./texts.js";

const [WRONG_CODE, ASKED] = ["E-R003", "E-R004"];
const CODE_MAX = 32; // characters
const WORDS_MAX = 200;

export class JoinClosed {
  constructor(client) {
    this.client = client;
  }

  /** `onJoined()`: this member is in now. */
  form({ roomId, roomName, joining, asked = false }, onJoined) {
    const isCode = joining === "code";
    const button = make("button", { type: "submit", className: "button", disabled: asked, textContent: asked ? t("Asked") : isCode ? t("Join") : t("Ask to join") });
    const field = make("input", {
      type: "text",
      name: isCode ? "code" : "words",
      maxLength: isCode ? CODE_MAX : WORDS_MAX,
      autocomplete: "off",
      autocapitalize: isCode ? "characters" : "sentences",
      spellcheck: !isCode,
      hidden: asked,
      placeholder: isCode ? t("Join code") : t("A word to the managers"),
      "aria-label": isCode ? t("Join code of %(name)s", { name: roomName }) : t("A word to the managers of %(name)s", { name: roomName }),
    });
    const state = make("small", { role: "status", textContent: asked ? t("A manager will decide.") : "" });
    const form = make("form", { className: "join-closed" }, field, button, state);
    const show = (words) => { state.textContent = words; };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!button.disabled && (!isCode || field.value.trim() !== "")) this.#join(roomId, { field, button, show, onJoined });
    });
    return form;
  }

  async #join(roomId, { field, button, show, onJoined }) {
    button.disabled = true;
    try {
      await this.client.joinRoom(roomId, { [field.name]: field.value.trim() || undefined });
      onJoined();
    } catch (error) {
      const isAsked = error.code === ASKED;
      if (isAsked) [button.textContent, field.hidden] = [t("Asked"), true];
      if (isAsked || error.code === WRONG_CODE) show(failureOf(error));
      else await orNotify(() => Promise.reject(error));
      if (isAsked) notify(t("You asked to join. You will be in this room as soon as a manager lets you in."));
      else button.disabled = false;
    }
  }
}
