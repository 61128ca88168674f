"""A client of the chat server for Python: one socket that comes back by itself, and the rooms it listens to.

    async with ChatClient("https://chat.example.com", token=lambda fresh: access_token) as client:
        events = client.events()
        room = client.room(1).subscribe()
        await room.send("안녕하세요!")
        async for event in events:
            if event.type == "message":
                print(event.data["nickName"], event.data["message"])

It behaves as chat-client.js does: subscriptions resume where they were, what was said is sent again under the same
`clientId` until it is answered, messages are in order and none is there twice. docs/client.md says more, and
docs/protocol.md what frames and messages hold. It needs httpx and websockets, and Python from 3.11 on. Copy it: it
is one file.
"""

import asyncio
import base64
import inspect
import json
import random
import time
import uuid
from bisect import bisect_left
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

Json = dict[str, Any]  # a message, or another object of the protocol
Reply = asyncio.Future[Json]
Answered = Callable[[Json], None]
GiveToken = Callable[[bool], str | Awaitable[str | None] | None]

FINAL_CODES = (1003, 1007, 1009, 4403)  # of a close: coming back would not help
BAD_TOKEN, TOO_MANY = 4401, 4429
REFUSED_TOKENS_MAX = 3  # in a row: there is no valid one to be had
PASSING = ("E-C004", "E-S002")  # refusals that a repeat gets past
BACK_OFF_S, BACK_OFF_MAX_S = 0.5, 30.0  # the longest first pause; twice as long after each failure
BUSY_S = 5.0  # the shortest pause after a 4429
STABLE_S = 5.0  # a connection that lasted so long begins the back-off anew
RENEWAL_S = 60.0  # how long before its end a token is replaced
KEEPALIVE_S = 20.0
REST_TIMEOUT_S = 60.0  # a draft of the assistant may take 30 s
TYPING_S = 3.0  # between two `typing`
PAGE_MAX = 200  # messages, or rooms
MESSAGES_MAX = 500  # of a room that are kept while new ones come, and beyond what `load_older` read
SAID_KEPT_S, SAID_KEPT_MAX = 600.0, 100  # of what was acknowledged, for a server that loses it
HELD = "E-MO006"  # stored, and waits for a manager
SHARE = 0.9  # of the server's rates that is used: its clock is not ours


class ChatError(Exception):
    """A refusal, or a failure. `code` is the protocol's ("E-AU002" …), "network" where no answer came, or "closed"
    where the connection or the client ended before it: what was asked may have been done or not. "anew": the
    server's database went backwards, and the message that an act is about may be another one by now."""

    def __init__(self, code: str, message: str = "", *, retry_after: float | None = None, status: int = 0) -> None:
        super().__init__(message or code)
        self.code, self.retry_after, self.status = code, retry_after, status

    @classmethod
    def of(cls, reply: Json, status: int = 0) -> "ChatError":
        retry_after = reply.get("retryAfter")
        return cls(reply.get("code", "network"), reply.get("message", ""), retry_after=retry_after, status=status)


@dataclass(frozen=True, slots=True)
class Event:
    """What happened. `type` is "state" (of the client; data: state, reason), "room" (its `state` or `read_seq`),
    "reset" (its `messages` as a whole), "message" or "changed" (data: the message), "older" (the same of one that
    is not at hand), "anew" (the server's database went backwards: rooms are read anew, and so many messages are
    said again; data: messages), or a frame's."""

    type: str
    room_id: int | None
    data: Json


class Events:
    """All that happens since it was asked for, in order: `async for event in events`. Ends when the client does.

    What is not read yet is kept: `close` one that nobody reads.
    """

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self.is_closed = False

    def put(self, event: Event) -> None:
        self._queue.put_nowait(event)

    def close(self) -> None:
        self.is_closed = True
        self._queue.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[Event]:
        while (event := await self._queue.get()) is not None:
            yield event


class ChatClient:
    """One member's. `token(fresh)` gives the access token, at once or awaited; `fresh`: the last one was refused,
    or ends soon. None or "" means signed out. An exception is a failure, after which it is asked again."""

    def __init__(self, url: str, *, token: GiveToken, language: str = "ko") -> None:
        if not url.startswith(("http://", "https://")):
            raise TypeError("ChatClient needs the address of the chat server: https://chat.example.com, say")
        if not callable(token):
            raise TypeError("ChatClient needs `token`: a function that gives the member's access token")
        self.url, self._give_token, self._language = url.rstrip("/"), token, language
        self.state = "closed"  # or "connecting", "open", "waiting" (for the next attempt)
        self.reason = (
            ""  # why not open: "lost", "restart", "token", "busy"; for good "closed", "signed-out", "refused"
        )
        self.error: ChatError | None = None  # what the server said to that
        self.me: Json = {}  # memberId and nickName, from the first connection on
        self.limits: Json = {}
        self.epoch = ""  # in which versions and numbers of messages count
        self._lately = Lately()
        self._heard_at = 0.0  # when the server was; the welcome of a connection comes behind that
        self._http = httpx.AsyncClient(timeout=REST_TIMEOUT_S)
        self._rooms: dict[int, Room] = {}
        self._events: list[Events] = []
        self._unanswered: list[Unanswered] = []
        self._line: Line | None = None
        self._tasks: set[asyncio.Task[None]] = set()  # of the present connection
        self._refused_tokens = 0
        self._reconnect_after: float | None = None  # from the server's `bye`

    async def __aenter__(self) -> Self:
        """Connect, and stay connected. Does not wait for the connection."""
        self.state = "connecting"
        self._life = asyncio.create_task(self._live())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._life.cancel()
        try:
            with suppress(asyncio.CancelledError):
                await self._life
        finally:
            self._end("closed")
            await self._http.aclose()

    async def ended(self) -> None:
        """Return once it was closed, or given up: then `reason` and `error` say why."""
        await asyncio.wait([self._life])

    def room(self, room_id: int) -> "Room":
        """Always the same object."""
        if room_id not in self._rooms:
            self._rooms[room_id] = Room(self, room_id)
        return self._rooms[room_id]

    def events(self) -> Events:
        self._events.append(events := Events())
        return events

    async def call(self, method: str, path: str, *, query: Json | None = None, body: Any = None) -> Any:
        """Any path below /v1/chat: the `data` of its answer. Raises ChatError."""
        params = {name: value for name, value in (query or {}).items() if value is not None}
        for fresh in (False, True):
            headers = {"access": await self._token(fresh) or "", "Accept-Language": self._language}
            try:
                address = f"{self.url}/v1/chat{path}"
                response = await self._http.request(method, address, params=params, json=body, headers=headers)
                answer: Json = response.json()
            except (httpx.HTTPError, ValueError) as error:
                raise ChatError("network", str(error)) from error
            if answer.get("status") == "SUCCESS":
                return answer.get("data")
            if response.status_code != httpx.codes.UNAUTHORIZED:
                break
        raise ChatError.of(answer, response.status_code)

    async def my_rooms(self) -> list[Json]:
        """All of them, the newest first."""
        rooms: dict[int, Json] = {}
        after, is_more = None, True
        while is_more:
            page = await self.call("GET", "/my/rooms", query={"limit": PAGE_MAX, "after": after})
            rooms |= {room["roomId"]: room for room in page["rooms"] if room["roomId"] not in rooms}
            after = page["next"]
            is_more = after is not None
        return list(rooms.values())

    async def ask(self, frame: Json) -> Json:
        """Send a frame on this connection or not at all; return its reply. Raises ChatError."""
        if self._line is None:
            raise ChatError("closed")
        return granted(await self._line.ask(frame))

    # --- the connection and its way back

    async def _live(self) -> None:
        try:
            await self._come_back()
        except Exception:
            self._end("failed")
            raise

    async def _come_back(self) -> None:
        failures = 0
        while True:
            began_at, self._reconnect_after = time.monotonic(), None
            self._set_state("connecting", self.reason)
            reason, code = await self._visit()
            if code in FINAL_CODES:
                return self._end("refused")
            if reason == "signed-out" or self._refused_tokens >= REFUSED_TOKENS_MAX:
                return self._end("signed-out")
            failures = 0 if time.monotonic() - began_at >= STABLE_S else failures + 1
            pause_s = random.random() * min(BACK_OFF_MAX_S, BACK_OFF_S * 2**failures)  # noqa: S311  # no secret
            self._set_state("waiting", reason)
            await asyncio.sleep(self._reconnect_after or pause_s + (BUSY_S if code == TOO_MANY else 0))

    async def _visit(self) -> tuple[str, int | None]:
        """One connection, to its end. Returns why it ended, and the close code."""
        try:
            access = await self._token(self._refused_tokens > 0)
        except Exception as error:  # the application's own
            self.error = ChatError("token", repr(error))
            return "token", None
        if not access:
            return "signed-out", None
        headers = {"access": access, "Accept-Language": self._language}
        keeping: Json = {"ping_interval": KEEPALIVE_S, "ping_timeout": KEEPALIVE_S, "max_size": None}
        address = self.url.replace("http", "ws", 1) + "/v2/chat/connect"
        try:
            async with connect(address, additional_headers=headers, **keeping) as socket:
                code = await self._listen(socket)
        except (OSError, TimeoutError, WebSocketException) as error:
            self.error = ChatError("network", str(error))
            return "lost", None
        if code == BAD_TOKEN:
            self._refused_tokens += 1
        named = {BAD_TOKEN: "token", TOO_MANY: "busy"}
        return named.get(code or 0, "lost" if self._reconnect_after is None else "restart"), code

    async def _listen(self, socket: ClientConnection) -> int | None:
        try:
            with suppress(ConnectionClosed):  # its code says how
                async for text in socket:
                    self._hear(socket, json.loads(text))
        finally:
            if self._line is not None:
                self._line.end()
            self._line = None
            for task in (tasks := list(self._tasks)):
                task.cancel()
            if tasks:
                await asyncio.wait(tasks)
            for room in self._rooms.values():
                room.pause()
        return socket.close_code

    def _end(self, reason: str) -> None:
        if self.state == "closed":
            return
        for one in self._unanswered:
            one.settle(ChatError("closed", str(self.error or reason)))
        self._unanswered.clear()
        self._set_state("closed", reason)
        for room in self._rooms.values():
            room.pause()
        for events in self._events:
            events.close()

    def _set_state(self, state: str, reason: str) -> None:
        self.state, self.reason = state, reason
        self.tell("state", None, {"state": state, "reason": reason})

    def tell(self, kind: str, room_id: int | None, data: Json) -> None:
        self._events = [events for events in self._events if not events.is_closed]
        for events in self._events:
            events.put(Event(kind, room_id, data))

    def begin(self, work: Any) -> None:
        """Something that ends with the connection."""
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _token(self, fresh: bool) -> str | None:
        given = self._give_token(fresh)
        return await given if inspect.isawaitable(given) else given

    async def _renew(self, ends_at: float) -> None:
        """Replace the token in time, again and again."""
        while True:
            rest = ends_at - time.time()
            await asyncio.sleep(max(rest - RENEWAL_S, rest / 2, 1.0) if rest > 0 else RENEWAL_S)
            with suppress(Exception):  # the application's own, or a refusal: the old one goes on until its end
                if access := await self._token(True):
                    await self.ask({"type": "auth", "access": access})
                    ends_at = end_of(access) or ends_at

    # --- what is heard

    def _hear(self, socket: ClientConnection, frame: Json) -> None:
        kind, room_id = frame["type"], frame.get("roomId")
        if kind == "welcome":
            self._welcome(socket, frame)
            return
        self._heard_at = time.monotonic()
        if self._line is not None and self._line.hear(frame):
            return
        if kind == "bye":
            self._reconnect_after = frame["reconnectAfter"]
        elif kind == "error":
            self.error = ChatError.of(frame)
        elif room_id in self._rooms:
            if kind == "removed":
                self._lately.drop(room_id)  # nobody wants to hear it again
            self._rooms[room_id].hear(frame)
        else:
            self.tell(kind, room_id, frame)

    def _welcome(self, socket: ClientConnection, frame: Json) -> None:
        self.me = {name: frame[name] for name in ("memberId", "nickName")}
        self.limits, self.error, self._refused_tokens = frame["limits"], None, 0
        before, self.epoch = self.epoch, frame.get("epoch") or self.epoch
        if before not in ("", self.epoch):
            self._begin_anew()
        self._line = Line(socket, self.limits, self._unanswered, self._lately)
        self.begin(self._line.pump())
        self.begin(self._renew(datetime.fromisoformat(frame["expiresAt"]).timestamp()))
        self._set_state("open", "")
        for room in self._rooms.values():
            room.resume()
        self._line.post({"type": "ping"})  # who says nothing at first has to go

    def _begin_anew(self) -> None:
        """What is known of rooms may never have been. Say again what was acknowledged lately and stands, before
        all else; a `seq` means another message by now, so nothing is done to one, and nothing answers one."""
        said = self._lately.take(since=self._heard_at - SAID_KEPT_S)
        again = [frame for one in said if (frame := self.room(one.room_id).as_it_stands(one)) is not None]
        waiting = [one for one in self._unanswered if one.frame["type"] in ("chat", "ask")]
        for one in self._unanswered:
            if one not in waiting:
                one.settle(ChatError("anew", "The server's database went back to an earlier state."))
        self._unanswered[:] = [*map(unanswered, again), *waiting]
        for one in self._unanswered:
            one.frame.pop("replyTo", None)
        for room in self._rooms.values():
            room.forget()
        self.tell("anew", None, {"messages": len(again)})

    # --- what is said

    def post(self, frame: Json) -> Reply:
        """Have it sent, on as many connections as it takes. The reply or its refusal: nobody has to look at it."""
        self._unanswered.append(one := unanswered(frame))
        if self._line is not None:
            self._line.news.set()
        return one.reply

    def post_once(self, frame: Json) -> None:
        """Have it sent on this connection, if there is one; nobody waits for a reply."""
        if self._line is not None:
            self._line.post(frame)


class Room:
    """What is known of a room, and what can be said there."""

    def __init__(self, client: ChatClient, room_id: int) -> None:
        self._client, self.room_id = client, room_id
        self.state = "idle"  # or "joining", "live" (all is heard), "removed", "refused" (see `error`)
        self.error: ChatError | None = None
        self.messages: list[Json] = []  # by `seq`, without a gap; one object for its whole life
        self.first_seq = 1  # the oldest that the room keeps
        self.last_seq = self.read_seq = 0
        self._history: int | None = None  # how many are wanted at first; None: it is not listened to
        self._version: int | None = None  # every change up to it is known
        self._held: list[Json] | None = None  # what is heard while the history is read
        self._most = MESSAGES_MAX
        self._typed_at = float("-inf")
        self._changed = asyncio.Event()

    @property
    def unread(self) -> int:
        return max(0, self.last_seq - self.read_seq)

    # --- listening

    def subscribe(self, history: int = 50) -> Self:
        """Listen to it, on every connection, with so many of its newest messages at first."""
        if self._history is None:
            self._history, self._version = history, None
            self.resume()
        return self

    def unsubscribe(self) -> None:
        self._client.post_once({"type": "unsubscribe", "roomId": self.room_id})
        self.forget()
        self._leave("idle")

    async def ready(self) -> Self:
        """Return once all is heard; raises ChatError where that was refused or the client was closed."""
        while self.state != "live":
            if self.error is not None:
                raise self.error
            if self.state in ("idle", "removed") or self._client.state == "closed":
                raise ChatError("closed")
            self._changed.clear()
            await self._changed.wait()
        return self

    def as_it_stands(self, said: "Said") -> Json | None:
        """What was said by this frame, as it was edited since; None where it was deleted or hidden."""
        message = next((one for one in self.messages if self._is_it(one, said)), None)
        if message is None:
            return dict(said.frame)
        if message.get("deletedAt") or message.get("hiddenAt"):
            return None
        marks = {"assisted": True} if message.get("assisted") else {}  # the server adds it of its own accord, too
        return said.frame | {"message": message["message"]} | marks

    def _is_it(self, message: Json, said: "Said") -> bool:
        if said.seq is not None:
            return bool(message["seq"] == said.seq)
        is_mine = message["senderId"] in (self._client.me.get("memberId"), None)  # others may have the same
        return is_mine and bool(message["clientId"] == said.frame["clientId"])

    def forget(self) -> None:
        """What was known of it is nothing to go on from."""
        self.messages, self._version = [], None
        self.first_seq, self.last_seq, self.read_seq = 1, 0, 0

    def resume(self) -> None:
        if self._history is not None:
            self._set_state("joining")
            if self._client.state == "open":
                self._client.begin(self._join())

    def pause(self) -> None:
        self._held = None
        if self._history is not None:
            self._set_state("joining")

    async def _join(self) -> None:
        self._held = []  # what comes right behind the answer is heard before this goes on
        try:
            reply = await self._subscribed()
            self.last_seq, self.read_seq = reply["lastSeq"], max(self.read_seq, reply["readSeq"])
            self._begin_at(reply.get("firstSeq", 1))
            if reply["recovered"]:
                self._place_held()
            else:
                await self._read_history(reply["version"])
        except ChatError as error:
            if error.code != "closed":
                self._leave("refused", error)
            return
        self._set_state("live")

    async def _subscribed(self) -> Json:
        frame: Json = {"type": "subscribe", "roomId": self.room_id}
        if self._version is not None:
            frame |= {"since": self._version, "epoch": self._client.epoch}
        while True:
            try:
                return await self._client.ask(frame)
            except ChatError as error:
                if error.code not in PASSING:
                    raise
                await asyncio.sleep(error.retry_after or 1.0)

    async def _read_history(self, version: int) -> None:
        """As far back as is at hand, or as was wanted; over lost lines too."""
        assert self._history is not None
        known = self.last_seq + 1 - self.messages[0]["seq"] if self.messages else 0
        lowest = max(self.first_seq, self.last_seq + 1 - min(self._most, max(known, self._history)))
        read: list[Json] = []
        before = self.last_seq + 1
        while before > lowest:
            page = await self._page({"before": before, "limit": min(PAGE_MAX, before - lowest)})
            read = page + read
            before = page[0]["seq"] if page else 0
        self.messages, self._version = read, version
        self._client.tell("reset", self.room_id, {})
        self._place_held()

    def _place_held(self) -> None:
        held, self._held = self._held or [], None
        for message in held:
            self._place(message)

    async def _page(self, query: Json) -> list[Json]:
        while True:
            try:
                page: list[Json] = await self._client.call("GET", f"/history/{self.room_id}", query=query)
            except ChatError as error:
                if error.code != "network" and error.code not in PASSING:
                    raise
                await asyncio.sleep(error.retry_after or 1.0)
            else:
                return page

    async def load_older(self, limit: int = 50) -> list[Json]:
        """The page before `messages`, which has it from then on. Raises ChatError."""
        if not self.messages or self.messages[0]["seq"] <= self.first_seq:
            return []
        first = self.messages[0]["seq"]
        page = await self._page({"before": first, "limit": limit})
        if not self.messages or self.messages[0]["seq"] != first:
            return []  # begun anew meanwhile
        self.messages[:0] = page
        self._most = max(self._most, len(self.messages) + MESSAGES_MAX)
        return page

    def _leave(self, state: str, error: ChatError | None = None) -> None:
        self._history = self._version = self._held = None
        self._set_state(state, error)

    def _set_state(self, state: str, error: ChatError | None = None) -> None:
        self.state, self.error = state, error
        self._tell_room()

    def _tell_room(self) -> None:
        self._changed.set()
        self._client.tell("room", self.room_id, {})

    # --- what is heard

    def hear(self, frame: Json) -> None:
        kind = frame["type"]
        if kind not in ("chat", "changed"):
            if kind == "read" and frame["memberId"] == self._client.me.get("memberId"):
                self.read_seq = max(self.read_seq, frame["seq"])
            if kind == "room":
                self._begin_at(frame.get("firstSeq", 1))
            if kind == "removed":
                self._leave("removed")
            self._client.tell(kind, self.room_id, frame)
            return
        message = {name: value for name, value in frame.items() if name != "type"}
        if self._held is not None:
            self._held.append(message)
        elif self._history is not None:
            self._place(message)

    def _begin_at(self, seq: int) -> None:
        """What was said before was too old, and is gone."""
        if seq > self.first_seq:
            self.first_seq, self.read_seq = seq, max(self.read_seq, seq - 1)
            self.messages = [message for message in self.messages if message["seq"] >= seq]

    def _place(self, message: Json) -> None:
        """Where it belongs: a replay may bring a changed one after younger ones."""
        seq, version = message["seq"], message["version"]
        if self._version is not None:
            self._version = max(self._version, version)
        self.last_seq = max(self.last_seq, seq)
        if message["senderId"] is not None and message["senderId"] == self._client.me.get("memberId"):
            self.read_seq = max(self.read_seq, seq)  # to have spoken is to have read
        at = bisect_left(self.messages, seq, key=lambda one: one["seq"])
        known = self.messages[at] if at < len(self.messages) and self.messages[at]["seq"] == seq else None
        if known is None and (at > 0 or not self.messages):
            self.messages.insert(at, message)
            self._client.tell("message", self.room_id, message)
            del self.messages[: -self._most]
        elif known is None:
            self._client.tell("older", self.room_id, message)
        elif known["version"] < version:
            known.clear()  # what is left out is not there any more
            known.update(message)
            self._client.tell("changed", self.room_id, known)

    # --- what is said and done: sent on as many connections as it takes, also where nobody awaits it

    def send(
        self,
        text: str,
        *,
        reply_to: int | None = None,
        mentions: Iterable[int] = (),
        everyone: bool = False,
        attachments: Iterable[int] = (),
        assisted: bool = False,
    ) -> Reply:
        """Say something. Awaited it is the acknowledgement, with its `seq`, or raises what it was refused with:
        "E-MO006" is one that waits for a manager. `assisted`: the assistant drafted it."""
        self._typed_at = float("-inf")
        said: Json = {"message": text, "clientId": str(uuid.uuid4()), "replyTo": reply_to, "mentions": [*mentions]}
        said |= {"everyone": everyone or None, "assisted": assisted or None, "attachments": [*attachments]}
        return self._do("chat", **{name: value for name, value in said.items() if value not in (None, [])})

    def edit(self, seq: int, text: str, *, assisted: bool = False) -> Reply:
        return self._do("edit", seq=seq, message=text, **({"assisted": True} if assisted else {}))

    def delete(self, seq: int) -> Reply:
        return self._do("delete", seq=seq)

    def react(self, seq: int, key: str, *, on: bool = True) -> Reply:
        return self._do("react", seq=seq, key=key, on=on)

    def pin(self, seq: int, *, on: bool = True) -> Reply:
        return self._do("pin", seq=seq, on=on)

    def read(self, seq: int | None = None) -> None:
        """Have read so far, by default all."""
        if (seq := self.last_seq if seq is None else seq) > self.read_seq:
            self.read_seq = seq
            self._client.post_once({"type": "read", "roomId": self.room_id, "seq": seq})
            self._tell_room()

    def typing(self) -> None:
        """Call it as often as you like."""
        if self.state == "live" and time.monotonic() - self._typed_at >= TYPING_S:
            self._typed_at = time.monotonic()
            self._client.post_once({"type": "typing", "roomId": self.room_id})

    def _do(self, kind: str, **fields: Any) -> Reply:
        return self._client.post({"type": kind, "roomId": self.room_id, **fields})


@dataclass(frozen=True, slots=True)
class Said:
    """What was said and acknowledged, by `time.monotonic()`; one that waits for a manager has no `seq`."""

    at: float
    frame: Json
    seq: int | None

    @property
    def room_id(self) -> int:
        return int(self.frame["roomId"])


class Lately:
    """What was said last and the server has taken: where it loses it, it is said again."""

    def __init__(self) -> None:
        self._said: deque[Said] = deque(maxlen=SAID_KEPT_MAX)

    def add(self, frame: Json, seq: int | None) -> None:
        self._said.append(Said(time.monotonic(), frame, seq))

    def drop(self, room_id: int, seq: int | None = None) -> None:
        """The message of that number was taken back; without a number all that was said in the room."""
        kept = [one for one in self._said if one.room_id != room_id or seq not in (None, one.seq)]
        self._said = deque(kept, maxlen=SAID_KEPT_MAX)

    def take(self, *, since: float) -> list[Said]:
        """What is left of it, in its order; then nothing is kept."""
        said = [one for one in self._said if one.at >= since]
        self._said.clear()
        return said


@dataclass(eq=False, slots=True)
class Unanswered:
    """What was said or done, until the server has answered it."""

    frame: Json
    reply: Reply

    def settle(self, outcome: Json | ChatError) -> None:
        if self.reply.done():
            return  # whoever awaited it has gone
        if isinstance(outcome, ChatError):
            self.reply.set_exception(outcome)
        else:
            self.reply.set_result(outcome)


def unanswered(frame: Json) -> Unanswered:
    """Nobody has to look at what becomes of it."""
    one = Unanswered(frame, asyncio.get_running_loop().create_future())
    one.reply.add_done_callback(lambda reply: reply.cancelled() or reply.exception())
    return one


class Line:
    """What goes over one connection, as fast as the limits allow: requests, then what waits, in its order."""

    def __init__(
        self, socket: ClientConnection, limits: Json, unanswered: list[Unanswered], lately: Lately
    ) -> None:
        self.news, self._lately = asyncio.Event(), lately
        self._socket, self._unanswered, self._most = socket, unanswered, limits["unacknowledged"]
        self._bytes_max = limits["frameBytes"]
        self._frames = Bucket(limits["framesPerSecond"], limits["framesPerSecond"])
        self._sends = Bucket(limits["sendsPerSecond"], 2 * limits["sendsPerSecond"])
        self._requests: deque[tuple[Json, Answered | None]] = deque()
        self._replies: dict[str, Answered] = {}
        self._waiting: set[Reply] = set()
        self._in_flight: set[Unanswered] = set()
        self._pause_until = 0.0  # the server asked for it

    def post(self, frame: Json, answered: Answered | None = None) -> None:
        self._requests.append((frame, answered))
        self.news.set()

    async def ask(self, frame: Json) -> Json:
        reply: Reply = asyncio.get_running_loop().create_future()
        self._waiting.add(reply)
        reply.add_done_callback(self._waiting.discard)
        self.post(frame, lambda got: None if reply.done() else reply.set_result(got))
        return await reply

    def hear(self, frame: Json) -> bool:
        """True where it is a reply."""
        answered = self._replies.pop(str(frame.get("id")), None)
        if answered is not None:
            answered(frame)
        return answered is not None

    def end(self) -> None:
        """Nothing that was asked here is answered any more."""
        for reply in list(self._waiting):
            if not reply.done():
                reply.set_exception(ChatError("closed"))

    async def pump(self) -> None:
        ids = 0
        while True:
            entry = None if self._requests else self._next()
            if not self._requests and entry is None:
                self.news.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(max(0.0, self._pause_until - time.monotonic()) or None):
                        await self.news.wait()
                continue
            if wait_s := max(self._frames.wait_s(), self._sends.wait_s() if entry else 0.0):
                await asyncio.sleep(wait_s)
                continue
            self._frames.tokens -= 1
            frame, answered = self._take(entry) if entry else self._requests.popleft()
            ids += 1
            await self._transmit(str(ids), frame, answered)

    async def _transmit(self, frame_id: str, frame: Json, answered: Answered | None) -> None:
        text = json.dumps(frame | {"id": frame_id}, ensure_ascii=False)
        if len(text.encode()) > self._bytes_max:  # it would close the socket
            if answered is not None:
                answered({"type": "error", "code": "E-C002", "message": "The message is too long."})
            return
        if answered is not None:
            self._replies[frame_id] = answered
        with suppress(WebSocketException):  # whoever listens learns of the end
            await self._socket.send(text)

    def _next(self) -> Unanswered | None:
        if len(self._in_flight) >= self._most or time.monotonic() < self._pause_until:
            return None
        return next((one for one in self._unanswered if one not in self._in_flight), None)

    def _take(self, entry: Unanswered) -> tuple[Json, Answered]:
        self._sends.tokens -= 1
        self._in_flight.add(entry)
        return entry.frame, lambda reply: self._settle(entry, reply)

    def _settle(self, entry: Unanswered, reply: Json) -> None:
        self._in_flight.discard(entry)
        self.news.set()
        if reply["type"] == "error" and reply["code"] in PASSING:
            self._pause_until = time.monotonic() + reply.get("retryAfter", 1.0)
            return
        self._unanswered.remove(entry)
        is_kept = reply["type"] != "error" or reply["code"] == HELD
        if is_kept and entry.frame["type"] in ("chat", "ask"):
            self._lately.add(entry.frame, reply.get("seq"))
        if is_kept and entry.frame["type"] == "delete":
            self._lately.drop(entry.frame["roomId"], entry.frame["seq"])
        entry.settle(ChatError.of(reply) if reply["type"] == "error" else reply)


class Bucket:
    """So many a second, and at most `burst` at one time; a rate of 0 means no limit."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst, self.tokens, self._at = rate * SHARE, burst, float(burst), time.monotonic()

    def wait_s(self) -> float:
        """In how many seconds there is one."""
        now = time.monotonic()
        self.tokens, self._at = min(self._burst, self.tokens + (now - self._at) * self._rate), now
        return (1 - self.tokens) / self._rate if self._rate and self.tokens < 1 else 0.0


def granted(reply: Json) -> Json:
    """The reply, where it is no refusal. Raises ChatError."""
    if reply["type"] == "error":
        raise ChatError.of(reply)
    return reply


def end_of(token: str) -> float | None:
    """When a JWT ends, in seconds since the epoch; None where it does not say."""
    with suppress(ValueError, KeyError, IndexError):
        body = token.split(".")[1]
        return float(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["exp"])
    return None
