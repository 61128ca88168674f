/** Files that are about to be sent: refused before they are carried, taken back, tried again, said together. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { isPicture, sizeWords } from "../../chatproject/static/chat/page/file-kinds.js";
import { OutgoingFiles } from "../../chatproject/static/chat/page/outgoing-files.js";

const file = (name, size = 10) => ({ name, size, type: "" });
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A room whose uploads end when the test says so. */
function begin() {
  const uploads = [];
  const [said, described, cancelled, found] = [[], [], [], new Map()];
  const room = {
    uploadFile: ({ name }, { alt, signal, onProgress }) =>
      new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => reject({ code: "aborted" }));
        uploads.push({ name, alt, onProgress, done: (fileId) => resolve({ fileId, name }), fail: reject });
      }),
    fileAddresses: async (ids) => new Map([...found].filter(([id]) => ids.includes(id))),
    cancelFile: async (fileId) => cancelled.push(fileId),
    describeFile: async (fileId, alt) => described.push([fileId, alt]),
    send: (text, options) => said.push({ text, files: options.attachments.map(({ fileId, alt }) => `${fileId} ${alt}`), replyTo: options.replyTo }),
  };
  const outgoing = new OutgoingFiles(room, { limits: () => ({ fileBytes: 100, attachments: 4 }), onChange: () => {}, onSent: () => {} });
  return { outgoing, room, uploads, said, described, cancelled, found, states: () => outgoing.items.map(({ state, refusal }) => refusal ?? state) };
}

test("what cannot be sent is said at the file, and not a byte of it is carried", () => {
  const { outgoing, uploads, states } = begin();
  assert.equal(outgoing.add([file("a.jpg", 101), file("a.svg"), file("빈.txt", 0), file("b.PNG"), file("too many.png")]), 4);
  assert.deepEqual(states(), ["size", "kind", "empty", "uploading"]);
  assert.deepEqual(uploads.map(({ name }) => name), ["b.PNG"]);
});

test("one message has them in the order in which they were picked, whenever each arrived", async () => {
  const { outgoing, uploads, said } = begin();
  outgoing.add(["1.png", "2.png", "3.png", "4.png"].map((name) => file(name)));
  outgoing.send({ text: "소풍", replyTo: 7 });
  for (const at of [1, 0, 2, 3]) {
    uploads[at].done(at + 1);
    await turn();
  }
  assert.deepEqual(said, [{ text: "소풍", files: ["1 ", "2 ", "3 ", "4 "], replyTo: 7 }]);
  assert.deepEqual([outgoing.items, outgoing.promised], [[], null]);
});

test("a file that failed holds the message back until it is tried again or taken out", async () => {
  const { outgoing, uploads, said, states } = begin();
  outgoing.add([file("1.png"), file("2.png"), file("3.png")]);
  outgoing.send({ text: "" });
  uploads[0].done(1);
  uploads[1].fail({ code: "network", status: 0 });
  uploads[2].fail({ code: "E-FI006", status: 422 });
  await turn();
  assert.deepEqual([states(), said], [["there", "failed", "refused"], []]);
  outgoing.describe(outgoing.items[1], "산");
  outgoing.retry(outgoing.items[1]);
  assert.equal(uploads[3].alt, "산");
  uploads[3].onProgress({ state: "waiting", loaded: 0 });
  assert.deepEqual(states(), ["there", "waiting", "refused"]);
  uploads[3].done(2);
  await turn();
  outgoing.remove(outgoing.items[2]);
  assert.deepEqual(said, [{ text: "", files: ["1 ", "2 산"], replyTo: undefined }]);
});

test("what is taken out is taken back, and what is in a picture is told whenever it is written", async () => {
  const { outgoing, uploads, said, described, cancelled } = begin();
  outgoing.add([file("1.png"), file("2.png"), file("3.png"), file("4.png")]);
  const [first, second] = outgoing.items;
  outgoing.describe(first, " 바다 "); // while it is carried
  uploads[0].done(1);
  uploads[1].done(2);
  await turn();
  assert.deepEqual(described, [[1, "바다"]]);
  outgoing.remove(second);
  outgoing.remove(outgoing.items[1]);
  await turn();
  assert.deepEqual([cancelled, outgoing.items.length], [[2], 2]);
  uploads[3].done(4);
  await turn();
  outgoing.describe(first, "동해");
  outgoing.send({ text: "" });
  assert.deepEqual([described, said[0].files], [[[1, "바다"], [1, "동해"]], ["1 동해", "4 "]]);
});

test("what is in a picture is told again with the message when it could not be told before", async () => {
  const { outgoing, room, uploads, described } = begin();
  outgoing.add([file("1.png")]);
  uploads[0].done(1);
  await turn();
  const { describeFile } = room;
  room.describeFile = async () => { throw new Error("no connection"); };
  outgoing.describe(outgoing.items[0], "바다");
  await turn();
  room.describeFile = describeFile;
  outgoing.send({ text: "" });
  assert.deepEqual(described, [[1, "바다"]]);
});

test("of what was not said with a message, the file that never can be says why", async () => {
  const { outgoing, said, found } = begin();
  found.set(1, { state: "ready" }).set(2, { state: "refused", reason: "type" });
  const back = [1, 2, 3].map((fileId) => ({ fileId, name: `${fileId}.png`, type: "image/png", size: 5, alt: "" }));
  await outgoing.takeBack(back); // nobody has the third any more
  assert.deepEqual(outgoing.items.map(({ state, refusal, reason }) => [state, refusal, reason]), [["there", null, undefined], ["refused", "found", "type"], ["refused", "gone", ""]]);
  outgoing.send({ text: "" });
  for (const refused of outgoing.items.slice(1)) outgoing.remove(refused);
  assert.deepEqual(said[0].files, ["1 "]);
});

test("sizes are told as people say them", () => {
  assert.deepEqual([0, 900, 1_023, 4_096, 1_500_000, 26_214_400].map(sizeWords), ["0 B", "900 B", "1023 B", "4 KB", "1.4 MB", "25 MB"]);
  assert.deepEqual([["a.heic", ""], ["a.pdf", ""], ["a", "image/png"]].map(([name, type]) => isPicture({ name, type })), [true, false, true]);
});
