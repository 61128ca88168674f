/** The calls over HTTP: one for each endpoint, and `call` for whatever else there is. */

import { Emitter } from "./emitter.js";
import { ChatError } from "./errors.js";
import { received } from "./message.js";
import { optionsOf } from "./options.js";
import { Turns } from "./turns.js";

const REST_TIMEOUT_MS = 60_000; // a draft may take 30 s
const PAGE_MAX = 200; // rooms
const UPLOADS_AT_ONCE = 3; // more would only slow each other down; the server takes 8 of a member

export class Rest extends Emitter {
  _options;
  _uploads = new Turns(UPLOADS_AT_ONCE);

  constructor(options) {
    super();
    this._options = optionsOf(options);
  }

  /** Where a file lies or goes: a path is one of this server's. */
  _fileAddress(given) {
    if (!given.startsWith("/")) return given;
    const [path, query = ""] = given.split("?");
    const address = addressOf(this._options.url, path);
    address.search = query;
    return address.href;
  }

  async call(method, path, { query = {}, body, signal } = {}) {
    const { url, token, language, fetch } = this._options;
    const address = addressOf(url, `/v1/chat${path}`);
    for (const [name, value] of Object.entries(query)) if (value != null) address.searchParams.set(name, value);
    const headers = { "Content-Type": "application/json", ...(language && { "Accept-Language": language }) };
    const options = { method, headers, body: JSON.stringify(body) };
    const stopping = new AbortController();
    const stop = () => stopping.abort();
    const timer = setTimeout(stop, REST_TIMEOUT_MS);
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop);
    options.signal = stopping.signal;
    try {
      return await this.#fetch(fetch, address, options, token, signal);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    }
  }

  async #fetch(fetch, address, options, token, signal) {
    for (const fresh of [false, true]) {
      let status = 0;
      let answer;
      try {
        options.headers.access = (await token({ fresh })) ?? "";
        const response = await fetch(address, options);
        status = response.status;
        answer = await response.json();
      } catch (error) {
        throw new ChatError({ code: signal?.aborted ? "aborted" : "network", status }, error);
      }
      if (answer?.status === "SUCCESS") return answer.data;
      if (status !== 401 || fresh) throw new ChatError({ code: "network", ...answer, status });
    }
  }

  async myRooms() {
    const pages = [await this._roomsPage()];
    while (pages.at(-1).next !== null) pages.push(await this._roomsPage({ after: pages.at(-1).next }));
    if (pages.length > 1) pages.unshift(await this._roomsPage()); // what moved up meanwhile is on the first one now
    const rooms = new Map();
    for (const room of pages.flatMap((page) => page.rooms)) if (!rooms.has(room.roomId)) rooms.set(room.roomId, room);
    return [...rooms.values()];
  }

  async _roomsPage({ limit = PAGE_MAX, after } = {}) {
    const answer = await this.call("GET", "/my/rooms", { query: { limit, after } });
    const { rooms, next } = Array.isArray(answer) ? { rooms: answer, next: null } : answer; // older servers tell all at once
    return { rooms: rooms.map((room) => this.#listed(room)), next };
  }

  #listed({ lastMessage, ...room }) {
    const isThere = { mentionCount: 0, pinned: null, notify: "all", otherMemberId: null };
    return { ...isThere, ...room, lastMessage: lastMessage ? received(lastMessage, this.me) : null };
  }

  members(roomId, query) { return this.call("GET", `/room/${roomId}/members`, { query }); }
  search(query) { return this.#messages("/search", query); }
  mentions(query) { return this.#messages("/my/mentions", query); }
  notifications() { return this.call("GET", "/me/notifications"); }
  setNotifications(body) { return this.call("PUT", "/me/notifications", { body }); }
  addPush(body) { return this.call("POST", "/push", { body }); }
  removePush(pushId) { return this.call("DELETE", `/push/${pushId}`); }

  setRoomNotifications(roomId, level) {
    return this.call("PUT", `/room/${roomId}/notifications`, { body: { level } });
  }

  reactors(roomId, seq, key, query) {
    return this.call("GET", `/room/${roomId}/message/${seq}/reaction/${encodeURIComponent(key)}`, { query });
  }

  /** For managers: the message with what it says, also where that is hidden, and by what: { message, hidings }. */
  async uncovered(roomId, seq) {
    const { message, hidings } = await this.call("GET", `/room/${roomId}/message/${seq}`);
    return { message: received(message, this.me), hidings };
  }

  async pins(roomId, query) {
    const { pins, next } = await this.call("GET", `/room/${roomId}/pins`, { query });
    return { pins: pins.map((pin) => ({ ...pin, message: pin.message && received(pin.message, this.me) })), next };
  }

  async #messages(path, query) {
    const { messages, next } = await this.call("GET", path, { query });
    return { messages: messages.map((message) => received(message, this.me)), next };
  }

  groupRooms(page = 0) { return this.call("GET", "/room/group/list", { query: { page } }); }
  findGroupRoom(name) { return this.call("GET", "/room/group", { query: { name } }); }
  createRoom(roomName) { return this.call("POST", "/room/group/create", { query: { roomName } }); }

  invitation(code) { return this.call("GET", `/invite/${encodeURIComponent(code)}`); }

  joinRoom(roomId, { code, words, invite } = {}) {
    return this.call("POST", `/room/group/${roomId}/join`, { query: { code, invite }, body: words ? { words } : undefined });
  }

  leaveRoom(roomId) { return this.call("DELETE", `/room/group/${roomId}/leave`); }
  openPrivateRoom(otherMemberId) { return this.call("POST", "/room/private/create", { query: { otherMemberId } }); }
  searchRooms({ q, after, limit } = {}) { return this.call("GET", "/room/group/search", { query: { q, after, limit } }); }
  roomCard(roomId) { return this.call("GET", `/room/${roomId}`); }
  roomRules(roomId) { return this.call("GET", `/room/${roomId}`); }
  async newJoinCode(roomId) { return (await this.call("POST", `/room/${roomId}/rules/code`)).joinCode; }
  async joinRequests(roomId) { return (await this.call("GET", `/room/${roomId}/join-requests`)).requests; }

  decideJoinRequest(roomId, memberId, { admit, reason = "" }) {
    return this.call("PUT", `/room/${roomId}/join-requests/${memberId}`, { body: { admit, reason } });
  }

  async history(roomId, query) { return (await this.call("GET", `/history/${roomId}`, { query })).map((message) => received(message, this.me)); }
  draft(roomId, { signal, ...query } = {}) { return this.call("POST", "/llm", { query: { roomId, ...query }, signal }); }
  summary(roomId, { signal } = {}) { return this.call("POST", "/llm/summary", { query: { roomId }, signal }); }
  receipt(roomId, runId) { return this.call("GET", `/room/${roomId}/assistant/${runId}`); }
  assistantSettings(roomId) { return this.call("GET", `/room/${roomId}/assistant`); }
  setAssistantSettings(roomId, body) { return this.call("PUT", `/room/${roomId}/assistant`, { body }); }
  confirmAssistantNotice(roomId) { return this.call("PUT", `/room/${roomId}/assistant/told`); }
  consent() { return this.call("GET", "/me/assistant"); }
  setConsent(readable) { return this.call("PUT", "/me/assistant", { body: { readable } }); }
}

/** Below the site's own path, where it has one: `https://example.com/chat/` becomes `https://example.com/chat/v1/…`. */
export function addressOf(url, path) {
  const address = new URL(url, globalThis.location?.href);
  address.protocol = address.protocol.replace(/^ws/, "http");
  address.pathname = address.pathname.replace(/\/+$/, "") + path;
  address.search = address.hash = "";
  return address;
}
