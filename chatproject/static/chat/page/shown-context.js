/** What the timeline shows of a message beside what it says itself: by who looks, and what they may do. */

import { isGone } from "./gone.js";
import { mentionedIn } from "./mention-marks.js";
import { orNotify } from "./notices.js";
import { isFor } from "./notify-rules.js";

export class ShownContext {
  #client;
  #view;
  #place;

  /** `view` is the room view, of which `room`, `acts`, `assistant`, `blocked`, `files` and `names` are asked; `place()`: what I am in it. */
  constructor(client, view, place) {
    [this.#client, this.#view, this.#place] = [client, view, place];
  }

  /** Of the open room, as it is now. */
  context() {
    const me = this.#client.me?.memberId ?? null;
    const { isGroup, standing } = this.#place();
    const { room, assistant } = this.#view;
    return {
      me,
      shownOf: (item, quote) => this.#shownOf(item, quote, me),
      forRun: (run) => ({
        assistantName: assistant.name,
        mayStop: run.askedBy === me || standing.isManager || !isGroup,
        stop: () => orNotify(() => room.stop(run.runId)),
      }),
    };
  }

  /** JSON, for a message is drawn anew when this changes. */
  #shownOf({ message }, quote, me) {
    const { acts, blocked, files, room } = this.#view;
    const ofActs = acts.shownOf(message);
    return {
      isFolded: blocked.folds(message),
      isWhole: acts.isWhole(message),
      isQuoteFolded: Boolean(quote && blocked.folds(quote)),
      unread: room.unreadOf(message),
      mentioned: this.mentionedIn(message),
      callsMe: !isGone(message) && !this.#client.blocked.has(message.senderId) && isFor(message, me),
      role: room.rules.roleOf(message.senderId) ?? undefined,
      addresses: files.pictures.of(ofActs.uncovered ?? message),
      ...ofActs,
    };
  }

  /** Whom it mentions, by name. */
  mentionedIn(message) {
    const { names, room } = this.#view;
    const me = this.#client.me?.memberId ?? null;
    return mentionedIn(message, { me, nameOf: (memberId) => names.of(room, memberId) });
  }
}
