/** The React example of the guide, drawn into a document: Alice uses it, Bob is at the other server. */

import assert from "node:assert/strict";
import { Window } from "happy-dom";
import { ChatClient } from "community-chat-client";

const { FIRST_SERVER, SECOND_SERVER, ALICE, BOB, ROOM_ID } = process.env;

const window = new Window({ url: "https://community.example.com" });
for (const name of ["document", "navigator"]) Object.defineProperty(globalThis, name, { value: window[name] }); // Node has one of them
globalThis.window = window;
const { createElement, StrictMode } = await import("react");
const { createRoot } = await import("react-dom/client");
const { Chat } = await import("./Chat.js");

/** What `find` finds in the page, once it is there. */
function there(find) {
  return new Promise((resolve) => {
    const watching = new window.MutationObserver(look);
    watching.observe(window.document, { subtree: true, childList: true, characterData: true, attributes: true });
    look();
    function look() {
      const found = find(window.document.body);
      if (!found) return;
      watching.disconnect();
      resolve(found);
    }
  });
}

const lines = (body) => [...body.querySelectorAll("li")];
const line = (text) => there((body) => lines(body).find((one) => one.textContent.includes(text) && one.dataset.state === "sent"));
const button = (text) => there((body) => [...body.querySelectorAll("button")].find((one) => one.textContent.includes(text) && !one.disabled));

const bob = new ChatClient({ url: SECOND_SERVER, token: () => BOB });
bob.connect();
const bobs = bob.room(ROOM_ID).subscribe();
await bobs.send("안녕 앨리스").settled;

const client = new ChatClient({ url: FIRST_SERVER, token: () => ALICE, inbox: true });
const root = createRoot(window.document.body.appendChild(window.document.createElement("div")));
root.render(createElement(StrictMode, null, createElement(Chat, { client })));

(await button("점심 모임")).click();
const first = await line("안녕 앨리스");

const heard = new Promise((resolve) => bobs.on("message", ({ message }) => message.message === "안녕 밥" && resolve(message)));
const input = await there((body) => body.querySelector("input"));
Object.getOwnPropertyDescriptor(window.HTMLInputElement.prototype, "value").set.call(input, "안녕 밥"); // as fingers do, past React
input.dispatchEvent(new window.Event("input", { bubbles: true }));
await button("보내기");
input.form.dispatchEvent(new window.Event("submit", { bubbles: true, cancelable: true }));
await heard;
await line("안녕 밥");

await bobs.edit(bobs.messages[0], "안녕 엘리스");
assert.equal(await line("안녕 엘리스"), first); // the same element, with another text
assert.equal(lines(window.document.body).length, 2);

root.unmount();
assert.equal(client.state, "closed");
bob.close();
await window.happyDOM.close();
console.log("drawn");
