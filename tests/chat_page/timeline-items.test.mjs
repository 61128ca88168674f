// What the timeline shows, in order.

import assert from "node:assert/strict";
import { test } from "node:test";

import { timelineItems } from "../../chatproject/static/chat/page/timeline-items.js";

const ALICE = 7;
const BOB = 3;

/** Messages of these members, one a minute, from 10 in the morning. */
function talk(...senders) {
  return senders.map((senderId, at) => ({
    seq: at + 1,
    senderId,
    kind: "member",
    replyTo: null,
    createdAt: new Date(2026, 10, 22, 10, at).toISOString(),
  }));
}

function shown({ messages, notes, pending = [], runs = [], unreadAfter = null }) {
  const items = timelineItems({ messages, notes, pending, runs, unreadAfter, me: ALICE });
  return items.map(({ kind, message, startsGroup, endsGroup, isOwn }) =>
    kind === "message" ? `${isOwn ? "own" : "theirs"}${startsGroup ? " starts" : ""}${endsGroup ? " ends" : ""}` : kind,
  );
}

test("messages of one member in a row are a group", () => {
  assert.deepEqual(shown({ messages: talk(BOB, BOB, BOB, ALICE) }), [
    "day",
    "theirs starts",
    "theirs",
    "theirs ends",
    "own starts ends",
  ]);
});

test("who came or went stands after what had been said by then, and parts a group", () => {
  const notes = [0, 1, 1, 3].map((after) => ({ after, text: "…", key: Symbol("note") }));
  const messages = talk(BOB, BOB, BOB);

  assert.deepEqual(shown({ messages, notes }), [
    ...["note", "day", "theirs starts ends", "note", "note", "theirs starts", "theirs ends", "note"],
  ]);
  assert.deepEqual(shown({ messages: messages.slice(2), notes }), ["day", "theirs starts ends", "note"]);
  assert.deepEqual(shown({ messages: [], notes: notes.slice(0, 1) }), ["note"]);
});

test("a pause of five minutes begins a new group", () => {
  const messages = talk(BOB, BOB);
  messages[1].createdAt = new Date(2026, 10, 22, 10, 5).toISOString();

  assert.deepEqual(shown({ messages }), ["day", "theirs starts ends", "theirs starts ends"]);
});

test("a reply begins a new group, so that its author is seen", () => {
  const messages = talk(BOB, BOB);
  messages[1].replyTo = 1;

  assert.deepEqual(shown({ messages }), ["day", "theirs starts ends", "theirs starts ends"]);
});

test("a new day has its line, and begins a new group", () => {
  const messages = talk(BOB, BOB);
  messages[1].createdAt = new Date(2026, 10, 23, 0, 1).toISOString();

  assert.deepEqual(shown({ messages }), ["day", "theirs starts ends", "day", "theirs starts ends"]);
});

test("the unread begin once, at the first message of another", () => {
  assert.deepEqual(shown({ messages: talk(BOB, ALICE, BOB, BOB), unreadAfter: 1 }), [
    "day",
    "theirs starts ends",
    "own starts ends",
    "unread",
    "theirs starts",
    "theirs ends",
  ]);
});

test("what was not sent yet, and answers on their way, come last", () => {
  const [pending] = talk(ALICE);
  pending.seq = null;

  assert.deepEqual(shown({ messages: talk(BOB), pending: [pending], runs: [{ runId: "1" }] }), [
    "day",
    "theirs starts ends",
    "own starts ends",
    "run",
  ]);
});

test("of the messages of a minute the last one of each group has the time", () => {
  const messages = talk(BOB, BOB, BOB, BOB, ALICE);
  for (const [at, minute] of [0, 0, 1, 1, 1].entries()) messages[at].createdAt = new Date(2026, 10, 22, 10, minute, at).toISOString();

  const items = timelineItems({ messages, pending: [], runs: [], unreadAfter: null, me: ALICE });

  assert.deepEqual(items.slice(1).map(({ endsMinute }) => endsMinute), [false, true, false, true, true]);
});

test("what was said before is gone stands above all, also where nothing is left", () => {
  const kinds = (messages) => timelineItems({ messages, pending: [], runs: [], unreadAfter: null, me: ALICE, isCut: true }).map(({ kind }) => kind);
  assert.deepEqual([kinds(talk(BOB)), kinds([])], [["cut", "day", "message"], ["cut"]]);
});
