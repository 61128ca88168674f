/**
 * Clients of the JavaScript library, as many as a run asks for, in one process. `node_client.py` is at the other end of
 * the pipe: what to do comes as JSON lines, what each client did and saw goes back as JSON lines. Nothing is judged here.
 */

import { createInterface } from "node:readline";
import { ChatClient } from "../../../chatproject/static/chat/chat-client.js";

const MESSAGES_MOST = 10_000; // a run's: none is to be forgotten
const ACTS = new Set(["edit", "delete", "react", "pin", "hide"]);
const clients = new Map();

let isOver = false;

function tell(name, event, details = {}) {
  if (isOver) return;
  process.stdout.write(`${JSON.stringify({ name, event, ...details })}\n`);
}

/** A client that is led to another server for each connection and call, as by a balancer that knows who is dead. */
function add({ name, token, rooms, servers }) {
  let turn = Math.floor(Math.random() * servers.length);
  const choose = () => servers[(turn += 1) % servers.length];
  const place = { server: "", versions: new Map() }; // by room: where it was when it was subscribed to last
  const client = new ChatClient({
    url: "http://chat.example.com",
    token: () => token,
    maxMessages: MESSAGES_MOST,
    WebSocket: class {
      constructor(url, protocols) {
        place.server = choose();
        const socket = new WebSocket(url.replace("ws://chat.example.com", place.server.replace("http", "ws")), protocols);
        return overhear(name, socket, place);
      }
    },
    fetch: (url, options) => fetch(String(url).replace("http://chat.example.com", choose()), options),
  });
  watch(name, client, place, rooms.map((roomId) => client.room(roomId)));
  clients.set(name, client);
  client.connect();
}

/** How often an act was sent decides what may have become of it; what comes up to a version is a replay. */
function overhear(name, socket, place) {
  const send = socket.send.bind(socket);
  socket.addEventListener("message", ({ data }) => {
    if (!data.startsWith('{"type":"subscribed"')) return;
    const { roomId, version } = JSON.parse(data);
    place.versions.set(roomId, version);
  });
  socket.send = (text) => {
    const frame = JSON.parse(text);
    if (ACTS.has(frame.type)) tell(name, "sent", { frame });
    send(text);
  };
  return socket;
}

function watch(name, client, place, rooms) {
  let wasOpen = false;
  const isPresent = () => client.state === "open" && rooms.every((room) => room.state === "live");
  const here = (message, details) => ({ message, server: place.server, ...details });

  /** Each version of a message once: one's own reactions are shown before they have any. */
  function heard(room, message) {
    if (message.version <= Math.max(room.versions.get(message.seq) ?? 0, room.began)) return;
    room.versions.set(message.seq, message.version);
    tell(name, "heard", here(message, { recovered: message.version <= place.versions.get(room.roomId) }));
  }

  client.on("state", ({ state, reason, retryAt }) => {
    tell(name, "present", { is: isPresent(), server: place.server });
    if (state === "waiting" && wasOpen) {
      const after = reason.kind === "restart" ? (retryAt - Date.now()) / 1000 : null;
      tell(name, "closed", { code: reason.code, after, server: place.server });
    }
    wasOpen = state === "open";
    if (state === "closed" && reason.kind !== "closed") tell(name, "given up", { reason });
  });
  client.on("room", () => tell(name, "present", { is: isPresent(), server: place.server }));
  client.on("reset", ({ room }) => {
    const byVersion = room.messages.toSorted((one, other) => one.version - other.version);
    if (room.versions) return byVersion.forEach((message) => heard(room, message));
    room.versions = new Map(); // by seq, as it was told
    room.began = place.versions.get(room.roomId);
    tell(name, "began", { roomId: room.roomId, version: room.began });
  });
  client.on("message", ({ room, message }) => {
    if (message.seq !== null) return heard(room, message);
    message.isOwn = true;
    tell(name, "said", { message });
  });
  client.on("change", ({ room, message }) => {
    if (message.state === "failed") tell(name, "given up", { reason: String(message.error) });
    else if (message.state === "sent") {
      if (message.isOwn && !message.wasAcknowledged) tell(name, "acknowledged", here(message));
      if (message.version > 0) heard(room, message);
    }
    message.wasAcknowledged = message.state === "sent";
  });
  client.on("error", ({ error }) => tell(name, "given up", { reason: String(error) }));
  for (const room of rooms) room.subscribe({ history: 0 });
}

const commands = {
  add,
  say: ({ name, roomId, text }) => clients.get(name).room(roomId).send(text),
  act({ name, number, frame: { type, roomId, seq, message, key, on, reason } }) {
    const room = clients.get(name).room(roomId);
    const hide = () => (on ? room.hide({ seq }, { reason }) : room.unhide({ seq }));
    const act = { edit: () => room.edit({ seq }, message), delete: () => room.delete({ seq }), pin: () => room.pin({ seq }, on), react: () => room.react({ seq }, key, on), hide };
    act[type]().then(
      () => tell(name, "answered", { number, code: "" }),
      ({ code }) => tell(name, "answered", { number, code }),
    );
  },
  show({ name, rooms }) {
    const shown = rooms.map((roomId) => clients.get(name).room(roomId));
    tell(name, "shown", { rooms: shown.map(({ roomId, messages, pinned }) => ({ roomId, messages, pinned })) });
  },
};

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const { command, ...details } = JSON.parse(line);
    commands[command](details);
  })
  .on("close", () => {
    isOver = true;
    // once all is read; by itself Node would wait for the goodbyes of peers that are dead
    process.stdout.write("", () => process.exit());
  });
