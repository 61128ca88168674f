/** What the service worker does with a push and with a press on what it shows. Its world is made up, but for its code. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";

const SOURCE = readFileSync(new URL("../../chatproject/static/chat/page/service-worker-push.js", import.meta.url), "utf8");
const SAID = { memberId: 7, roomId: 42, seq: 9, title: "Garden", body: "새 메시지", unread: 3, language: "ko" };
const HERE = "https://chat.example";

/** `pages`: those that are open; `shown`: notifications of before. */
function worker({ pages = [], shown = [] } = {}) {
  const [handlers, done] = [{}, { badges: [], shown: [], opened: [], focused: [], told: [] }];
  const clients = pages.map((page, number) => ({
    url: `${HERE}/#/`,
    visibilityState: "hidden",
    focused: false,
    ...page,
    focus: async () => done.focused.push(number),
    postMessage: (message) => done.told.push([number, { ...message }]),
  }));
  const self = {
    addEventListener: (name, handle) => (handlers[name] = handle),
    navigator: { setAppBadge: async (count) => done.badges.push(count) },
    clients: { matchAll: async () => clients, openWindow: async (address) => done.opened.push(address) },
    registration: {
      getNotifications: async ({ tag }) => shown.filter((one) => one.tag === tag),
      showNotification: async (title, options) => done.shown.push({ title, ...options, data: { ...options.data } }),
    },
  };
  vm.runInNewContext(SOURCE, { self, URL });
  const dispatch = async (name, event) => {
    let work;
    handlers[name]({ ...event, waitUntil: (promise) => (work = promise) });
    await work;
    return done;
  };
  return {
    push: (said) => dispatch("push", { data: { json: () => JSON.parse(said) } }),
    press: (data) => dispatch("notificationclick", { notification: { data, close() {} } }),
  };
}

test("what is sent is shown, one of each room, with the number at the icon", async () => {
  const { shown: [one], badges } = await worker({ pages: [{}, { url: `${HERE}/admin/`, visibilityState: "visible" }] }).push(JSON.stringify(SAID));
  assert.deepEqual([one.title, one.body, one.tag, one.lang, one.renotify], ["Garden", "새 메시지", "chat 7 42", "ko", true]);
  assert.deepEqual(one.data, { memberId: 7, roomId: 42, seq: 9 });
  assert.deepEqual(badges, [3]);
});

test("where somebody looks at the page, that tells", async () => {
  const { shown, badges } = await worker({ pages: [{}, { visibilityState: "visible" }] }).push(JSON.stringify(SAID));
  assert.deepEqual([shown, badges], [[], [3]]);
});

test("what a page has told stays as it is, without a sound; what is newer takes its place", async () => {
  const before = { tag: "chat 7 42", title: "Garden · Bob", body: "hello", data: { memberId: 7, roomId: 42, seq: 9 } };
  const { shown: [same] } = await worker({ shown: [before] }).push(JSON.stringify(SAID));
  assert.deepEqual([same.title, same.body, same.renotify, same.silent], ["Garden · Bob", "hello", false, true]);
  const { shown: [newer] } = await worker({ shown: [before] }).push(JSON.stringify({ ...SAID, seq: 10 }));
  assert.deepEqual([newer.title, newer.body, newer.renotify, newer.silent], ["Garden", "새 메시지", true, false]);
});

test("what nobody understands is passed over", async () => {
  for (const said of ["", "null", "[]", '{"roomId": "x", "title": "x"}', '{"roomId": 1}']) {
    const { shown, badges } = await worker().push(said);
    assert.deepEqual([shown, badges], [[], []], said);
  }
});

test("a press leads to the room, in a page that is open or in a new one", async () => {
  const data = { memberId: 7, roomId: 42, seq: 9 };
  const inNew = await worker({ pages: [{ url: `${HERE}/admin/` }] }).press(data);
  assert.deepEqual([inNew.opened, inNew.told], [["/#/room/42"], []]);
  const inOpen = await worker({ pages: [{}, { focused: true }] }).press(data);
  assert.deepEqual([inOpen.opened, inOpen.focused, inOpen.told], [[], [1], [[1, { type: "chat:open", ...data }]]]);
});
