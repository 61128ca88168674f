"""A client as the protocol wants it, that writes down what it does and sees.

It comes back with back-off, resumes with `since`, pages the history where that is not enough, and repeats what was
not answered: messages under the same client id, acts as they were.
"""

import asyncio
import json
import time
import uuid
from collections.abc import Callable, Iterable
from functools import partial
from random import Random
from typing import Any
from urllib.parse import urlencode

import httpx

from tests.e2e.chaos.acting import Actor
from tests.e2e.chaos.frames import Frame, decode, decode_page, frame_of, hexadecimal, message_of
from tests.e2e.chaos.journal import ANEW, Acknowledged, Act, Answered, Closed, Heard, Journal, Said
from tests.e2e.chaos.lean_socket import HandshakeRefused, LeanSocket
from tests.e2e.secrecy import make_token

BACK_OFF_S = (0.1, 1.0)  # the first pause and the longest, each cut by up to a half
REPEAT_AFTER_S = 6.0  # the server answers within 5
PAGE_MESSAGES = 200
PASSING = ("E-S002", "E-C004")  # refusals that a repeat may get past
TOO_LATE = ("E-MS004", "E-MO005")  # for an act: somebody deleted or hid the message meanwhile
MENTIONED = 0.1  # the share of messages that mention somebody


class Refused(Exception):
    """The server refused what it has no reason to refuse."""


class Place:
    """How far the client is in one room. `version` is None until the first subscription."""

    def __init__(self) -> None:
        self.version: int | None = None
        self.epoch = ""  # of the version
        self.is_live = False  # subscribed on the present socket
        self.replayed_until = 0  # what comes up to this version is a replay
        self.held: list[Frame] | None = None  # live frames that wait for the history


class Client:
    """One member with one socket at a time. `choose_server` says where to connect next; `notify` hears of news."""

    def __init__(
        self,
        *,
        member_id: int,
        name: str,
        room_ids: Iterable[int],
        choose_server: Callable[[], str],
        notify: Callable[[], None],
        random: Random,
        http: httpx.AsyncClient,
    ) -> None:
        self.journal = Journal(name, member_id)
        self.places = {room_id: Place() for room_id in room_ids}
        self.actor = Actor(member_id, random)
        self.unacknowledged: dict[str, tuple[int, bytes]] = {}  # by client id, or the id of an act: room and frame
        self._acts: dict[str, Act] = {}  # of these, by their id
        self.server = self.epoch = ""
        self.is_welcome = self.may_go_back = False
        self._lately: dict[str, tuple[int, bytes]] = {}  # messages that were acknowledged, as those above
        self._gone: set[str] = set()  # of these, deleted and hidden ones
        self._token = make_token(member_id)
        self._choose_server, self._notify, self._random, self._http = choose_server, notify, random, http
        self._socket: LeanSocket | None = None
        self._sent_at: dict[str, float] = {}  # on the present socket
        self._reconnect_after: float | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def is_present(self) -> bool:
        """Welcomed, and subscribed to every room."""
        return self.is_welcome and all(place.is_live and place.held is None for place in self.places.values())

    def __str__(self) -> str:
        quiet = [room_id for room_id, place in self.places.items() if not place.is_live or place.held is not None]
        return f"{self.journal.name} at {self.server}, welcome: {self.is_welcome}, not live: {quiet}"

    # --- its life

    async def live(self) -> None:
        """Connect, and again whenever the connection ends; until cancelled."""
        shortest, longest = BACK_OFF_S
        pause_s = shortest
        while True:
            try:
                await self._visit()
                pause_s = shortest
            except (OSError, TimeoutError, HandshakeRefused):
                pause_s = min(longest, pause_s * 2)
            await asyncio.sleep(self._reconnect_after or pause_s * self._random.uniform(0.5, 1.0))

    async def _visit(self) -> None:
        self.server, self._reconnect_after = self._choose_server(), None
        closed: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        url = f"{self.server}/v2/chat/connect?{urlencode({'access': self._token})}"
        self._socket = LeanSocket(on_text=self._hear, on_close=partial(_settle, closed))
        try:
            await self._socket.open(url)
            self._write_down_end(await closed)
        finally:
            self._socket.abort()
            self._part()

    def _write_down_end(self, code: int) -> None:
        unanswered = tuple(self._sent_at.values())
        end = Closed(time.monotonic(), self.server, code, unanswered, self._reconnect_after)
        self.journal.closed.append(end)

    def _part(self) -> None:
        self.is_welcome = False
        self._sent_at.clear()
        for place in self.places.values():
            place.is_live, place.held = False, None
        for task in self._tasks:
            task.cancel()

    async def write_down_picture(self) -> None:
        """What it heard last is what it shows."""

    def break_off(self) -> None:
        """Lose the connection, as in a tunnel."""
        if self._socket is not None:
            self._socket.abort()

    @property
    def socket(self) -> LeanSocket:
        """The present one."""
        assert self._socket is not None
        return self._socket

    # --- what it says

    def say(self, room_id: int, *, padding: str = "") -> None:
        """Say something in the room, now or when there is a connection; again until it is acknowledged."""
        client_id = self._new_id()
        text = text_of(self.journal.name, client_id) + padding
        others = self.actor.mentionable(room_id) if self._random.random() < MENTIONED else []
        mentions = tuple(others[:2])
        frame: dict[str, Any] = {"type": "chat", "id": client_id, "roomId": room_id}
        frame |= {"message": text, "clientId": client_id, "mentions": mentions}
        self.unacknowledged[client_id] = (room_id, json.dumps(frame).encode())
        self.journal.said.append(Said(time.monotonic(), room_id, hexadecimal(client_id), text, mentions))
        self._send(client_id)

    def act(self, room_id: int) -> bool:
        """Do something to a message of the room, as `say` says; False where there is none."""
        act = self.actor.choose(room_id)
        if act is None:
            return False
        act_id = self._new_id()
        act.epoch = self.epoch
        self._acts[act_id] = act
        self.unacknowledged[act_id] = (room_id, json.dumps({"id": act_id, **frame_of(act)}).encode())
        self.journal.acts.append(act)
        self._send(act_id)
        return True

    def _new_id(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def _send(self, client_id: str) -> None:
        waiting = self.unacknowledged.get(client_id)
        if waiting is None or not self.is_welcome or self._socket is None:
            return
        now = self._sent_at[client_id] = time.monotonic()
        if client_id in self._acts:
            self._acts[client_id].sent_at.append(now)
        self._socket.send(waiting[1])
        self._later(REPEAT_AFTER_S, self._repeat_unanswered, client_id)

    def _repeat_unanswered(self, client_id: str) -> None:
        if time.monotonic() - self._sent_at.get(client_id, time.monotonic()) >= REPEAT_AFTER_S:
            self._send(client_id)

    def _subscribe(self, room_id: int) -> None:
        place = self.places[room_id]
        if not self.is_welcome or self._socket is None:
            return
        frame = {"type": "subscribe", "id": f"s{room_id}", "roomId": room_id}
        if place.version is not None:
            frame |= {"since": place.version, "epoch": place.epoch}
        self._socket.send(json.dumps(frame).encode())

    def _later(self, seconds: float, function: Callable[..., None], argument: int | str) -> None:
        asyncio.get_running_loop().call_later(seconds, function, argument)

    # --- what it hears

    def _hear(self, text: bytes) -> None:
        frame = decode(text)
        match frame.type:
            case "chat" | "changed":
                self._hear_chat(frame)
            case "ok":
                self._settle_act(frame)
            case "ack":
                self._hear_ack(frame)
            case "subscribed":
                self._hear_subscribed(frame)
            case "welcome":
                self.is_welcome = True
                if self.epoch not in ("", frame.epoch):
                    self._begin_anew()
                self.epoch = frame.epoch
                for room_id in self.places:
                    self._subscribe(room_id)
                for client_id in list(self.unacknowledged):
                    self._send(client_id)
            case "error":
                self._hear_error(frame)
            case "bye":
                self._reconnect_after = frame.reconnect_after
            case "removed":
                self.places.pop(frame.room_id, None)
        self._notify()

    def _begin_anew(self) -> None:
        """Say again what was acknowledged lately and stands, before all else; what was to be done is given up."""
        for act_id in list(self._acts):
            act = self._acts.pop(act_id)
            act.code = ANEW
            self.unacknowledged.pop(act_id)
        self.journal.dropped |= {hexadecimal(client_id) for client_id in self._gone}
        again = {one: said for one, said in self._lately.items() if one not in self._gone}
        self.unacknowledged = {**again, **self.unacknowledged}
        self._lately.clear()
        self._gone.clear()
        self.actor.forget()

    def _hear_ack(self, frame: Frame) -> None:
        assert frame.client_id is not None
        now, client_id = time.monotonic(), frame.client_id
        numbers = (frame.room_id, hexadecimal(client_id), frame.seq, frame.version)
        self.journal.acknowledged.append(Acknowledged(now, *numbers, self.server, self.epoch))
        self._hear_answer(client_id, "")
        if (said := self.unacknowledged.pop(client_id, None)) is not None:
            self._lately[client_id] = said

    def _settle_act(self, frame: Frame) -> None:
        """It was done, or is refused for good."""
        act = self._acts.pop(frame.id or "", None)
        if act is not None:
            assert frame.id
            act.answered_at, act.code, act.version = time.monotonic(), frame.code, frame.version
            self._hear_answer(frame.id, "")
            self.unacknowledged.pop(frame.id)

    def _hear_answer(self, client_id: str, code: str) -> None:
        sent_at = self._sent_at.pop(client_id, None)
        if sent_at is not None:
            self.journal.answered.append(Answered(sent_at, time.monotonic(), code))

    def _hear_error(self, frame: Frame) -> None:
        """A refusal that will not last is got past by asking again; any other breaks the run."""
        if frame.code in TOO_LATE:
            self._settle_act(frame)  # or it was answered before, and this is what its repeat met
            return
        if self.may_go_back and frame.id in self._acts and frame.code not in PASSING:
            self._settle_act(frame)  # its message is another one, or none
            return
        if frame.code not in PASSING and frame.room_id not in self.journal.departed:
            raise Refused(f"{self.journal.name}: {frame}")
        if frame.id is None:
            return  # turned away at the door
        if frame.id in self.unacknowledged:
            self._hear_answer(frame.id, frame.code)
            self._later(frame.retry_after, self._send, frame.id)
        elif frame.id.startswith("s"):
            self._later(frame.retry_after, self._subscribe, int(frame.id[1:]))

    def _hear_subscribed(self, frame: Frame) -> None:
        place = self.places[frame.room_id]
        place.is_live = True
        self.journal.pinned[frame.room_id] = frame.pinned
        if place.version is None:
            place.version = frame.version
            self.journal.began[frame.room_id] = frame.version
            self.journal.epoch = frame.epoch
        elif frame.recovered:
            assert frame.epoch == place.epoch, "another epoch and nothing missed"
            place.replayed_until = frame.version
        else:
            if frame.epoch != place.epoch:
                self.journal.begin_anew(frame.room_id, frame.epoch)
                place.version = 0
            place.held = []
            task = asyncio.create_task(self._page_history(frame.room_id, place, until=frame.version))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        place.epoch = frame.epoch

    def _hear_chat(self, frame: Frame) -> None:
        place = self.places.get(frame.room_id)
        if place is None or not place.is_live:
            self.journal.uncalled.append(self._heard(frame, recovered=False))
        elif place.held is not None:
            place.held.append(frame)
        else:
            self._keep(place, frame, recovered=frame.version <= place.replayed_until)

    def _keep(self, place: Place, frame: Frame, *, recovered: bool) -> None:
        heard = self._heard(frame, recovered=recovered)
        self.journal.heard[frame.room_id].append(heard)
        self.actor.hear(heard.message)
        is_gone = heard.message.deleted_by or heard.message.is_hidden
        (self._gone.add if is_gone else self._gone.discard)(frame.client_id or "")
        place.version = max(place.version or 0, frame.version)
        pinned = self.journal.pinned
        if heard.message.is_pinned:
            pinned[frame.room_id] = frame.seq
        elif pinned[frame.room_id] == frame.seq:
            pinned[frame.room_id] = None

    def _heard(self, frame: Frame, *, recovered: bool) -> Heard:
        return Heard(time.monotonic(), message_of(frame), recovered, self.server)

    # --- the history, where `since` is too long ago

    async def _page_history(self, room_id: int, place: Place, *, until: int) -> None:
        """Read what changed up to version `until`, which may be old messages too; then take what was heard live
        meanwhile."""
        assert place.version is not None
        frames, after = [], 0
        try:
            is_more = True
            while is_more:  # a page that is not full ends it, or a busy room never would
                page = await self._read_page(room_id, after=after)
                frames += [frame for frame in page if place.version < frame.version <= until]
                is_more = len(page) == PAGE_MESSAGES
                after = page[-1].seq if page else after
        except (httpx.HTTPError, Refused):
            self.break_off()  # and begin anew
            return
        for frame in sorted(frames, key=lambda frame: frame.version):
            self._keep(place, frame, recovered=True)
        place.version = until  # what changed again meanwhile comes live
        held, place.held = place.held or [], None
        for frame in held:
            self._keep(place, frame, recovered=False)
        self._notify()

    async def _read_page(self, room_id: int, *, after: int) -> list[Frame]:
        url = f"{self.server}/v1/chat/history/{room_id}"
        query = {"after": after, "limit": PAGE_MESSAGES}
        # to its end, whoever still waits for it: httpx leaves the connections of requests that are cancelled open
        asking = asyncio.ensure_future(self._http.get(url, params=query, headers={"access": self._token}))
        asking.add_done_callback(lambda asked: asked.cancelled() or asked.exception())
        response = await asyncio.shield(asking)
        if response.status_code != 200:
            raise Refused(response.text)
        return decode_page(json.dumps(response.json()["data"]))


def text_of(name: str, client_id: str) -> str:
    """Of the message with this client id: unlike any other."""
    return f"{name} says {client_id}"


def _settle(closed: asyncio.Future[int], code: int) -> None:
    if not closed.done():  # else: its client has ended
        closed.set_result(code)
