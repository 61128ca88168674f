/** For managers: what holds in the open room, on whom, and the end of it. */

import { make } from "./dom.js";
import { notify, oneAtATime, orNotify } from "./notices.js";
import { PagedList } from "./paged-list.js";
import { byWhom, endOf, nameOfAct } from "./sanction-words.js";
import { dateTimeOf, t } from "./texts.js";

const PAGE = 50;

export class RoomSanctions {
  #client;
  #paged = new PagedList("room-sanctions", (before) => this.#read(before));
  #roomId = null;

  constructor(client) {
    this.#client = client;
  }

  open(roomId) {
    this.#roomId = roomId;
    this.#paged.open();
  }

  async #read(before) {
    const { sanctions, next } = await this.#client.sanctions.inRoom(this.#roomId, { before, limit: PAGE });
    return { items: sanctions.map((sanction) => this.#entry(sanction)), next };
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
