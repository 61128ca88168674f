/** What the address says is shown: the open room, the doorstep of one that is not open, or a word where there is none. */

import { addressOfRoom, placeIn } from "./addresses.js";
import { closeDialogs } from "./dialog.js";
import { byId } from "./dom.js";
import { deletedWords } from "./room-card.js";
import { t } from "./texts.js";

const NOT_IN = ["E-AU002", "E-R001", "E-R006"]; // a stranger, no such room, a deleted one

export class Screens {
  #rooms;
  #view;
  #doorstep;
  #onMove;
  #isBegun = false; // who this is is known
  #shown = null; // the address of what is shown
  #refused = null; // the room that the server does not let in, whatever the list says

  /** `onMove()`: something else is shown. */
  constructor(client, { rooms, view, doorstep, onMove }) {
    [this.#rooms, this.#view, this.#doorstep, this.#onMove] = [rooms, view, doorstep, onMove];
    client.on("room", ({ room }) => room.roomId === view.roomId && NOT_IN.includes(room.error?.code) && this.#turnAway(room.roomId));
    window.addEventListener("hashchange", () => this.follow());
  }

  /** Have the room of the address asked for, before it may be shown. */
  fetch() {
    const { kind, roomId } = placeIn(location.hash);
    if (!this.#isBegun && kind === "room") this.#view.fetch(roomId);
  }

  begin() {
    this.#isBegun = true;
    byId("room").hidden = false; // there is nothing to do in it before
    this.follow();
  }

  get isBegun() {
    return this.#isBegun;
  }

  follow() {
    if (!this.#isBegun) return;
    const [place, before] = [placeIn(location.hash), this.#view.roomId];
    document.body.dataset.view = place.kind === "rooms" ? "rooms" : "room";
    this.#rooms.mark(place.roomId ?? null);
    if (location.hash === this.#shown) return;
    if (this.#shown !== null) closeDialogs(); // they were about the other one
    this.#shown = location.hash;
    this.#refused = null;
    this.#show(place);
    if (place.kind === "rooms" && before !== null) this.#focusList(before);
  }

  /** At the room from which one came, where it still is one's own. */
  #focusList(roomId) {
    this.#rooms.focus(roomId);
    if (!byId("rooms").contains(document.activeElement)) byId("rooms-title").focus({ preventScroll: true });
  }

  #show(place, words = null) {
    const isOpen = place.kind === "room" && place.roomId !== this.#refused && this.#rooms.mayHave(place.roomId);
    this.#view.open(isOpen ? place.roomId : null);
    if (isOpen) this.#doorstep.leave();
    else this.#doorstep.stand(place, words);
    byId("skip").hidden = !isOpen;
    byId("room").setAttribute("aria-labelledby", isOpen ? "room-name" : place.kind === "rooms" ? "room-none-title" : "doorstep-title");
    this.#onMove();
  }

  /** The list was read anew: one may be in this room by now. */
  lookAgain() {
    const place = placeIn(location.hash);
    if (!this.#isBegun || place.kind !== "room" || this.#view.roomId !== null || this.#refused === place.roomId) return;
    if (this.#rooms.get(place.roomId) !== undefined) this.#show(place);
  }

  #turnAway(roomId, words = null) {
    this.#refused = roomId;
    this.#show({ kind: "room", roomId }, words);
    this.#rooms.load(); // it may say otherwise
  }

  /** This member's place there ended, by somebody else's doing. */
  putOut(roomId, { reason, ...told }) {
    const words = reason === "deleted" ? deletedWords(told) : { title: t("You are not in this room any more") };
    if (this.#view.roomId === roomId) this.#turnAway(roomId, words);
    else this.#rooms.load();
  }

  /** This member is on the way out of that room. */
  turnFrom(roomId) {
    this.#rooms.refresh();
    if (this.#view.roomId === roomId) location.hash = "#/";
  }

  /** And stays after all. */
  turnBack(roomId) {
    this.#rooms.refresh();
    if (placeIn(location.hash).kind === "rooms") this.enter(roomId);
  }

  /** Somebody put this member into that room. */
  letIn(roomId) {
    if (this.#refused === roomId) this.#refused = null;
  }

  /** To this room, which is one's own by now. */
  enter(roomId) {
    this.#refused = null;
    if (location.hash === addressOfRoom(roomId)) this.lookAgain();
    else location.hash = addressOfRoom(roomId);
  }
}
