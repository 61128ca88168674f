// Which messages are in the document.

import assert from "node:assert/strict";
import { test } from "node:test";

import { TimelineWindow, WINDOW_MAX } from "../../chatproject/static/chat/page/timeline-window.js";

const messages = (first, last) => Array.from({ length: last - first + 1 }, (_, at) => ({ seq: first + at }));

function edges(window, all) {
  const shown = window.slice(all);
  return [shown[0]?.seq, shown.at(-1)?.seq];
}

test("it begins with the newest and grows with what comes", () => {
  const window = new TimelineWindow();
  window.settle(messages(1, 1000), true);

  assert.deepEqual(edges(window, messages(1, 1000)), [921, 1000]);
  assert.deepEqual(edges(window, messages(1, 1010)), [921, 1010]);
});

test("a reader at the end loses what is far above, one who reads above what is far below", () => {
  const above = new TimelineWindow();
  const below = new TimelineWindow();
  for (const window of [above, below]) window.settle(messages(1, 1000), true);
  const more = messages(1, 1000 + WINDOW_MAX);

  below.settle(more, true);
  assert.deepEqual(edges(below, more), [1000 + WINDOW_MAX - 79, 1000 + WINDOW_MAX]);
  assert.ok(below.followsNewest);

  above.settle(more, false);
  assert.deepEqual(edges(above, more), [921, 920 + WINDOW_MAX]);
  assert.ok(!above.followsNewest);
});

test("it moves up to the first message and down to the newest, never larger than its limit", () => {
  const all = messages(1, 1000);
  const window = new TimelineWindow();
  window.settle(all, true);

  while (window.moveUp(all)) assert.ok(window.slice(all).length <= WINDOW_MAX);
  assert.deepEqual(edges(window, all), [1, WINDOW_MAX]);
  while (window.moveDown(all)) assert.ok(window.slice(all).length <= WINDOW_MAX);
  assert.deepEqual(edges(window, all), [1001 - WINDOW_MAX, 1000]);
  assert.ok(window.followsNewest);
});

test("older messages that were loaded are above it until it moves", () => {
  const window = new TimelineWindow();
  window.settle(messages(921, 1000), true);
  assert.ok(!window.moveUp(messages(921, 1000)));

  const more = messages(821, 1000);
  assert.deepEqual(edges(window, more), [921, 1000]);
  assert.ok(window.moveUp(more));
  assert.deepEqual(edges(window, more), [861, 1000]);
});

test("it can be put around any message", () => {
  const all = messages(1, 1000);
  const window = new TimelineWindow();
  window.showAround(all, 500);

  assert.deepEqual(edges(window, all), [440, 559]);
});

test("an empty room has an empty window, and then its first message", () => {
  const window = new TimelineWindow();
  window.settle([], true);

  assert.deepEqual(window.slice([]), []);
  assert.deepEqual(edges(window, messages(1, 1)), [1, 1]);
});
