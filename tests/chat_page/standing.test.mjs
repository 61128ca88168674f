import assert from "node:assert/strict";
import { test } from "node:test";
import { Standing } from "../../chatproject/static/chat/page/standing.js";

const [ALICE, BOB, CHARLIE, STRANGER] = [7, 3, 11, 99];
const ROLES = { [ALICE]: "owner", [BOB]: "manager" };
const rules = (role) => ({ role, roleOf: (memberId) => (memberId === null ? null : (ROLES[memberId] ?? "member")) });
const of = (role, { isGroup = true, isAdmin = false } = {}) => new Standing({ rules: rules(role), isGroup, isAdmin });
const reached = (standing) => [ALICE, BOB, CHARLIE, STRANGER, null].map((one) => standing.isAbove(one));

test("each rank reaches those below it, and nobody's words are anybody's", () => {
  assert.deepEqual(reached(of("owner")), [false, true, true, true, true]);
  assert.deepEqual(reached(of("manager")), [false, false, true, true, true]);
  assert.deepEqual(reached(of("member")), [false, false, false, false, false]);
  assert.deepEqual(reached(of("member", { isAdmin: true })), [true, true, true, true, true]);
});

test("who keeps a room manages it, its owner sets roles, ADMINs do both", () => {
  const shown = [of("member"), of("manager"), of("owner"), of("member", { isAdmin: true })];
  assert.deepEqual(shown.map(({ isManager }) => isManager), [false, true, true, true]);
  assert.deepEqual(shown.map(({ isOwner }) => isOwner), [false, false, true, true]);
});

test("a private room has no managers, not even ADMINs", () => {
  const admin = of("member", { isGroup: false, isAdmin: true });
  assert.deepEqual([admin.isManager, admin.isOwner, admin.isAbove(BOB)], [false, false, false]);
});
