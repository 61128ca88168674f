/** What stands at an address where no room is open, why it is not open, and the way in where there is one. */

import { byId, make } from "./dom.js";
import { JoinClosed } from "./join-closed.js";
import { oneAtATime, orNotify } from "./notices.js";
import { deletedWords, roomLines, roomMark } from "./room-card.js";
import { failureOf, t } from "./texts.js";

const GONE = 410; // staff deleted it

export class Door {
  #client;
  #onEnter;
  #closed;
  #stands = null; // for whom or what one stands here: answers for an earlier one are dropped

  /** `onEnter(roomId)`: this member is in there by now. */
  constructor(client, { onEnter }) {
    [this.#client, this.#onEnter] = [client, onEnter];
    this.#closed = new JoinClosed(client);
  }

  leave() {
    this.#stands = null;
  }

  /** As Doorstep's `stand`, where something may be there. */
  open(place, words) {
    const stands = (this.#stands = {});
    this.#draw({ title: t("One moment…") });
    if (place.kind === "nowhere") this.#say(t("There is nothing at this address"), t("It may be cut off. Please look at it again."));
    else this.#knock(stands, place, words);
    byId("doorstep-title").focus({ preventScroll: true });
  }

  async #knock(stands, place, words) {
    const look = () => (place.kind === "invite" ? this.#client.invitation(place.code) : this.#client.roomCard(place.roomId));
    const { card, error } = await look().then((found) => ({ card: found }), (failure) => ({ error: failure }));
    if (this.#stands !== stands) return;
    if (error) this.#refuse(place, error, words, () => this.open(place, words));
    else if (card.isMine && place.kind === "invite") this.#onEnter(card.roomId);
    else this.#invite(card, place, words);
  }

  #invite(card, { code }, words) {
    const onJoined = () => this.#onEnter(card.roomId);
    const isOpen = code !== undefined || !card.joining;
    const join = oneAtATime(() => this.#join(card.roomId, code));
    const way = isOpen ? make("button", { type: "button", className: "button", textContent: t("Join"), onclick: join }) : this.#closed.form(card, onJoined);
    const title = words?.title ?? (code === undefined ? t("You are not in this room yet") : t("You are invited"));
    this.#draw({ title, text: words?.text, card, way });
  }

  async #join(roomId, invite) {
    const joined = await orNotify(() => this.#client.joinRoom(roomId, { invite }));
    if (joined !== undefined) this.#onEnter(roomId);
  }

  #refuse(place, error, words, again) {
    const isThere = error.status !== 404 && error.status !== GONE;
    if (isThere) {
      const way = make("button", { type: "button", className: "button", textContent: t("Load again"), onclick: again });
      this.#draw({ title: t("This did not work just now"), text: failureOf(error), way });
    } else if (words !== null) this.#draw(words);
    else if (error.status === GONE) this.#draw(deletedWords(error));
    else if (place.kind === "invite") this.#say(t("This invitation has ended"), t("Ask whoever sent it for a new link."));
    else this.#say(t("You cannot come in here"), t("There is no such room, or only those in it can see it."));
  }

  #say(title, text) {
    this.#draw({ title, text });
  }

  #draw({ title, text = "", card = null, way = null }) {
    byId("doorstep-title").textContent = title;
    byId("doorstep-text").textContent = text;
    byId("doorstep-room").replaceChildren(...(card === null ? [] : [roomMark(card), roomLines(card)]));
    byId("doorstep-way").replaceChildren(...(way === null ? [] : [way]));
  }
}
