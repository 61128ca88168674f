/** Changes on their way, with a server that answers when the test says so. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Editing } from "../../chatproject/static/chat/page/editing.js";

const message = () => ({ roomId: 1, seq: 5, version: 7, message: "점심 먹어요" });

/** An `Editing`, and how the server answers its next change. */
function editing() {
  let settle;
  const answer = new Promise((resolve, reject) => { settle = { ok: resolve, refuse: reject }; });
  const client = { room: () => ({ edit: () => answer }) };
  return { settle, changes: new Editing(client, () => {}) };
}

test("a change is shown from the moment it is saved until the message says it by itself", async () => {
  const [{ changes, settle }, said] = [editing(), message()];
  const saved = changes.save(said, "저녁 먹어요");
  assert.equal(changes.of(said).text, "저녁 먹어요");
  settle.ok();
  await saved;
  assert.equal(changes.of(said).isStored, true, "what is acknowledged is not told yet");
  said.version = 8;

  assert.equal(changes.of(said), null);
});

test("what is refused is kept until one lets it go", async () => {
  const [{ changes, settle }, said] = [editing(), message()];
  const saved = changes.save(said, "저녁 먹어요");
  settle.refuse(new Error("too late"));
  await saved;
  said.version = 8; // somebody reacted

  assert.deepEqual([changes.of(said).text, changes.of(said).error.message], ["저녁 먹어요", "too late"]);
  changes.forget(said);
  assert.equal(changes.of(said), null);
});
