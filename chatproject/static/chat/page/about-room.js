/** About the open room: what it is, what it is to this member, and the ways to all there is of it. */

import { dialogOf } from "./dialog.js";
import { byId, linked } from "./dom.js";
import { later } from "./later.js";
import { orNotify } from "./notices.js";
import { RoomMine } from "./room-mine.js";
import { t, tn } from "./texts.js";

export class AboutRoom {
  #client;
  #dialog = dialogOf("about-dialog");
  #level = byId("level-form");
  #opened = null; // { room, known, name, standing }, an object of its own each time it is opened

  /**
   * `assistant`: what it is here. `onLeave({ room, known, name, standing })`, `onMembers({ isHandingOver })`, `onMine({ isLeft })`
   * of room-mine.js, `onSettings(roomId, settings)` of the assistant, when it was changed here.
   */
  constructor(client, { assistant, onLeave, onMembers, onMine, onSettings }) {
    this.#client = client;
    this.mine = new RoomMine({
      onChange: ({ isLeft }) => {
        if (isLeft) this.#dialog.close();
        onMine({ isLeft });
      },
    });
    this.assistant = later(({ AssistantSettings }) => new AssistantSettings(client, { onSettings }));
    this.#level.addEventListener("change", ({ target }) => this.#setLevel(target.value));
    this.invites = later(({ Invites }) => new Invites());
    this.info = later(({ RoomInfo }) => new RoomInfo());
    const ways = {
      "about-info": () => this.info.open(this.#opened.room, this.#opened.standing),
      "about-invite": () => this.invites.open(this.#opened.room, this.#opened.name),
      leave: () => onLeave(this.#opened),
      "about-members": () => onMembers({ isHandingOver: false }),
      "about-hand-over": () => onMembers({ isHandingOver: true }),
      "about-assistant": () => {
        this.assistant.open(this.#opened.room.roomId, () => assistant.settings);
        if (!assistant.settings.isKnown) assistant.load(); // on their way, or lost
      },
    };
    for (const [id, go] of Object.entries(ways)) {
      byId(id).addEventListener("click", () => {
        this.#dialog.close();
        go();
      });
    }
  }

  /** For the client's `room`; `known` is what the list has of it, `name` what it is called, `standing` what one may do there. */
  open(opened) {
    this.#opened = opened;
    const { known, name, standing } = opened;
    byId("about-title").textContent = name;
    byId("leave").hidden = !known.isGroupChat;
    byId("about-members").hidden = !known.isGroupChat;
    byId("about-invite").hidden = !known.isGroupChat || !(standing.isManager || opened.room.rules.joining === "open");
    byId("about-info").hidden = !(known.isGroupChat && standing.isManager);
    byId("about-hand-over").hidden = !(known.isGroupChat && standing.isOwner);
    byId("about-assistant").hidden = this.#client.assistant === false;
    this.#level.elements.level.value = known.notify;
    this.mine.open(opened.room, known);
    this.#showFacts({});
    this.#dialog.showModal();
    this.#loadFacts();
  }

  async #loadFacts() {
    const opened = this.#opened;
    const card = await opened.room.loadRules().catch(() => ({})); // what is not known is not said
    if (this.#opened === opened) this.#showFacts(card);
  }

  #showFacts({ memberCount, description = "" }) {
    const { isGroupChat } = this.#opened.known;
    const count = isGroupChat && memberCount !== undefined ? tn("%(count)s member", "%(count)s members", { count: memberCount }) : null;
    byId("about-facts").textContent = [isGroupChat ? t("Group room") : t("Private chat"), count].filter(Boolean).join(" · ");
    byId("about-description").replaceChildren(...linked(description));
  }

  async #setLevel(level) {
    const opened = this.#opened;
    const { roomId } = opened.room;
    const saved = await orNotify(() => this.#client.setRoomNotifications(roomId, level).then(() => true));
    if (!saved && this.#opened === opened) this.#level.elements.level.value = opened.known.notify;
  }
}
