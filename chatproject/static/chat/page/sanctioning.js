/** What a manager can do to somebody or to a message of the open room, from a member's card and from a message's menu. */

import { closeDialogs } from "./dialog.js";
import { byId } from "./dom.js";
import { later } from "./later.js";
import { OwnSanctions } from "./own-sanctions.js";
import { speakerOf } from "./speaker.js";
import { t } from "./texts.js";

export class Sanctioning {
  #client;
  #place;
  #form;

  /** `place()` tells what I am in the open room, `member()` `{ memberId, nickName }` of the open card. */
  constructor(client, { place, member }) {
    [this.#client, this.#place] = [client, place];
    this.#form = later(({ SanctionForm }) => new SanctionForm(client));
    this.own = new OwnSanctions(client);
    const list = later(({ RoomSanctions }) => new RoomSanctions(client));
    byId("about-sanctions").addEventListener("click", () => {
      closeDialogs();
      list.open(place().roomId);
    });
    for (const act of ["mute", "remove"]) {
      byId(`member-${act}`).addEventListener("click", () => {
        const whom = member();
        closeDialogs();
        this.#open(act, whom);
      });
    }
  }

  /** By the `data-act` of the buttons in a message's menu. */
  acts = {
    hide: (message) => this.#open("hide", { ...authorOf(message), seq: message.seq }),
    mute: (message) => this.#open("mute", authorOf(message)),
    remove: (message) => this.#open("remove", authorOf(message)),
  };

  /** Of a message's menu. */
  entries(message) {
    const { senderId, kind } = message;
    const isReached = kind !== "notice" && this.#reaches(senderId);
    const isSomebody = kind === "member" && senderId !== null;
    return [
      isReached && { act: "hide", label: t("Hide the message"), icon: "hide" },
      isReached && isSomebody && { act: "mute", label: t("Mute the author"), icon: "mute" },
      isReached && isSomebody && { act: "remove", label: t("Remove the author"), icon: "out", isGrave: true },
    ].filter(Boolean);
  }

  /** The card of a member was opened. */
  showCard({ memberId }) {
    byId("member-sanctions").hidden = memberId === null || !this.#reaches(memberId);
  }

  showAbout() {
    byId("about-sanctions").hidden = !this.#place().standing.isManager;
  }

  #reaches(memberId) {
    return memberId !== this.#client.me?.memberId && this.#place().standing.isAbove(memberId);
  }

  #open(act, whom) {
    this.#form.open(act, { roomId: this.#place().roomId, ...whom });
  }
}

const authorOf = (message) => ({ memberId: message.senderId, nickName: speakerOf(message) });
