/*
 * The other half of the page's service worker: notifications that the server sends while no page is in sight. What they
 * say the server decided (docs/push.md); it is shown, and kept nowhere.
 */

const ICON = "/static/chat/page/icon-192.png";

self.addEventListener("push", (event) => event.waitUntil(tell(event.data)));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(lead(event.notification.data));
});

async function tell(data) {
  const said = read(data);
  if (said === null) return;
  self.navigator.setAppBadge?.(said.unread).catch(() => {});
  const pages = await pagesOfChat();
  if (pages.some(({ visibilityState }) => visibilityState === "visible")) return; // it tells what comes itself
  const { memberId, roomId, seq, title, body, language } = said;
  const tag = `chat ${memberId} ${roomId}`; // as browser-notices.js has it: of a room there is one
  const [shown] = await self.registration.getNotifications({ tag });
  const isKnown = shown !== undefined && shown.data.seq >= seq; // a page that nobody looks at has told it before
  const words = isKnown ? { title: shown.title, body: shown.body, data: shown.data } : { title, body, data: { memberId, roomId, seq } };
  await self.registration.showNotification(words.title, {
    body: words.body,
    data: words.data,
    tag,
    renotify: !isKnown,
    silent: isKnown,
    lang: language,
    icon: ICON,
    badge: ICON,
  });
}

function read(data) {
  try {
    const said = data.json();
    return Number.isSafeInteger(said.roomId) && typeof said.title === "string" ? said : null;
  } catch {
    return null; // of a later version of the server
  }
}

/** To the room: in a page that is open already, or else in a new one. */
async function lead({ memberId, roomId, seq }) {
  const pages = await pagesOfChat();
  const page = pages.find(({ focused }) => focused) ?? pages[0];
  if (page === undefined) return self.clients.openWindow(`/#/room/${roomId}`);
  page.postMessage({ type: "chat:open", memberId, roomId, seq });
  return page.focus().catch(() => null); // it knows by then
}

async function pagesOfChat() {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  return pages.filter(({ url }) => new URL(url).pathname === "/");
}
