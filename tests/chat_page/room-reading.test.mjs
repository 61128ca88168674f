/** What is offered of the unread in a room that is closed by the time something is learned of it. */

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.window = { addEventListener() {} };
globalThis.django = { gettext: String, ngettext: String, interpolate: String };
globalThis.document = {
  documentElement: { lang: "ko" },
  addEventListener() {},
  getElementById: () => assert.fail("nothing is shown"),
};

const { RoomReading } = await import("../../chatproject/static/chat/page/room-reading.js");

test("what is learned of a room after it was closed shows nothing", () => {
  const reading = new RoomReading({ timeline: () => assert.fail("there is none"), maySum: () => true });
  reading.open(null);
  reading.showOffer();
  reading.moved();
});
