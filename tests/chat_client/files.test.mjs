/** Files on their way: announced, carried, said; whatever breaks on the way nothing is lost, nothing said twice. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ack, chat, connect, draw, listen, newest, settled, subscribed, wait } from "./fake_server.mjs";

const FILE = new File(["0123456789"], "고양이.jpg", { type: "image/jpeg" });
const OWN = "/v1/chat/room/1/file";
const FORM = { method: "POST", url: "https://s3.example.com/bucket", fields: { key: "coming/ab", policy: "p" } };

const refusal = (status, code, more = {}) => Response.json({ status: "FAIL", code, message: `${code}.`, ...more }, { status });
const success = (data) => Response.json({ status: "SUCCESS", code: "S-001", message: "", data });
const broken = () => { throw new TypeError("fetch failed"); };

/** A REST server for one file. `plans[path]` are answers that come first, in their order. */
function server({ plans = {}, upload = { method: "PUT", url: "/v1/files/signed" } } = {}) {
  const file = { fileId: 5, name: FILE.name, type: FILE.type, size: 10, state: "coming", alt: "" };
  const usual = {
    [`POST ${OWN}`]: () => success({ ...file, upload }),
    [`POST ${OWN}/5/upload`]: () => success({ ...file, upload: { method: "PUT", url: "/v1/files/fresh" } }),
    [`POST ${OWN}/5/done`]: () => success({ ...file, state: "checking" }),
    [`DELETE ${OWN}/5`]: () => success(null),
  };
  const fetch = async (url, { method, body, signal }) => {
    const call = `${method} ${new URL(url).pathname}`;
    fetch.asked.push(call);
    fetch.bodies.push(body);
    const planned = plans[call]?.shift();
    if (planned === "hang") return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    return (planned ?? usual[call] ?? (() => new Response(null, { status: 204 })))();
  };
  return Object.assign(fetch, { asked: [], bodies: [] });
}

async function turns() {
  for (let turn = 0; turn < 20; turn += 1) await settled();
}

test("a file is announced, carried, and said in one message", async () => {
  const fetch = server();
  const { room, socket } = await listen({ fetch });
  const heard = [];
  const message = await room.sendFile(FILE, { text: "우리 고양이", alt: "상자 속", onProgress: (progress) => heard.push(progress) });

  assert.deepEqual(fetch.asked, [`POST ${OWN}`, "PUT /v1/files/signed", `POST ${OWN}/5/done`]);
  assert.deepEqual(JSON.parse(fetch.bodies[0]), { name: "고양이.jpg", size: 10, type: "image/jpeg", alt: "상자 속" });
  assert.equal(fetch.bodies[1], FILE);
  assert.deepEqual(heard.map(({ state, loaded }) => [state, loaded]), [["uploading", 0], ["done", 10]]);
  assert.deepEqual([message.state, message.attachments[0].state, room.pending], ["sending", "checking", [message]]);
  const [frame] = socket.all("chat");
  assert.deepEqual([frame.message, frame.attachments], ["우리 고양이", [5]]);
  socket.answer("chat", (sent) => ack(sent, 1));
  socket.hear(chat(1, { senderId: 7, clientId: message.clientId, attachments: [{ fileId: 5, name: "고양이.jpg", type: "image/jpeg", size: 10, width: 4, height: 3 }] }));
  assert.deepEqual([message.seq, message.attachments[0].state, message.attachments[0].width, room.pending], [1, "ready", 4, []]);
});

test("what breaks under way goes on with a fresh address once there is a connection, and is announced once", async () => {
  draw(0);
  const fetch = server({ plans: { "PUT /v1/files/signed": [broken] } });
  const { room } = await listen({ fetch });
  const states = [];
  const sent = room.sendFile(FILE, { onProgress: ({ state }) => states.push(state) });
  await settled();
  newest().shut(1006); // the whole network is away
  await turns();
  await wait(1);
  assert.deepEqual(fetch.asked, [`POST ${OWN}`, "PUT /v1/files/signed"]);
  assert.equal(states.at(-1), "waiting");

  newest().welcome();
  newest().answer("subscribe", () => subscribed(0, true));
  await wait(1);
  assert.equal((await sent).attachments[0].fileId, 5);
  assert.deepEqual(fetch.asked.slice(2), [`POST ${OWN}/5/upload`, "PUT /v1/files/fresh", `POST ${OWN}/5/done`]);
});

test("answers that were lost are asked for again; what the server says about the file is believed", async () => {
  draw(0);
  const plans = {
    "PUT /v1/files/signed": [broken, () => refusal(403, "E-FI012")],
    [`POST ${OWN}/5/upload`]: [() => refusal(409, "E-FI005")], // it had arrived
    [`POST ${OWN}/5/done`]: [() => refusal(409, "E-FI004"), broken, () => refusal(503, "E-FI010", { retryAfter: 2 })], // it had not
  };
  const fetch = server({ plans });
  const { room } = await listen({ fetch });
  const uploaded = room.uploadFile(FILE);
  await wait(5);
  assert.equal((await uploaded).state, "checking");
  const done = `POST ${OWN}/5/done`;
  assert.deepEqual(fetch.asked.slice(2), [`POST ${OWN}/5/upload`, done, `POST ${OWN}/5/upload`, "PUT /v1/files/fresh", done, done, done]);
});

test("a refusal is final, said at once, and takes the file back", async () => {
  const fetch = server({ plans: { [`POST ${OWN}/5/done`]: [() => refusal(400, "E-FI007")] } });
  const { room } = await listen({ fetch, limits: { fileBytes: 10 } });
  await assert.rejects(room.sendFile(FILE), { code: "E-FI007" });
  await turns();
  assert.equal(fetch.asked.at(-1), `DELETE ${OWN}/5`);
  assert.deepEqual(room.pending, []);

  const before = fetch.asked.length;
  await assert.rejects(room.sendFile(new File(["0123456789a"], "a.txt")), { code: "E-FI002" });
  assert.equal(fetch.asked.length, before);
});

test("who gives up takes the file back, while it is carried and while it waits", async () => {
  for (const planned of ["hang", broken]) {
    const fetch = server({ plans: { "PUT /v1/files/signed": [planned] } });
    const { room } = await listen({ fetch });
    const giving = new AbortController();
    const sent = room.sendFile(FILE, { signal: giving.signal });
    await turns();
    giving.abort();
    await assert.rejects(sent, { code: "aborted" });
    await turns();
    assert.deepEqual(fetch.asked, [`POST ${OWN}`, "PUT /v1/files/signed", `DELETE ${OWN}/5`]);
  }
});

test("three are carried at once, in whatever rooms; who gives up meanwhile is never begun", async () => {
  const ends = [];
  const usual = server();
  const carried = ({ method }) => method === "PUT" && new Promise((resolve) => ends.push(() => resolve(new Response(null, { status: 204 }))));
  const fetch = (url, options) => carried(options) || usual(url.toString().replace("/room/2/", "/room/1/"), options);
  const { client, room } = await listen({ fetch });
  const giving = new AbortController();
  const uploads = [room.uploadFile(FILE), client.room(2).uploadFile(FILE), room.uploadFile(FILE), room.uploadFile(FILE, { signal: giving.signal }), room.uploadFile(FILE)];
  const announced = () => usual.asked.filter((call) => call === `POST ${OWN}`).length;
  await turns();
  giving.abort();
  await assert.rejects(uploads[3], { code: "aborted" });
  assert.equal(announced(), 3);
  ends[0]();
  await turns();
  assert.equal(announced(), 4);
  for (const end of ends) end();
  assert.equal((await Promise.all([0, 1, 2, 4].map((at) => uploads[at]))).length, 4);
});

test("a store gets a form, with the file behind its fields, and its own words reach nobody", async () => {
  const fetch = server({ upload: FORM, plans: { "POST /bucket": [() => new Response("<Error>EntityTooLarge</Error>", { status: 400 })] } });
  const { room } = await listen({ fetch });
  await assert.rejects(room.uploadFile(FILE), { code: "network", status: 400, message: "network" });
  assert.deepEqual([...fetch.bodies[1].keys()], ["key", "policy", "file"]);
});

class FakeRequest {
  static all = [];
  upload = {};
  status = 0;
  responseText = "";
  constructor() { FakeRequest.all.push(this); }
  open(method, url) { Object.assign(this, { method, url }); }
  setRequestHeader() {}
  getResponseHeader() { return null; }
  send(body) { this.body = body; }
  abort() { this.end(0); }
  end(status) {
    this.status = status;
    this.onloadend();
  }
}

test("a browser tells how far it is, and a link on which nothing goes is given up", async () => {
  draw(0);
  const { room } = await listen({ fetch: server(), XMLHttpRequest: FakeRequest });
  const heard = [];
  const uploaded = room.uploadFile(FILE, { onProgress: ({ loaded, total, state }) => heard.push(`${state} ${loaded}/${total}`) });
  await turns();
  assert.equal(FakeRequest.all[0].url, "https://chat.example.com/v1/files/signed");
  FakeRequest.all[0].upload.onprogress({ loaded: 4 });
  await wait(61);
  assert.equal(FakeRequest.all.length, 2);
  FakeRequest.all[1].upload.onprogress({ loaded: 900 }); // with a form's own bytes
  FakeRequest.all[1].end(204);
  assert.equal((await uploaded).fileId, 5);
  assert.deepEqual(heard, ["uploading 0/10", "uploading 4/10", "waiting 0/10", "uploading 0/10", "uploading 10/10", "done 10/10"]);
});

test("addresses are asked for together, kept while they are good, and anew after that", async () => {
  const asked = [];
  const fetch = async (url) => {
    const ids = new URL(url).searchParams.get("ids").split(",").map(Number);
    asked.push(ids.length);
    const files = ids.filter((id) => id !== 3).map((fileId) => ({ fileId, state: fileId === 2 ? "checking" : "ready", ...(fileId !== 2 && { url: "/v1/files/x?v=1", previews: { 320: "https://files.example.com/y" } }) }));
    return success({ files, next: null });
  };
  const { room } = await listen({ fetch });
  const [first, all] = await Promise.all([room.fileAddresses([1, 3]), room.fileAddresses(Array.from({ length: 60 }, (_, at) => at + 1))]);
  assert.deepEqual([asked, first.size, all.size], [[50, 10], 1, 59]);
  assert.deepEqual(first.get(1), { width: null, height: null, reason: "", fileId: 1, state: "ready", url: "https://chat.example.com/v1/files/x?v=1", previews: { 320: "https://files.example.com/y" } });

  await wait(200);
  await room.fileAddresses([1, 4]);
  await room.fileAddresses([1, 2, 3]); // one may be ready by now, one there again
  await room.fileAddresses([1], { fresh: true });
  await wait(30);
  await room.fileAddresses([1, 4]);
  assert.deepEqual(asked, [50, 10, 2, 1, 1]);
});

test("what was not sent before a reload is sent after it with its files", async () => {
  const kept = new Map();
  const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
  const { room } = await listen({ storage });
  room.send("", { attachments: [5, { fileId: 6, name: "기록.log", type: "text/plain", size: 3, state: "checking", alt: "" }] });
  const key = [...kept.keys()][0];
  const [message] = JSON.parse(kept.get(key));
  kept.set(key, JSON.stringify([{ ...message, attachments: [...message.attachments, { fileId: "<b>" }] }])); // others write there, too

  const client = await connect({ storage });
  newest().welcome();
  assert.deepEqual(newest().all("chat").map(({ attachments, message: text }) => [text, attachments]), [["", [5, 6]]]);
  assert.equal(client.room(1).pending[0].attachments[1].name, "기록.log");
});
