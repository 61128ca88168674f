/** chat-client.d.ts declares what chat-client.js offers, all of it and nothing else. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as offered from "../../chatproject/static/chat/chat-client.js";

const text = readFileSync(new URL("../../chatproject/static/chat/chat-client.d.ts", import.meta.url), "utf8");

function declared(name) {
  const [, body] = text.match(new RegExp(`export class ${name} [^{]*\\{\n(.*?)\n\\}`, "s"));
  const members = [...body.matchAll(/^ {2}(?:readonly )?(\w+)[<(?:]/gm)].map(([, member]) => member);
  return new Set(members.filter((member) => member !== "constructor"));
}

function public_(object) {
  const names = new Set();
  for (let at = object; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  }
  return new Set([...names].filter((name) => name !== "constructor" && !name.startsWith("_")));
}

test("every class is declared", () => {
  const classes = [...text.matchAll(/export class (\w+)/g)].map(([, name]) => name);

  assert.deepEqual(classes.sort(), Object.keys(offered).sort());
});

test("every member is declared, and nothing that is not there", () => {
  const client = new offered.ChatClient({ url: "https://chat.example.com", token: () => "" });

  assert.deepEqual([...public_(client)].sort(), [...declared("ChatClient")].sort());
  assert.deepEqual([...public_(client.room(1))].sort(), [...declared("Room")].sort());
});
