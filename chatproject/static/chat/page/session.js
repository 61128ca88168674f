/**
 * Whose page this is: where the access token comes from.
 *
 * In the demo, a member that was picked in this tab. Else the token that the main site keeps in localStorage under
 * `accessToken`, or one that the embedding page hands over: it is asked with `{type: "chat:token", fresh}` and answers
 * `{type: "chat:token", access}`. Only origins that the server lists (ROUTE_FRONT) are asked and believed.
 */

import { ChatError } from "../chat-client.js";
import { byId } from "./dom.js";

const ANSWER_MS = 3_000; // how long an embedding page may take

export const pageSettings = JSON.parse(byId("page-settings").textContent);

const isEmbedded = window.parent !== window;

/** What a page may keep, or nothing where the browser forbids it (frames of other sites). */
export function stored(storage, key) {
  try {
    return globalThis[storage].getItem(key);
  } catch {
    return null;
  }
}

export function store(storage, key, value) {
  try {
    if (value === null) globalThis[storage].removeItem(key);
    else globalThis[storage].setItem(key, value);
  } catch {
    // it lasts as long as the page, then
  }
}

// --- the demo

export const isDemo = pageSettings.demoMembers.length > 0;
let pickedId = stored("sessionStorage", "chatDemoMember");
let demoAccess = null;

/** Be this member, in this tab; null: nobody yet. */
export function pickMember(memberId) {
  pickedId = memberId === null ? null : String(memberId);
  demoAccess = null;
  store("sessionStorage", "chatDemoMember", pickedId);
}

async function demoToken({ fresh }) {
  if (pickedId === null) return null;
  if (fresh || demoAccess === null) {
    try {
      const answer = await fetch(`/demo/token?memberId=${encodeURIComponent(pickedId)}`, { method: "POST" });
      if (answer.status === 404) return null;
      demoAccess = (await answer.json()).data.access;
    } catch (error) {
      throw new ChatError({ code: "network" }, error);
    }
  }
  return demoAccess;
}

// --- the embedding page, the main site

let given = null;

function askEmbedder(fresh) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => finish(null), ANSWER_MS);
    const finish = (access) => {
      clearTimeout(timer);
      window.removeEventListener("message", hear);
      resolve(access);
    };
    const hear = ({ origin, source, data }) => {
      if (source !== window.parent || !pageSettings.frontOrigins.includes(origin)) return;
      if (data?.type === "chat:token" && typeof data.access === "string") finish(data.access);
    };
    window.addEventListener("message", hear);
    for (const origin of pageSettings.frontOrigins) window.parent.postMessage({ type: "chat:token", fresh }, origin);
  });
}

async function siteToken({ fresh }) {
  if (isEmbedded && pageSettings.frontOrigins.length > 0) {
    if (fresh || given === null) given = await askEmbedder(fresh);
    if (given !== null) return given;
  }
  return stored("localStorage", "accessToken"); // whether it has ended the server knows: clocks of devices are wrong
}

export const token = isDemo ? demoToken : siteToken;

/** Call `changed({ isOther })` when the main site gave another token, or took it away; is it another member's? */
export function onSignIn(changed) {
  const memberId = () => claimsOf(stored("localStorage", "accessToken")).userId;
  let before = memberId();
  window.addEventListener("storage", ({ key }) => {
    if (key !== "accessToken" && key !== null) return; // null: everything was removed
    const isOther = !isDemo && given === null && memberId() !== before;
    before = memberId();
    changed({ isOther });
  });
}

/** The role that the token states. For showing what may be done: the server decides. */
export const roleIn = (access) => claimsOf(access).role ?? "USER";

function claimsOf(access) {
  try {
    const claims = access.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    return JSON.parse(atob(claims));
  } catch {
    return {};
  }
}
