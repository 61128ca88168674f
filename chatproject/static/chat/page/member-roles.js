/** In a member's card: what they are in the open room, and, for who may, making them something else. */

import { byId } from "./dom.js";
import { notify, oneAtATime, orNotify } from "./notices.js";
import { roleBadge } from "./roles.js";
import { t } from "./texts.js";

export class MemberRoles {
  #buttons = { manager: byId("member-make-manager"), member: byId("member-unmake-manager"), owner: byId("member-hand-over") };
  #confirmation = byId("member-hand-over-sure");
  #room = null;
  #member = null; // whom it is about, anew each time it is opened

  /** `place()`: what I am in the open room; `onDone()`. */
  constructor({ place, onDone }) {
    this.place = place;
    this.onDone = onDone;
    for (const role of ["manager", "member"]) this.#buttons[role].addEventListener("click", oneAtATime(() => this.#set(role)));
    this.#buttons.owner.addEventListener("click", () => {
      this.#confirmation.hidden = false;
      byId("member-hand-over-yes").focus();
    });
    byId("member-hand-over-yes").addEventListener("click", oneAtATime(() => this.#set("owner")));
  }

  /** `room` is the client's open room, `isSelf`: it is my own card. */
  show(room, member, { isSelf }) {
    [this.#room, this.#member] = [room, member];
    const { isGroup, standing } = this.place();
    const role = isGroup && room ? room.rules.roleOf(member.memberId) : "member";
    const badge = roleBadge(role);
    byId("member-role").replaceChildren(...(badge ? [badge] : []));
    const maySet = isGroup && standing.isOwner && !isSelf;
    this.#buttons.manager.hidden = !maySet || role !== "member";
    this.#buttons.member.hidden = !(maySet || (isSelf && standing.isManager)) || role !== "manager";
    this.#buttons.owner.hidden = !maySet || role === "owner";
    this.#confirmation.hidden = true;
  }

  async #set(role) {
    const [room, member] = [this.#room, this.#member];
    const isDone = await orNotify(() => room.setRole(member.memberId, role).then(() => true));
    if (!isDone) return;
    notify(said(role, member.nickName));
    if (this.#member === member) this.onDone();
  }
}

function said(role, name) {
  if (role === "owner") return t("The room is %(name)s's now.", { name });
  return role === "manager" ? t("%(name)s manages the room now.", { name }) : t("%(name)s is a member again.", { name });
}
