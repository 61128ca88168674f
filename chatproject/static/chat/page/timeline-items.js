/**
 * What the timeline shows, in order: days, where the unread begin, messages in groups, what happened beside them, answers
 * on their way. Pure.
 */

const GROUP_MS = 5 * 60_000;

const dayKey = (iso) => new Date(iso).toDateString();
const minuteOf = (iso) => Math.floor(new Date(iso) / 60_000);

function continues(message, previous) {
  return (
    previous !== null &&
    previous.senderId === message.senderId &&
    previous.kind === message.kind &&
    message.replyTo === null &&
    dayKey(previous.createdAt) === dayKey(message.createdAt) &&
    new Date(message.createdAt) - new Date(previous.createdAt) < GROUP_MS
  );
}

/**
 * `messages` and `pending` as the client keeps them, `notes` with the seq that they come `after`, `runs` on their way,
 * `unreadAfter` the seq after which the unread begin (null: nothing is unread), `me` the member's id. `isCut`: what was
 * said before is gone.
 */
export function timelineItems({ messages, notes = [], pending, runs, unreadAfter, me, isCut = false }) {
  const items = isCut ? [{ kind: "cut", key: "cut" }] : [];
  const due = notes.filter(({ after }) => after >= (messages[0]?.seq ?? 1) - 1);
  const addNotes = (seq) => {
    const { length } = items;
    while (due[0]?.after < seq) items.push({ kind: "note", ...due.shift() });
    return items.length > length;
  };
  let previous = null;
  let marked = unreadAfter === null;
  for (const message of [...messages, ...pending]) {
    const isNoted = addNotes(message.seq ?? Infinity);
    const startsDay = previous === null || dayKey(previous.createdAt) !== dayKey(message.createdAt);
    if (startsDay) items.push({ kind: "day", key: `day ${dayKey(message.createdAt)}`, at: message.createdAt });
    const startsUnread = !marked && message.seq !== null && message.seq > unreadAfter && message.senderId !== me;
    if (startsUnread) {
      marked = true;
      items.push({ kind: "unread", key: "unread" });
    }
    const startsGroup = startsUnread || isNoted || !continues(message, previous);
    const before = items.at(-1);
    if (!startsGroup && before?.kind === "message") {
      before.endsGroup = false;
      before.endsMinute = minuteOf(before.message.createdAt) !== minuteOf(message.createdAt);
    }
    items.push({
      kind: "message",
      key: message,
      message,
      isOwn: me !== null && message.senderId === me,
      startsGroup,
      endsGroup: true,
      endsMinute: true,
    });
    previous = message;
  }
  addNotes(Infinity);
  for (const run of runs) items.push({ kind: "run", key: `run ${run.runId}`, run });
  return items;
}
