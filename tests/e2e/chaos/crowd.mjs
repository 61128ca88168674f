/**
 * Clients of the JavaScript library, as many as a run asks for, in one process. `node_client.py` is at the other end of
 * the pipe: what to do comes as JSON lines, what each client did and saw goes back as JSON lines. Nothing is judged here.
 */

import { createInterface } from "node:readline";
import { ChatClient } from "../../../chatproject/static/chat/chat-client.js";

const clients = new Map();

function tell(name, event, details = {}) {
  process.stdout.write(`${JSON.stringify({ name, event, ...details })}\n`);
}

/** A client that is led to another server for each connection and call, as by a balancer that knows who is dead. */
function add({ name, token, rooms, servers }) {
  let turn = Math.floor(Math.random() * servers.length);
  const choose = () => servers[(turn += 1) % servers.length];
  const place = { server: "" };
  const client = new ChatClient({
    url: "http://chat.example.com",
    token: () => token,
    WebSocket: class {
      constructor(url, protocols) {
        place.server = choose();
        return new WebSocket(url.replace("ws://chat.example.com", place.server.replace("http", "ws")), protocols);
      }
    },
    fetch: (url, options) => fetch(String(url).replace("http://chat.example.com", choose()), options),
  });
  watch(name, client, place, rooms.map((roomId) => client.room(roomId)));
  clients.set(name, client);
  client.connect();
}

function watch(name, client, place, rooms) {
  let wasOpen = false;
  const isPresent = () => client.state === "open" && rooms.every((room) => room.state === "live");
  const seen = new Map(); // by room: the newest version when it was last live, which is where a replay ends
  const here = (message, details) => ({ message, server: place.server, ...details });
  const heard = (room, message) => tell(name, "heard", here(message, { recovered: message.version <= seen.get(room) }));

  client.on("state", ({ state, reason, retryAt }) => {
    tell(name, "present", { is: isPresent(), server: place.server });
    if (state === "waiting" && wasOpen) {
      const after = reason.kind === "restart" ? (retryAt - Date.now()) / 1000 : null;
      tell(name, "closed", { code: reason.code, after, server: place.server });
    }
    wasOpen = state === "open";
    if (state === "closed" && reason.kind !== "closed") tell(name, "given up", { reason });
  });
  client.on("room", ({ room }) => {
    if (room.state === "live" && room.was !== "live") seen.set(room, room.lastSeq); // nothing is edited: seq is version
    room.was = room.state;
    tell(name, "present", { is: isPresent(), server: place.server });
  });
  client.on("reset", ({ room }) => {
    if (room.hasBegun) for (const message of room.messages) room.last < message.seq && heard(room, message);
    else tell(name, "began", { roomId: room.roomId, version: room.lastSeq });
    room.hasBegun = true;
  });
  client.on("message", ({ room, message }) => {
    if (message.seq === null) tell(name, "said", { message });
    else heard(room, message);
    room.last = message.seq ?? room.last ?? 0;
  });
  client.on("change", ({ room, message }) => {
    if (message.state === "failed") tell(name, "given up", { reason: String(message.error) });
    else if (message.state === "sent" && message.version === 0) tell(name, "acknowledged", here(message));
    else if (message.state === "sent") {
      if (!message.wasAcknowledged) tell(name, "acknowledged", here(message));
      heard(room, message);
      room.last = message.seq;
    }
    message.wasAcknowledged = message.state === "sent";
  });
  client.on("error", ({ error }) => tell(name, "given up", { reason: String(error) }));
  for (const room of rooms) room.subscribe({ history: 0 });
}

const commands = {
  add,
  say: ({ name, roomId, text }) => clients.get(name).room(roomId).send(text),
};

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const { command, ...details } = JSON.parse(line);
    commands[command](details);
  })
  .on("close", () => process.exit()); // Node would wait for the goodbyes of peers that are dead
