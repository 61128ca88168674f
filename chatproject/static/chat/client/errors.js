/** What went wrong, as one class; and what is refused here already, before the server has to. */

export class ChatError extends Error {
  constructor({ code, message = code, status = 0, retryAfter = null, roomName = null, why = null }, cause) {
    super(message, { cause });
    Object.assign(this, { name: "ChatError", code, status, retryAfter, roomName, why });
  }
}

export const TOO_LONG = { type: "error", code: "E-C002", message: "The message is too long." };
export const NOT_FROM_HERE = "E-AU003"; // a page of this origin may not use the server
export const BEGUN_ANEW = { type: "error", code: "anew", message: "The server's database went back to an earlier state; look at the message again." };
export const CLOSED = { type: "error", code: "closed" }; // the answer to what the connection did not outlive

const PASSING = ["E-C004", "E-S002"]; // a repeat may get past them

export const isPassing = ({ code }) => PASSING.includes(code);
