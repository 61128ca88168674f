/**
 * A receiver of the chat's events, of Node alone; docs/events.md says what they mean.
 *
 * usage: EVENTS_SECRET=whsec_… node receiver.mjs [PORT]
 * Two secrets, with a space between them, while one replaces the other.
 */

import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const secrets = process.env.EVENTS_SECRET.match(/\S+/g); // an empty one would be anybody's
const keys = secrets.map((secret) => Buffer.from(secret.replace("whsec_", ""), "base64"));
const OLDEST_S = 300;
const taken = new Set(); // of a service: a unique column, written in the transaction that acts on the event

const isSame = (one, other) => one.length === other.length && timingSafeEqual(one, other);

function isGenuine({ "webhook-id": name = "", "webhook-timestamp": moment = "", "webhook-signature": signatures = "" }, body) {
  if (!/^\d+$/.test(moment) || Math.abs(Date.now() / 1000 - Number(moment)) > OLDEST_S) return false;
  const right = keys.map((key) => `v1,${createHmac("sha256", key).update(`${name}.${moment}.`).update(body).digest("base64")}`);
  return signatures.split(" ").some((given) => right.some((one) => isSame(Buffer.from(one), Buffer.from(given))));
}

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks); // as it came: JSON written anew differs
  const genuine = isGenuine(request.headers, body);
  const name = request.headers["webhook-id"];
  if (genuine && !taken.has(name)) {
    taken.add(name);
    console.log(JSON.stringify(JSON.parse(body))); // or into a queue: answer soon
  }
  response.writeHead(genuine ? 204 : 401).end();
});
server.listen(Number(process.argv[2] ?? 9000), "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
