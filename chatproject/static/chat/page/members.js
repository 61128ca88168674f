/** Who is in the open room: all of them page by page, found by how a name begins, each with the way to their card. */

import { dialogOf } from "./dialog.js";
import { avatar, byId, hiddenText, icon, make } from "./dom.js";
import { oneAtATime, orNotify } from "./notices.js";
import { roleBadge } from "./roles.js";
import { language, failureOf, t, tn } from "./texts.js";

const PAGE = 300; // members of one request
const TYPING_MS = 150; // nobody is asked for at each key

const { compare } = new Intl.Collator(language);

export class Members {
  #dialog = dialogOf("members-dialog");
  #list = byId("members-list");
  #more = byId("members-more");
  #prefix = byId("members-prefix");
  #roomId = null;
  #asked = null; // stands for what was asked last: earlier answers are dropped
  #next = null;
  #timer = null;
  #online;
  #inView = new Set(); // the numbers of those who are seen now
  #look = new IntersectionObserver((entries) => this.#see(entries));

  /** `onPick(member)`: somebody was chosen; `onEnter(roomId, { quietly })`: the private room of two. */
  constructor(client, { online, onPick, onEnter }) {
    [this.client, this.#online, this.onPick, this.onEnter] = [client, online, onPick, onEnter];
    online.onChange((memberIds) => this.#showOnline(memberIds));
    this.#dialog.addEventListener("close", () => this.#forget());
    this.#prefix.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#begin(), TYPING_MS);
    });
    byId("members-form").addEventListener("submit", (event) => event.preventDefault());
    this.#more.addEventListener("click", () => this.#load());
    new IntersectionObserver(([entry]) => entry.isIntersecting && this.#load()).observe(this.#more);
  }

  /** `isHandingOver`: one looks for who is to own the room. */
  open(roomId, { isHandingOver = false } = {}) {
    this.#roomId = roomId;
    byId("members-hint").hidden = !isHandingOver;
    this.#prefix.value = "";
    this.#forget();
    this.#list.replaceChildren();
    byId("members-count").textContent = "";
    this.#dialog.showModal();
    this.#begin();
  }

  #begin() {
    this.#asked = null;
    this.#next = null;
    this.#load();
  }

  async #load() {
    if (this.#asked) return; // it is on its way
    const asked = (this.#asked = { prefix: this.#prefix.value.trim(), after: this.#next });
    const query = { limit: PAGE, prefix: asked.prefix || undefined, after: asked.after };
    const page = await this.client.members(this.#roomId, query).catch((error) => error);
    if (this.#asked !== asked) return; // something else was asked for meanwhile
    this.#asked = null;
    if (page instanceof Error) return void (byId("members-count").textContent = failureOf(page));
    this.#show(page, asked);
  }

  #show({ members, memberCount, next }, { prefix, after }) {
    const me = this.client.me.memberId;
    if (after === null && next === null) members.sort((one, other) => rank(one, me) - rank(other, me) || compare(one.nickName, other.nickName));
    const rows = members.map((member) => this.#row(member, member.memberId === me));
    if (after === null) this.#forget();
    if (after === null) this.#list.replaceChildren(...rows);
    else this.#list.append(...rows);
    for (const row of rows) this.#look.observe(row);
    this.#showOnline(members.map(({ memberId }) => memberId));
    this.#next = next;
    this.#more.hidden = next === null;
    byId("members-count").textContent =
      prefix && after === null && members.length === 0
        ? t("Nobody here is called so.")
        : tn("%(count)s member", "%(count)s members", { count: memberCount });
  }

  #row(member, isMe) {
    const me = isMe ? make("span", { className: "role", textContent: t("me") }) : null;
    const parts = [
      avatar(member.nickName, member.memberId),
      make("span", { className: "member-name", textContent: member.nickName }),
      me,
      roleBadge(member.role),
      make("span", { className: "member-seen" }),
    ];
    const row = { "data-member": String(member.memberId) };
    if (isMe && member.role === "member") return make("li", row, make("span", { className: "member" }, ...parts));
    const button = make("button", { type: "button", className: "member", onclick: () => this.onPick(member) }, ...parts);
    return make("li", row, button, isMe ? null : this.#chatButton(member));
  }

  #chatButton({ memberId, nickName }) {
    const words = t("Chat privately with %(name)s", { name: nickName });
    const open = oneAtATime(() => this.#chat(memberId));
    return make("button", { type: "button", className: "icon-button", title: words, onclick: open }, icon("chat"), hiddenText(words));
  }

  async #chat(memberId) {
    const asked = this.#roomId;
    const roomId = await orNotify(() => this.client.openPrivateRoom(memberId));
    if (roomId === undefined) return;
    const quietly = !this.#dialog.open || this.#roomId !== asked;
    if (!quietly) this.#dialog.close();
    this.onEnter(roomId, { quietly });
  }

  // --- who of them is online

  #see(entries) {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting && target.isConnected) this.#inView.add(Number(target.dataset.member));
      else this.#inView.delete(Number(target.dataset.member));
    }
    this.#online.watch("members", this.#inView);
  }

  #forget() {
    this.#look.disconnect();
    this.#inView.clear();
    this.#online.watch("members", []);
  }

  #showOnline(memberIds) {
    if (!this.#dialog.open) return;
    for (const memberId of memberIds) {
      const row = this.#list.querySelector(`[data-member="${memberId}"]`);
      row?.querySelector(".avatar").classList.toggle("online", this.#online.is(memberId));
      row?.querySelector(".member-seen").replaceChildren(this.#online.words(memberId));
    }
  }
}

const ROLES = ["owner", "manager", "member"];
const rank = ({ memberId, role }, me) => (memberId === me ? 0 : 1 + ROLES.indexOf(role));
