/** How a room is kept, for its managers: slow mode, read-only, how one comes in; and who asks to. */

import { copyAloud } from "./clipboard.js";
import { dialogOf } from "./dialog.js";
import { avatar, byId, make } from "./dom.js";
import { notify, oneAtATime, orNotify } from "./notices.js";
import { dateTimeOf, t } from "./texts.js";

export class RoomSettings {
  #dialog = dialogOf("room-settings-dialog");
  #form = byId("room-settings-form");
  #requests = byId("join-requests");
  #room = null; // the client's, of this opening
  #asked = null; // stands for what was asked last of the requests: earlier answers are dropped

  constructor(client) {
    this.client = client;
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#form.addEventListener("change", ({ target }) => this.#save(target));
    byId("join-code-copy").addEventListener("click", () => copyAloud(byId("join-code").textContent));
    byId("join-code-new").addEventListener("click", oneAtATime(() => this.#renewCode()));
    client.on("rules", ({ room }) => room === this.#room && this.#dialog.open && this.#show(room.rules));
    client.on("waiting", ({ room }) => room === this.#room && this.#dialog.open && this.#loadRequests(room));
  }

  async open(room) {
    this.#room = room;
    this.#requests.replaceChildren();
    byId("join-requests-section").hidden = true;
    byId("join-code-section").hidden = true;
    this.#show(room.rules);
    this.#dialog.showModal();
    this.#loadRequests(room);
    await this.#loadCode(room);
  }

  #show({ slowSeconds, readOnly, joining }) {
    const { elements } = this.#form;
    const { slow } = elements;
    if (![...slow.options].some(({ value }) => Number(value) === slowSeconds)) {
      slow.add(make("option", { value: String(slowSeconds), textContent: t("%(count)s seconds", { count: slowSeconds }) }));
    }
    slow.value = String(slowSeconds);
    elements.readOnly.checked = readOnly;
    elements.joining.value = joining;
    if (joining !== "code") byId("join-code-section").hidden = true;
    if (joining === "approval") byId("join-requests-section").hidden = false;
  }

  async #save({ name, value, checked }) {
    const room = this.#room;
    const wanted = { slow: { slowSeconds: Number(value) }, readOnly: { readOnly: checked }, joining: { joining: value } }[name];
    const isSaved = await orNotify(() => room.setRules(wanted).then(() => true));
    if (this.#room !== room) return;
    if (!isSaved) this.#show(room.rules);
    else if (wanted.joining === "code") await this.#loadCode(room);
  }

  // --- the code

  async #loadCode(room) {
    const shown = await orNotify(() => room.loadRules());
    if (shown !== undefined && this.#room === room) this.#showCode(room.rules.joining === "code" ? shown.joinCode : undefined);
  }

  async #renewCode() {
    const room = this.#room;
    const code = await orNotify(() => this.client.newJoinCode(room.roomId));
    if (code === undefined || this.#room !== room) return;
    this.#showCode(code);
    notify(t("The code before this one opens nothing any more."));
  }

  #showCode(code) {
    byId("join-code-section").hidden = code === undefined;
    byId("join-code").textContent = code ?? "";
  }

  // --- who asks

  async #loadRequests(room) {
    const asked = (this.#asked = {});
    const requests = await orNotify(() => this.client.joinRequests(room.roomId));
    if (requests === undefined || this.#asked !== asked) return;
    byId("join-requests-section").hidden = requests.length === 0 && room.rules.joining !== "approval";
    byId("join-requests-none").hidden = requests.length > 0;
    this.#requests.replaceChildren(...requests.map((request) => this.#row(room, request)));
  }

  #row(room, { memberId, nickName, words, madeAt }) {
    const decide = (admit) => oneAtATime(() => this.#decide(room, memberId, admit));
    const said = make("span", {}, make("strong", { textContent: nickName }), make("small", { textContent: [dateTimeOf(madeAt), words].filter(Boolean).join(" · ") }));
    const admit = make("button", { type: "button", className: "button", textContent: t("Let in"), "aria-label": t("Let in %(name)s", { name: nickName }), onclick: decide(true) });
    const refuse = make("button", { type: "button", className: "button quiet", textContent: t("Turn away"), "aria-label": t("Turn away %(name)s", { name: nickName }), onclick: decide(false) });
    return make("li", {}, avatar(nickName, memberId), said, admit, refuse);
  }

  async #decide(room, memberId, admit) {
    await orNotify(() => this.client.decideJoinRequest(room.roomId, memberId, { admit }));
    if (this.#room === room) await this.#loadRequests(room); // another manager may have been first
  }
}
