/** For managers: who may need help in a room, and what was done. */

import { dialogOf } from "./dialog.js";
import { byId, make } from "./dom.js";
import { notify, oneAtATime, orNotify } from "./notices.js";
import { dateTimeOf, t } from "./texts.js";

export class ConcernsList {
  #client;
  #dialog = dialogOf("concerns-dialog");
  #list = byId("concerns-list");
  #duty = byId("concerns-duty");
  #listedId = null; // the room whose list is shown
  #asked = null; // stands for what was asked last: earlier answers are dropped

  /** `onGo(roomId, seq)`: show that message; `onSet()`: somebody is looked after now, or was. */
  constructor(client, { onGo, onSet }) {
    this.#client = client;
    [this.onGo, this.onSet] = [onGo, onSet];
    this.#duty.addEventListener("change", () => this.#setDuty());
  }

  /** Something changed in that room. */
  hear(roomId) {
    if (this.#dialog.open && roomId === this.#listedId) this.#load();
  }

  open(roomId) {
    document.querySelector("#about-dialog[open]")?.close();
    this.#listedId = roomId;
    this.#list.replaceChildren();
    this.#duty.checked = this.#client.room(roomId).rules?.onDuty ?? true;
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#load();
  }

  async #load() {
    const asked = (this.#asked = {});
    const answer = await orNotify(() => this.#client.care.concernsOf(this.#listedId));
    if (answer === undefined || this.#asked !== asked) return;
    const rows = answer.concerns.map((concern) => this.#row(concern));
    this.#list.replaceChildren(...(rows.length > 0 ? rows : [make("li", { className: "hint", textContent: t("Nobody is waiting for you here.") })]));
  }

  #row(concern) {
    const { nickName, seq, source, raisedAt, state, note } = concern;
    const words = { words: t("Noticed in a message"), report: t("Reported by a member"), assistant: t("Noticed by the assistant"), failure: t("Could not be looked at") }[source];
    const field = make("input", { type: "text", maxLength: 500, value: note, "aria-label": t("What was done") });
    const set = (wanted) => oneAtATime(() => this.#set(concern, wanted, field.value.trim()));
    const jump = () => {
      this.#dialog.close();
      this.onGo(this.#listedId, seq);
    };
    const button = (textContent, onclick) => make("button", { type: "button", className: "chip", textContent, onclick });
    const tools = [
      seq === null ? null : button(t("Go to the message"), jump),
      state === "open" ? button(t("I am looking after it"), set("seen")) : null,
      button(t("Done"), set("closed")),
    ];
    return make(
      "li",
      { className: "concern" },
      make("strong", { textContent: nickName ?? t("Somebody") }),
      make("span", { textContent: `${words} · ${dateTimeOf(raisedAt)}` }),
      field,
      make("span", { className: "tools" }, ...tools),
    );
  }

  async #set({ concernId }, state, note) {
    await orNotify(() => this.#client.care.lookAfter(this.#listedId, concernId, { state, note }));
    await this.#load();
    await this.onSet();
    (this.#list.querySelector("button") ?? this.#duty).focus();
  }

  async #setDuty() {
    const onDuty = this.#duty.checked;
    const isSet = await orNotify(() => this.#client.care.setDuty(this.#listedId, onDuty).then(() => true));
    if (isSet) notify(onDuty ? t("You are told when somebody may need help.") : t("Others on duty are told. Where nobody is, you are."));
    else this.#duty.checked = !onDuty;
  }
}
