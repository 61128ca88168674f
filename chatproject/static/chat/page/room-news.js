/** What is heard of the open room while it is open: shown by the timeline, and said where it is of use. */

import { wordsOf } from "./file-words.js";
import { isGone } from "./gone.js";
import { announce, notify, orNotify, unsay } from "./notices.js";
import { speakerOf } from "./speaker.js";
import { failureOf, t } from "./texts.js";

export class RoomNews {
  #client;
  #view;

  /** `view` is the room view, whose `room` it is about. */
  constructor(client, view) {
    [this.#client, this.#view] = [client, view];
    this.#hearMessages();
    this.#hearRoom();
  }

  #on(names, handle) {
    for (const name of names) this.#client.on(name, (event) => event.room === this.#view.room && handle(event));
  }

  #hearMessages() {
    const { timeline, reading, unsent } = this.#view;
    this.#on(["message", "beyond"], ({ message }) => this.#came(message));
    this.#on(["change", "older"], ({ message }) => timeline.hear(message));
    this.#on(["change"], ({ message }) => unsent.hear(message));
    for (const name of ["change", "older"]) this.#client.on(name, ({ message }) => (isGone(message) || message.editedAt !== null) && unsay(message));
    this.#on(["places", "trim", "assistant"], () => timeline.refresh());
    this.#on(["reset"], () => timeline.reset({ unreadAfter: reading.begin() }));
    this.#client.on("state", () => timeline.refresh()); // it does not wait for the history without a connection
  }

  #hearRoom() {
    this.#on(["room"], () => this.#view.showHead());
    this.#client.on("inbox", ({ room }) => room?.roomId === this.#view.roomId && this.#view.showHead()); // its level, say
    this.#on(["rules"], () => this.#view.hearRules());
    this.#on(["assistant"], ({ run }) => this.#ran(run));
    this.#on(["joined"], ({ nickName }) => this.#note(t("%(name)s came in.", { name: nickName })));
    this.#on(["left"], ({ nickName }) => this.#note(t("%(name)s left.", { name: nickName })));
    this.#on(["error"], ({ error }) => notify(failureOf(error)));
  }

  #came(message) {
    const { room, timeline, reading, blocked } = this.#view;
    const isOwn = message.senderId === this.#client.me?.memberId;
    timeline.refresh();
    if (isOwn && message.seq === null) orNotify(() => timeline.toNewest());
    if (isOwn || message.seq !== room.lastSeq) return;
    reading.came();
    if (blocked.folds(message)) return;
    announce(`${speakerOf(message)}: ${wordsOf(message)}`, message);
  }

  #note(text) {
    this.#view.timeline.note(text);
    announce(text);
  }

  #ran(run) {
    const { name } = this.#view.assistant;
    if (run.state === "thinking") announce(t("%(name)s is thinking…", { name }));
    if (run.state === "failed") notify(t("%(name)s could not answer this time. Please ask again.", { name }));
    if (run.state === "blocked") notify(t("%(name)s may not answer that.", { name }));
  }
}
