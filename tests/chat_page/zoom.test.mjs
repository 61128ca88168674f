/** How a picture lies in its frame, whatever fingers do. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { bounded, moved, WHOLE, zoomed } from "../../chatproject/static/chat/page/zoom.js";

const FRAME = { width: 400, height: 400 };
const WIDE = { width: 400, height: 100 };

test("what lies below the fingers stays below them", () => {
  const point = { x: 100, y: 20 };
  const lies = zoomed(WHOLE, 4, point, WIDE, { width: 400, height: 100 });
  assert.deepEqual([(point.x - lies.x) / lies.scale, (point.y - lies.y) / lies.scale], [100, 20]);
});

test("nobody can push a picture out of its frame, nor make it smaller than whole or too large", () => {
  assert.deepEqual(moved({ scale: 2, x: 0, y: 0 }, { x: 9_000, y: 9_000 }, WIDE, FRAME), { scale: 2, x: 200, y: 0 }); // still lower than the frame
  assert.deepEqual(bounded({ scale: 0.2, x: 50, y: 50 }, WIDE, FRAME), WHOLE);
  assert.equal(zoomed(WHOLE, 1_000, { x: 0, y: 0 }, WIDE, FRAME).scale, 8);
  const back = zoomed({ scale: 3, x: 400, y: 0 }, 0.01, { x: 10, y: 10 }, WIDE, FRAME);
  assert.deepEqual(back, WHOLE);
});
