/** What opens a socket in the token's place: it may stand in an address, where servers and proxies write it down. */

import { ChatError } from "./errors.js";
import { addressOf } from "./rest.js";

const NOT_THERE = [404, 405]; // older servers give none

/** A ticket for one socket, for half a minute; null where the server gives none. Throws a ChatError. */
export async function ticketFor(access, { url, fetch, signal }) {
  let status = 0;
  let answer;
  try {
    const response = await fetch(addressOf(url, "/v1/chat/ticket"), { method: "POST", headers: { access }, signal });
    status = response.status;
    if (NOT_THERE.includes(status)) return null;
    answer = await response.json();
  } catch (error) {
    throw new ChatError({ code: "network", status }, error);
  }
  if (answer?.status === "SUCCESS") return answer.data.ticket;
  throw new ChatError({ code: "network", ...answer, status });
}
