/** The chat page: who is here, which room is open, and the client that does the rest. */

import { ChatClient } from "../chat-client.js";
import { BlockedPeople } from "./blocked-people.js";
import { CareCard } from "./care-card.js";
import { Concerns } from "./concerns.js";
import { Connection } from "./connection.js";
import { closeDialogs } from "./dialog.js";
import { byId } from "./dom.js";
import { FindRoom } from "./find-room.js";
import { Me } from "./me.js";
import { MyMentions } from "./my-mentions.js";
import { MyPreferences } from "./my-preferences.js";
import { MyReports } from "./my-reports.js";
import { notify, orNotify, stayAbove } from "./notices.js";
import { NotificationSettings } from "./notification-settings.js";
import { Notifications } from "./notifications.js";
import { Online } from "./online.js";
import { RoomView } from "./room-view.js";
import { RoomsList } from "./rooms-list.js";
import { Search } from "./search.js";
import { onSignIn, roleIn, store, stored, token } from "./session.js";
import { showStart } from "./start.js";
import { failureOf, language, t } from "./texts.js";
import { Written } from "./written.js";

const ANOTHER_MEMBER = "E-AU002"; // is whom the token speaks for now

let access = null;

async function start() {
  access = await orNotify(() => token({ fresh: false }));
  if (!access) showStart({ onPicked: start });
  else showChat();
}

function storage() {
  try {
    return globalThis.sessionStorage; // what was not sent before a reload is sent after it
  } catch {
    return undefined;
  }
}

function showChat() {
  byId("start").hidden = true;
  byId("chat").hidden = false;
  const client = new ChatClient({
    language,
    storage: storage(),
    token: async (options) => (access = await token(options)),
  });
  const online = new Online(client);
  const written = new Written({
    memberId: () => client.me?.memberId ?? null,
    storage: { read: (key) => stored("sessionStorage", key), write: (key, text) => store("sessionStorage", key, text) },
  });
  const rooms = new RoomsList(client, { online });
  const enter = async (roomId, { quietly }) => {
    await rooms.load();
    if (!quietly) location.hash = `#/room/${roomId}`; // else it is in the list, for later
  };
  const blocked = new BlockedPeople(client, { onChange: () => view.timeline.refresh() });
  const view = new RoomView(client, { rooms, blocked, online, role: () => roleIn(access), access: () => access, written, onLeft: leave, onEnter: enter });
  rooms.onLoad = () => view.showHead();
  const me = new Me(client);
  new MyPreferences(client);
  stayAbove(byId("below"));
  new Connection(client);
  const notifications = new Notifications(client, { rooms, openRoomId: () => view.roomId, onOpen: goTo });
  new NotificationSettings(notifications);
  new MyMentions(client, { onOpen: goTo });
  new MyReports(client);
  const care = new CareCard(client, { onClosed: () => view.composer.focus() });
  const concerns = new Concerns(client, { rooms, openRoomId: () => view.roomId, onGo: goTo });
  new Search(client, { rooms, onGo: goTo });
  new FindRoom(client, { isMine: (roomId) => rooms.get(roomId) !== undefined, onEnter: enter });

  client.on("state", ({ state, reason }) => {
    if (state === "open") welcomed();
    else if (state === "closed" && reason?.kind === "signed-out") {
      showStart({ reason: t("You are signed out."), onPicked: () => location.reload() });
    } else if (state === "closed" && reason?.kind === "refused" && reason.error?.code === ANOTHER_MEMBER) location.reload();
    else if (state === "closed" && reason?.kind === "refused") notify(reason.error ? failureOf(reason.error) : t("The server refused the connection."));
  });
  client.on("blocked", () => isKnown && rooms.load()); // what they said mentions nobody any more
  client.on("joined", ({ memberId }) => memberId === client.me.memberId && rooms.load());
  client.on("removed", ({ room, reason }) => {
    if (reason !== "left") notify(t("You are not in this room any more."));
    leave(room.roomId);
  });

  let isKnown = false; // who this is, and which rooms there are
  async function welcomed() {
    me.name(client.me);
    await Promise.all([rooms.load(), client.blocked.list().catch(() => null)]);
    notifications.begin();
    client.held.load().catch(() => null);
    isKnown = true;
    care.load();
    concerns.refresh(); // some may have come while nobody was connected
    follow();
  }

  /** Show what the address says. */
  function follow() {
    if (!isKnown) return;
    byId("room").hidden = false; // there is nothing to do in it before
    const roomId = Number(/^#\/room\/([0-9]{1,16})$/.exec(location.hash)?.[1] ?? 0) || null;
    const before = view.roomId;
    document.body.dataset.view = roomId === null ? "rooms" : "room";
    rooms.mark(roomId);
    if (roomId !== before) {
      closeDialogs(); // they were about the other one
      view.open(roomId);
      concerns.refresh();
    }
    if (roomId === null && before !== null) rooms.focus(before);
  }

  /** Open the room at this message. */
  async function goTo(roomId, seq) {
    if (rooms.get(roomId) === undefined) await rooms.load();
    location.hash = `#/room/${roomId}`;
    follow(); // the event comes later
    orNotify(() => view.timeline.jumpTo(seq));
  }

  function leave(roomId) {
    rooms.load();
    if (view.roomId === roomId) location.hash = "#/";
  }

  window.addEventListener("hashchange", follow);
  client.connect();
}

onSignIn(({ isOther }) => (isOther || byId("chat").hidden) && location.reload());
start();
document.documentElement.dataset.isStarted = ""; // see theme.js
