/** The chat page: who is here, which room is open, and the client that does the rest. */

import { ChatClient } from "../chat-client.js";
import { addressOfRoom } from "./addresses.js";
import { BlockedPeople } from "./blocked-people.js";
import { CareCard } from "./care-card.js";
import { Concerns } from "./concerns.js";
import { Connection } from "./connection.js";
import { byId } from "./dom.js";
import { Doorstep } from "./doorstep.js";
import { onJumpKey } from "./jump-key.js";
import { later } from "./later.js";
import { Leaving } from "./leaving.js";
import { Me } from "./me.js";
import { MyPreferences } from "./my-preferences.js";
import { notify, orNotify, stayAbove } from "./notices.js";
import { Notifications } from "./notifications.js";
import { Online } from "./online.js";
import { RoomEmpty } from "./room-empty.js";
import { RoomView } from "./room-view.js";
import { RoomsList } from "./rooms-list.js";
import { Screens } from "./screens.js";
import { onSignIn, roleIn, store, stored, token } from "./session.js";
import { keepShell } from "./shell.js";
import { showStart } from "./start.js";
import { failureOf, language, t } from "./texts.js";
import { Written } from "./written.js";

const ANOTHER_MEMBER = "E-AU002"; // is whom the token speaks for now

let access = null;

async function start() {
  access = await orNotify(() => token({ fresh: false }));
  if (access) return showChat();
  showStart({ onPicked: start });
  const again = () => byId("chat").hidden && start();
  if (access === undefined) window.addEventListener("online", again, { once: true }); // nobody could be asked for it
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
    inbox: true,
    token: async (options) => (access = await token(options)),
  });
  const online = new Online(client);
  const written = new Written({
    memberId: () => client.me?.memberId ?? null,
    storage: { read: (key) => stored("sessionStorage", key), write: (key, text) => store("sessionStorage", key, text) },
  });
  const rooms = new RoomsList(client, { online, written });
  const enter = async (roomId, { quietly }) => {
    await rooms.find(roomId);
    if (!quietly) screens.enter(roomId); // else it is in the list, for later
  };
  const blocked = new BlockedPeople(client, { onChange: () => view.timeline.refresh() });
  const view = new RoomView(client, {
    rooms,
    blocked,
    online,
    role: () => roleIn(access),
    access: () => access,
    written,
    onLeave: (asked) => leaving.ask(asked),
    onMine: ({ isLeft }) => {
      if (isLeft) location.hash = "#/";
    },
    onEnter: enter,
  });
  const leaving = new Leaving(client, {
    access: () => access,
    onOut: (roomId) => screens.turnFrom(roomId),
    onBack: (roomId) => screens.turnBack(roomId),
    onGone: () => rooms.load(),
  });
  rooms.isAway = (roomId) => leaving.has(roomId);
  rooms.onLoad = () => {
    view.showHead();
    screens.lookAgain();
  };
  const me = new Me(client);
  new MyPreferences(client);
  stayAbove(byId("below"));
  new Connection(client);
  const notifications = new Notifications(client, { rooms, openRoomId: () => view.roomId, onOpen: goTo });
  later(({ NotificationSettings }) => new NotificationSettings(notifications), { buttons: ["notifications-open"] });
  later(({ MyMentions }) => new MyMentions(client, { onOpen: goTo }), { buttons: ["mentions-open"] });
  later(({ MyData }) => new MyData(client), { buttons: ["my-data-open"] });
  const reports = later(({ MyReports }) => new MyReports(client), { buttons: ["my-reports-open"] });
  client.on("report", ({ report }) => orNotify(async () => (await reports.ready()).hear(report)));
  const care = new CareCard(client, { onClosed: () => view.composer.focus() });
  const concerns = new Concerns(client, { rooms, openRoomId: () => view.roomId, onGo: goTo });
  later(({ Search }) => new Search(client, { rooms, onGo: goTo }), { buttons: ["search-all", "search-here"] });
  const find = later(
    ({ FindRoom }) => new FindRoom(client, { isMine: (roomId) => rooms.get(roomId) !== undefined, onEnter: enter }),
    { buttons: ["find-open"] },
  );
  for (const id of ["room-none-find", "rooms-empty-find"]) byId(id).addEventListener("click", () => find.open());
  byId("rooms-none-find").addEventListener("click", () => find.open(rooms.takeFilter()));
  onJumpKey(later(({ Jump }) => new Jump(client, { rooms, roomId: () => view.roomId, onEnter: enter })));
  const empty = new RoomEmpty(client, { view, rooms, onInvite: () => view.about.invites.open(view.room, rooms.nameOf(view.roomId)) });
  const doorstep = new Doorstep(client, { onEnter: (roomId) => enter(roomId, { quietly: false }) });
  const screens = new Screens(client, { rooms, view, doorstep, onMove: moved });

  client.on("state", ({ state, reason }) => {
    if (state === "open") welcomed();
    else if (state === "closed" && reason?.kind === "signed-out") {
      showStart({ reason: t("You are signed out."), onPicked: () => location.reload() });
    } else if (state === "closed" && reason?.kind === "refused" && reason.error?.code === ANOTHER_MEMBER) location.reload();
    else if (state === "closed" && reason?.kind === "refused") refused(reason.error ? failureOf(reason.error) : t("The server refused the connection."));
  });
  client.on("joined", ({ room, memberId }) => memberId === client.me.memberId && screens.letIn(room.roomId));
  client.on("rules", ({ room }) => rooms.rename(room.roomId, room.rules.roomName));
  client.on("removed", ({ room, ...told }) => {
    if (told.reason === "left") leave(room.roomId);
    else screens.putOut(room.roomId, told);
  });

  const blocks = () => client.blocked.list().catch(() => null);
  const known = blocks(); // nothing of whom one blocks is shown before

  async function welcomed() {
    me.name(client.me);
    screens.fetch(); // the open room goes first, all else behind it
    if (screens.isBegun) blocks();
    else await known;
    screens.begin();
    await rooms.begun;
    notifications.begin();
    client.held.load().catch(() => null);
    care.load();
    concerns.refresh(); // some may have come while nobody was connected
  }

  /** Nothing is to be seen where it was so from the beginning. */
  function refused(words) {
    if (!screens.isBegun) showStart({ reason: words, onPicked: () => location.reload() });
    notify(words);
  }

  function moved() {
    leaving.keep(view.roomId); // who looks at it again stays
    empty.show();
    concerns.refresh();
  }

  /** Open the room at this message. */
  async function goTo(roomId, seq) {
    await rooms.find(roomId);
    location.hash = addressOfRoom(roomId);
    screens.follow(); // the event comes later
    orNotify(() => view.timeline.jumpTo(seq));
  }

  function leave(roomId) {
    if (view.roomId === roomId) location.hash = "#/";
  }

  client.connect();
}

onSignIn(({ isOther }) => (isOther || byId("chat").hidden) && location.reload());
start();
window.addEventListener("load", keepShell);
document.documentElement.dataset.isStarted = ""; // see theme.js
