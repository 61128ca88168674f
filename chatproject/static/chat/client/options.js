/** What a client is given and where it runs: what is missing is said at once, by a TypeError, not as a line that is never there. */

const SCHEMES = ["https:", "http:", "wss:", "ws:"];

/** The options with what the place gives for those that are left out. Throws a TypeError. */
export function optionsOf(given) {
  const { WebSocket, XMLHttpRequest, fetch, location } = globalThis;
  const options = { WebSocket, XMLHttpRequest, fetch, url: location?.origin, tickets: true, ...given };
  if (typeof options.token !== "function") {
    throw new TypeError("ChatClient needs `token`: a function that gives the member's access token, as ({ fresh }) => …");
  }
  if (!isAddress(options.url)) {
    throw new TypeError("ChatClient needs `url`, where the chat server is: https://chat.example.com, say");
  }
  if (typeof options.WebSocket !== "function") {
    throw new TypeError("There is no WebSocket here. Node has one from 22 on, and Node 20 with --experimental-websocket; or pass a class as `WebSocket`");
  }
  if (typeof options.fetch !== "function") throw new TypeError("There is no fetch here: pass a function as `fetch`");
  return options;
}

function isAddress(url) {
  try {
    return SCHEMES.includes(new URL(url, globalThis.location?.href).protocol);
  } catch {
    return false;
  }
}
