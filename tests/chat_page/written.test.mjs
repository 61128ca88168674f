// What a member wrote and did not send.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Written } from "../../chatproject/static/chat/page/written.js";

const [ALICE, BOB] = [7, 3];

/** A tab: what is kept in it, and the page in it, loaded once more at each `page(memberId)`. */
function tab() {
  const kept = new Map();
  const storage = {
    read: (key) => kept.get(key) ?? null,
    write: (key, text) => (text === null ? kept.delete(key) : kept.set(key, text)),
  };
  return { kept, page: (memberId) => new Written({ memberId: () => memberId, storage }) };
}

test("each room has a text of its own, also after a reload", () => {
  const { page } = tab();
  const written = page(ALICE);
  const draft = { text: "@Bob 안녕", picked: [{ memberId: BOB, name: "Bob" }], replyTo: 12, change: { seq: 9, text: "고침", picked: [] }, assisted: true };
  written.setDraft(1, draft);
  written.setDraft(2, { text: " 다른 방 " });

  assert.equal(written.draftOf(1), "@Bob 안녕");
  assert.equal(page(ALICE).draftOf(2), "다른 방");
  assert.deepEqual(page(ALICE).of(1), draft);
  assert.equal(page(ALICE).draftOf(3), "");
});

test("who signs in after them finds nothing, and nothing is kept while nobody has", () => {
  const { page, kept } = tab();
  page(ALICE).setDraft(1, { text: "아무도 보면 안 되는 말" });
  page(null).setDraft(2, { text: "누구의 말" });

  assert.equal(page(BOB).draftOf(1), "");
  assert.equal(page(null).draftOf(1), "");
  assert.equal(kept.size, 1);
});

test("what was sent or deleted leaves nothing behind", () => {
  const { page, kept } = tab();
  const written = page(ALICE);
  written.setDraft(1, { text: "보낼 말" });
  written.setDraft(1, { text: "" });

  assert.equal(kept.size, 0);
  assert.equal(written.draftOf(1), "");
});

test("who listens hears of each other text once", () => {
  const heard = [];
  const written = tab().page(ALICE);
  written.onChange((roomId) => heard.push(roomId));
  written.setDraft(1, { text: "안" });
  written.setDraft(1, { text: "안 " });
  written.setDraft(2, { text: "", replyTo: 4 });
  written.setDraft(1, { text: "" });

  assert.deepEqual(heard, [1, 1]);
});

test("anything else that stands in the storage is nothing", () => {
  const { page, kept } = tab();
  for (const text of ["{", "null", '{"text":3,"picked":[null,{"memberId":"x"}],"replyTo":"1","change":{},"assisted":1}']) {
    kept.set("chatWritten 7 1", text);
    assert.deepEqual(page(ALICE).of(1), { text: "", picked: [], replyTo: null, change: null, assisted: false });
  }
});
