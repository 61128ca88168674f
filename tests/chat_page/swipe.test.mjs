// A finger that draws a message to the left.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Swipe } from "../../chatproject/static/chat/page/swipe.js";

/** A finger that goes these ways, [right, down] from where it was put. */
function drawn(...ways) {
  const swipe = new Swipe({ x: 200, y: 300 });
  for (const [right, down] of ways) swipe.move({ x: 200 + right, y: 300 + down });
  return swipe;
}

test("far to the left it answers, and the message follows no further than that", () => {
  const swipe = drawn([-20, 2], [-80, 6], [-200, 10]);

  assert.equal(swipe.isFar, true);
  assert.equal(swipe.offset, -72);
});

test("who comes back does not answer", () => {
  const swipe = drawn([-20, 0], [-90, 0], [-30, 0]);

  assert.equal(swipe.isFar, false);
  assert.equal(swipe.offset, -18);
  assert.equal(drawn([-20, 0], [40, 0]).offset, 0);
});

test("a touch, scrolling and a way to the right are none, whatever comes after", () => {
  assert.equal(drawn([-5, 3]).isBegun, false);
  assert.equal(drawn([-10, 20], [-200, 20]).isBegun, false);
  assert.equal(drawn([20, 0], [-200, 0]).isBegun, false);
});
