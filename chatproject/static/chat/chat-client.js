/**
 * The client of the chat server: the connection and its way back (ChatClient), what is known of a room (Room).
 *
 * What it offers is declared and explained in chat-client.d.ts, how to use it in docs/client.md. No dependency; for
 * browsers and Node from 20 on. Its parts are the modules in `client`, of which only this one is to be imported.
 */

export { ChatClient } from "./client/client.js";
export { ChatError } from "./client/errors.js";
export { Room } from "./client/room.js";
