/** One's own data: asked for in a language, and got at an address of the server's. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "./fake_server.mjs";

test("what is packed is asked for, and its link leads to the server", async () => {
  const calls = [];
  let data = { state: "waiting", link: null };
  const fetch = async (address, { method, body }) => {
    calls.push([method, address.pathname, body && JSON.parse(body)]);
    return { status: 200, json: async () => ({ status: "SUCCESS", data }) };
  };
  const client = await connect({ fetch, url: "https://chat.example/sub" });
  assert.deepEqual(await client.myData.ask({ language: "ko" }), { state: "waiting", link: null });
  data = { state: "ready", link: "/v1/files/export.5.7.0.~abc" };
  assert.equal((await client.myData.state()).link, "https://chat.example/sub/v1/files/export.5.7.0.~abc");
  data = { state: "ready", link: "https://files.example/v1/files/export.5.7.0.~abc" };
  assert.equal((await client.myData.state()).link, data.link);
  assert.deepEqual(calls[0], ["POST", "/sub/v1/chat/me/export", { language: "ko" }]);
  assert.deepEqual(calls[1].slice(0, 2), ["GET", "/sub/v1/chat/me/export"]);
});
