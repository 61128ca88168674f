/*
 * The page's service worker. It keeps the shell: the page itself and the files that it is made of, all of one build.
 * Never a message, nor any answer of the API: what it does not name below goes to the network as if it were not there.
 *
 * The server puts `SHELL` in front of this: `version` (of page and files), `page` (the name of the page's state) and
 * `files`, none where the page is served from its sources. So a new build is a new service worker; browsers look for
 * one whenever the page is opened. It fetches its own shell, and the next opening of the page shows that one.
 */

/* global SHELL */

const CACHE = `chat-shell-${SHELL.version}`;
const PAGE = "/";
const CACHES_KEPT = 2; // a page of the build before loads parts of it later

self.addEventListener("install", (event) => event.waitUntil(keepShell()));
self.addEventListener("activate", (event) => event.waitUntil(forgetOlder()));
if (SHELL.files.length > 0) {
  self.addEventListener("fetch", (event) => {
    if (isOfShell(event.request)) event.respondWith(answerTo(event.request));
  });
}

async function keepShell() {
  if (SHELL.files.length > 0) {
    const page = await fetch(PAGE, { cache: "no-cache" });
    // of servers that are renewed one after the other, another one may have answered
    if (!page.ok || !page.headers.get("etag")?.includes(SHELL.page)) throw new Error("This page is of another build.");
    const cache = await caches.open(CACHE);
    await cache.addAll(SHELL.files);
    await cache.put(PAGE, page);
  }
  await self.skipWaiting();
}

async function forgetOlder() {
  const ours = (await caches.keys()).filter((name) => name.startsWith("chat-shell-")); // the oldest first
  const kept = SHELL.files.length > 0 ? CACHES_KEPT : 0;
  await Promise.all(ours.slice(0, ours.length - kept).map((name) => caches.delete(name)));
  await self.clients.claim();
}

function isOfShell({ method, url, mode, destination }) {
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin) return false;
  if (mode === "navigate") return pathname === PAGE && destination === "document";
  return pathname.startsWith("/static/chat/") || pathname.startsWith("/texts.");
}

async function answerTo(request) {
  if (request.mode !== "navigate") return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
  const kept = await caches.match(PAGE, { cacheName: CACHE, ignoreVary: true });
  // who loads the page again wants to see it anew, in another language for example
  const isAgain = request.cache === "no-cache" || request.cache === "reload";
  if (kept === undefined || !isAgain) return kept ?? fetch(request);
  return fetch(request).catch(() => kept);
}
