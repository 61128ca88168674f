/** What the page's address says. */

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.location = { href: "https://chat.example.com/#/room/7" };
const { addressOfInvite, addressOfRoom, placeIn } = await import("../../chatproject/static/chat/page/addresses.js");

test("an address names a room, an invitation or the list; whatever else stands there is nowhere", () => {
  for (const hash of ["", "#", "#/"]) assert.deepEqual(placeIn(hash), { kind: "rooms" });
  assert.deepEqual(placeIn("#/room/42"), { kind: "room", roomId: 42 });
  assert.deepEqual(placeIn("#/invite/K7mP-q_2"), { kind: "invite", code: "K7mP-q_2" });
  const nowhere = ["#/room/", "#/room/0", "#/room/-1", "#/room/x", "#/room/1/2", "#/room/12345678901234567", "#/invite/", "#/invite/a b", "#x", "#/%", "#//"];
  for (const hash of nowhere) assert.deepEqual(placeIn(hash), { kind: "nowhere" }, hash);
});

test("what is written as an address is read as it again", () => {
  assert.deepEqual(placeIn(addressOfRoom(7)), { kind: "room", roomId: 7 });
  assert.equal(addressOfInvite("K7mP"), "https://chat.example.com/#/invite/K7mP");
});
