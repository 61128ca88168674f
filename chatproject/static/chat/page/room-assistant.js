/** What the assistant is in each room, and what of it is offered in the open one: nothing where the server has none. */

import { byId } from "./dom.js";
import { pageSettings } from "./session.js";

const DEFAULTS = { mode: "on_call", name: pageSettings.assistantName, persona: "", isStopped: false, maySet: false, told: true, notice: null, isKnown: false };

export class RoomAssistant {
  #client;
  #onChange;
  #settings = new Map(); // roomId -> what it is there
  #roomId = null;

  /** `onChange(roomId)`: of the open room more is known, or something was changed. */
  constructor(client, { onChange }) {
    [this.#client, this.#onChange] = [client, onChange];
    byId("ai-notice-seen").addEventListener("click", () => this.#confirm());
  }

  /** Of the open room; `isKnown` once the server has said it. */
  get settings() {
    return this.#settings.get(this.#roomId) ?? DEFAULTS;
  }

  get name() {
    return this.settings.name;
  }

  /** What it does here: the room's mode, unless there is none at all, or a switch of the admin's is off. */
  get mode() {
    const { mode, isStopped } = this.settings;
    return isStopped || this.#client.assistant === false ? "off" : mode;
  }

  enter(roomId) {
    this.#roomId = roomId;
    this.show();
    this.load();
  }

  learn(roomId, settings) {
    this.#settings.set(roomId, { ...DEFAULTS, isKnown: true, ...settings });
    if (roomId !== this.#roomId) return;
    this.show();
    this.#onChange(roomId);
  }

  async load() {
    if (this.#client.assistant === false) return;
    const roomId = this.#roomId;
    const before = this.#settings.get(roomId);
    const settings = await this.#client.assistantSettings(roomId).catch(() => null);
    const isNewest = this.#settings.get(roomId) === before; // what was saved meanwhile is newer than what was read
    if (settings !== null && isNewest) this.learn(roomId, settings);
  }

  show() {
    byId("ask").hidden = this.mode !== "on_call";
    byId("draft").hidden = this.mode === "off";
    const { notice, told } = this.settings;
    byId("ai-notice").hidden = told || notice === null;
    byId("ai-notice-text").textContent = notice?.text ?? "";
  }

  /** I have read that there is an AI here. Where the server does not hear of it, it says so again another time. */
  #confirm() {
    const roomId = this.#roomId;
    this.#client.confirmAssistantNotice(roomId).catch(() => {});
    this.learn(roomId, { ...this.settings, told: true });
    byId(matchMedia("(pointer: coarse)").matches ? "room-name" : "composer-text").focus({ preventScroll: true });
  }
}
