/** Standard Webhooks' own library as the judge: reads `{ secret, headers, body }` and says the payload, or fails. */

import { createRequire } from "node:module";
import { text } from "node:stream/consumers";

const { Webhook } = createRequire(new URL("contracts/package.json", import.meta.url))("standardwebhooks");
const { secret, headers, body } = JSON.parse(await text(process.stdin));
console.log(JSON.stringify(new Webhook(secret).verify(body, headers)));
