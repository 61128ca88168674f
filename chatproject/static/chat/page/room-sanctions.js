/** For managers: what holds in the open room, on whom, and the end of it. */

import { dialogOf } from "./dialog.js";
import { byId, make } from "./dom.js";
import { notify, oneAtATime, orNotify } from "./notices.js";
import { byWhom, endOf, nameOfAct } from "./sanction-words.js";
import { dateTimeOf, t } from "./texts.js";

const PAGE = 50;

export class RoomSanctions {
  #client;
  #dialog = dialogOf("room-sanctions-dialog");
  #list = byId("room-sanctions-list");
  #more = byId("room-sanctions-more");
  #roomId = null;
  #next = null;
  #opening = 0;

  constructor(client) {
    this.#client = client;
    this.#more.addEventListener("click", oneAtATime(() => this.#load()));
  }

  open(roomId) {
    this.#roomId = roomId;
    this.#opening += 1;
    this.#next = null;
    this.#list.replaceChildren();
    this.#more.hidden = byId("room-sanctions-none").hidden = true;
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#load();
  }

  async #load() {
    const opening = this.#opening;
    const query = { before: this.#next ?? undefined, limit: PAGE };
    const page = await orNotify(() => this.#client.sanctions.inRoom(this.#roomId, query));
    if (opening !== this.#opening || page === undefined) return;
    this.#next = page.next;
    this.#list.append(...page.sanctions.map((sanction) => this.#entry(sanction)));
    this.#more.hidden = page.next === null;
    byId("room-sanctions-none").hidden = this.#list.childElementCount > 0;
  }

  #entry(sanction) {
    const { act, member, imposedBy, reason, since } = sanction;
    const who = imposedBy === null ? byWhom(sanction) : imposedBy.nickName;
    const lift = make("button", { type: "button", className: "button quiet", onclick: oneAtATime(() => this.#lift(sanction)) }, t("Lift"));
    return make(
      "li",
      { className: "sanction" },
      make("p", { className: "sanction-head" }, make("strong", { textContent: member?.nickName ?? "-" }), make("span", { className: "role", textContent: nameOfAct(act) }), act === "measure" ? null : lift),
      make("small", { textContent: [dateTimeOf(since), endOf(sanction), who].filter(Boolean).join(" · ") }),
      reason === "" ? null : make("p", { textContent: reason }),
    );
  }

  async #lift({ act, member, seq }) {
    const { sanctions } = this.#client;
    const work = () => (act === "hide" ? this.#client.room(this.#roomId).unhide({ seq }) : sanctions.lift(this.#roomId, member.memberId, act));
    if (!(await orNotify(() => work().then(() => true)))) return;
    notify(t("Lifted."));
    this.open(this.#roomId);
  }
}
