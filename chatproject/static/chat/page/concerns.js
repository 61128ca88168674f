/** For managers: that somebody in a room may need help, who it is, and what was done. */

import { dialogOf } from "./dialog.js";
import { byId, make } from "./dom.js";
import { announce, notify, oneAtATime, orNotify, toast } from "./notices.js";
import { dateTimeOf, t, tn } from "./texts.js";

export class Concerns {
  #client;
  #rooms;
  #openRoomId;
  #onGo;
  #dialog = dialogOf("concerns-dialog");
  #list = byId("concerns-list");
  #duty = byId("concerns-duty");
  #listedId = null; // the room whose list is shown
  #heard = new Set(); // concern ids

  /** `openRoomId()`: null where none is; `onGo(roomId, seq)`: show that message. */
  constructor(client, { rooms, openRoomId, onGo }) {
    this.#client = client;
    this.#rooms = rooms;
    this.#openRoomId = openRoomId;
    this.#onGo = onGo;
    client.on("concern", (concern) => this.#hear(concern));
    client.on("rules", ({ room }) => room.roomId === openRoomId() && this.refresh());
    for (const id of ["concerns-open", "about-concerns"]) byId(id).addEventListener("click", () => this.open(openRoomId()));
    this.#duty.addEventListener("change", () => this.#setDuty());
  }

  /** Another room is open, or this member is something else there. */
  async refresh() {
    const roomId = this.#openRoomId();
    const isManager = roomId !== null && this.#isManager(roomId);
    byId("about-concerns").hidden = !isManager;
    if (!isManager) return void (byId("concerns-offer").hidden = true);
    const answer = await this.#client.care.concernsOf(roomId, { state: "open" }).catch(() => null);
    if (answer === null || roomId !== this.#openRoomId()) return;
    const { length: count } = answer.concerns;
    byId("concerns-offer").hidden = count === 0;
    byId("concerns-text").textContent = tn("%(count)s person may need help", "%(count)s people may need help", { count });
  }

  #isManager(roomId) {
    return this.#client.room(roomId).rules?.isManager ?? false;
  }

  #hear({ concernId, roomId, seq, source }) {
    if (!this.#heard.has(concernId)) {
      this.#heard.add(concernId);
      const text = source === "failure" ? t("Messages in this room could not be looked at. Please look yourself.") : t("Somebody may need help. Please look at what was said.");
      const title = this.#rooms.nameOf(roomId);
      announce(`${title}: ${text}`);
      const onPress = () => (seq === null ? this.open(roomId) : this.#onGo(roomId, seq));
      toast({ key: `concern ${concernId}`, kind: "concern", roomId, seq, title, why: "", text, onPress });
    }
    if (roomId === this.#openRoomId()) this.refresh();
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
    const roomId = this.#listedId;
    const answer = await orNotify(() => this.#client.care.concernsOf(roomId));
    if (answer === undefined || roomId !== this.#listedId) return;
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
      this.#onGo(this.#listedId, seq);
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
    await this.refresh();
    (this.#list.querySelector("button") ?? this.#duty).focus();
  }

  async #setDuty() {
    const onDuty = this.#duty.checked;
    const isSet = await orNotify(() => this.#client.care.setDuty(this.#listedId, onDuty).then(() => true));
    if (isSet) notify(onDuty ? t("You are told when somebody may need help.") : t("Others on duty are told. Where nobody is, you are."));
    else this.#duty.checked = !onDuty;
  }
}
