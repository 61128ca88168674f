/**
 * A crowd over two servers comes, goes, speaks and reads; Alice watches at a third one, which is killed in the middle.
 * Prints the numbers of unread that she shows at the end, by seq, once they are what her list of members says. Run by
 * test_places.py, which says in the environment where the servers are, and counts again in the database.
 */

import { createHmac } from "node:crypto";
import { ChatClient } from "../../chatproject/static/chat/chat-client.js";

const { FIRST_SERVER, SECOND_SERVER, DOOMED_SERVER, DOOMED_PID, JWT_SECRET, ROOM_NAME, SEED } = process.env;
const [ALICE, FIRST_OF_CROWD, CROWD, ACTS] = [7, 5_000, 6, 30];
const WAIT_MS = 30_000;

let home = DOOMED_SERVER; // where Alice's addresses lead to

function tokenFor(memberId, nickname) {
  const encode = (part) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const claims = { category: "access", userId: memberId, role: "USER", nickname, iat: now, exp: now + 3600 };
  const text = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${text}.${createHmac("sha256", JWT_SECRET).update(text).digest("base64url")}`;
}

const meet = (memberId, nickname, options) => new ChatClient({ token: () => tokenFor(memberId, nickname), ...options });

/** Through a balancer: where `home` is. */
const movable = {
  url: DOOMED_SERVER,
  fetch: (url, options) => fetch(String(url).replace(DOOMED_SERVER, home), options),
  WebSocket: class extends WebSocket {
    constructor(url, protocols) {
      super(url.replace(DOOMED_SERVER.replace("http", "ws"), home.replace("http", "ws")), protocols);
    }
  },
};

function until(client, holds, what) {
  return new Promise((resolve, reject) => {
    const look = () => holds() && done(resolve);
    const offs = ["state", "room", "change", "message", "places"].map((name) => client.on(name, () => setImmediate(look)));
    const timer = setTimeout(() => done(reject, new Error(`${what} did not come`)), WAIT_MS);
    const done = (end, value) => {
      clearTimeout(timer);
      offs.forEach((off) => off());
      end(value);
    };
    look();
  });
}

function generator(seed) {
  let state = seed;
  return () => (state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296) / 4_294_967_296;
}

const random = generator(Number(SEED));
const alice = meet(ALICE, "Alice", movable);
const { roomId } = await alice.createRoom(ROOM_NAME);
const hers = alice.room(roomId).subscribe({ history: 0 }).watchPlaces();
alice.connect();

const crowd = [];
for (let number = 0; number < CROWD; number += 1) {
  const client = meet(FIRST_OF_CROWD + number, `Member ${number}`, { url: number % 2 ? FIRST_SERVER : SECOND_SERVER });
  client.connect();
  crowd.push({ client, room: client.room(roomId), isIn: false });
}

async function act({ client, room, ...one }, at) {
  const chance = random();
  if (!one.isIn) {
    await client.joinRoom(roomId);
    crowd[at].isIn = true;
  } else if (chance < 0.2) {
    await client.leaveRoom(roomId);
    crowd[at].isIn = false;
  } else if (chance < 0.6) {
    const message = room.send(`no. ${chance}`);
    await until(client, () => message.state !== "sending", "an acknowledgement");
  } else await client.call("POST", `/room/${roomId}/read`);
}

async function goOn() {
  for (let number = 0; number < ACTS; number += 1) {
    const at = Math.floor(random() * CROWD);
    await act(crowd[at], at);
  }
}

await until(alice, () => hers.places !== null, "the first list");
await goOn();
process.kill(Number(DOOMED_PID), "SIGKILL");
home = FIRST_SERVER;
await goOn();
await until(alice, () => hers.state === "live", "Alice's way back");
await goOn();
hers.send("and I?");

const said = await crowd[0].client.joinRoom(roomId).then(() => crowd[0].client.history(roomId, { limit: 200 }));
const { members } = await crowd[0].client.members(roomId, { limit: 300 });
const count = ({ seq, senderId }) => members.filter(({ memberId, readSeq }) => memberId !== senderId && readSeq < seq).length;
await until(alice, () => said.every((message) => hers.unreadOf(message) === count(message)), "the same numbers");
console.log(JSON.stringify({ roomId, numbers: said.map((message) => [message.seq, hers.unreadOf(message)]) }));
for (const client of [alice, ...crowd.map(({ client }) => client)]) client.close();
