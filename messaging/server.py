"""What one process owns: its sessions, their rooms, the writer, the relay. Every capability of a socket is here.

The edges only translate: `consumers` from and to frames, `views` from and to HTTP.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import ParamSpec, TypeVar

from chatproject.errors import TooManyRequests
from chatproject.limits.shared import SharedLimits
from chatproject.outgoing import subscriptions as outgoing
from chatproject.tokens import Caller
from chatproject.tracing.tracer import NOT_TRACED, Tracer
from messaging.admission import Admission
from messaging.calls import Calls
from messaging.caring import Care
from messaging.delivery.epochs import Epochs
from messaging.delivery.hub import Hub
from messaging.delivery.inbox_teller import InboxTeller
from messaging.delivery.keeping import Keeping
from messaging.delivery.reads import Reads
from messaging.delivery.relay import Relay
from messaging.delivery.repair import Repair
from messaging.delivery.sessions import Session, Sink
from messaging.delivery.subscriptions import Subscriptions
from messaging.delivery.teller import buckets_of_typing
from messaging.hearing import Listener
from messaging.limits import Limits
from messaging.metrics import Metrics
from messaging.presence.watching import Watching
from messaging.roads import Roads
from messaging.screens import Screens
from messaging.store.acts import Act, act_of
from messaging.store.database import Database
from messaging.store.deployment import deployment_name
from messaging.store.gathering import Gathered
from messaging.store.services import Draft, Stored
from messaging.store.standings import KnownMember, as_known, known_members, mirror_known
from messaging.store.timekeeping import Timekeeper
from messaging.store.writer import MessageWriter
from messaging.wire.client_frames import Ask, Chat, Delete, Edit, Hide, Pin, React
from messaging.wire.content import client_id_to_hex, new_client_id
from messaging.wire.protocol import CloseCode
from rooms.models import Member
from rooms.services import is_mirrored

P = ParamSpec("P")
T = TypeVar("T")


class ChatServer(Listener):
    """Built once per process, started on the running loop, stopped before it ends."""

    def __init__(
        self,
        *,
        database: Database,
        layer_aliases: Sequence[str],
        limits: Limits,
        shared: SharedLimits | None = None,
        metrics: Metrics | None = None,
        tracer: Tracer = NOT_TRACED,
    ) -> None:
        self.database, self.limits = database, limits
        self.shared = shared or SharedLimits([])
        self._members = Gathered(database, known_members, lingers=True)
        self.metrics = metrics or Metrics()
        self.roads = Roads(tracer)
        self.metrics.watch(self)
        self.hub = Hub(sent=self.metrics.sent, roads=self.roads)
        self.relay = Relay(
            layer_aliases,
            deployment_name=self._name_deployment,
            receive=self._hear,
            healed=lambda: self._repair.sweep_soon(),
        )
        self.admission = Admission(database=database, hub=self.hub, relay=self.relay)
        self.watching = Watching(database=database, hub=self.hub, urls=self.shared.urls, tell=self.tell_presence)
        self.presence = self.watching.presence
        self.screens = Screens(database=database, limits=limits, shared=self.shared, teller=self)
        self.care = Care(database=database, metrics=self.metrics, teller=self)
        self.keeping = Keeping(database=database, hub=self.hub)
        self.calls = Calls(database=database, say=self.post, take_turn=self.take_turn, look=self.care.look)
        self.endpoints = outgoing.Subscriptions(run=database.run)
        told = InboxTeller(database=database, hub=self.hub)
        self.reads = Reads(
            database=database, hub=self.hub, relay=self.relay, inboxes=told, subscribed=self.endpoints.current
        )
        self.epochs = Epochs(database=database, hub=self.hub, begin_anew=self.begin_anew, tell=self.tell_epoch)
        self.writer = MessageWriter(
            database=database,
            announce=self.announce,
            metrics=self.metrics,
            subscribed=self.endpoints.current,
            fallen=self.epochs.prove,
            roads=self.roads,
        )
        self.subscriptions = Subscriptions(
            database=database,
            hub=self.hub,
            relay=self.relay,
            look_after=lambda audience, known: self._repair.look_after(audience, known=known),
            rooms_per_session=limits.rooms_per_socket,
            shown=self.calls.shown,
            tell_reads=self.reads.tell_listeners,
            remembered=lambda: self.writer.remembered,
            inbox_teller=told,
            epochs=self.epochs,
        )
        self.inboxes = self.subscriptions.inboxes
        self.timekeeper = Timekeeper(database=database, save=self.writer.save)
        self._repair = Repair(
            database=database,
            hub=self.hub,
            let_go=self.subscriptions.let_go,
            close_room=self.subscriptions.close_room,
            metrics=self.metrics,
            is_layer_up=lambda: self.relay.is_up,
            keeping=self.keeping,
            inboxes=self.inboxes,
            epochs=self.epochs,
        )
        self.sends = self.shared.buckets("sends", rate=limits.sends_per_second, burst=3 * limits.sends_per_second)
        self._typings = buckets_of_typing()
        # in the order in which they stop: what was taken in is committed
        committing = (self.timekeeper, self.writer, self._repair, self.epochs, self.screens, self.care)
        self._parts = (*committing, self.admission, self.watching, self.endpoints)
        self._loop_watch: asyncio.Task[None] | None = None
        self.is_stopping = False  # set before the end: no new clients, please

    def start(self) -> None:
        """Start on the running loop; does nothing when started already (Daphne has no start of its own)."""
        if self._loop_watch is None:
            self._loop_watch = asyncio.create_task(self.metrics.watch_loop(), name="loop-watch")
            self.relay.start()
            for part in self._parts:
                part.start()

    async def stop(self) -> None:
        """Commit and acknowledge what was taken in, then end."""
        for part in self._parts:
            await part.stop()
        await self.keeping.stop()
        self.reads.stop()
        await self.inboxes.stop()
        await self.relay.stop()
        await self.shared.stop()
        if self._loop_watch is not None:
            self._loop_watch.cancel()
        self.database.close()

    async def _name_deployment(self) -> str:
        name = await self.database.run(deployment_name)
        self.shared.name(name)
        self.presence.name(name)
        return name

    async def run(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a synchronous function that uses the database. See Database.run."""
        return await self.database.run(function, *args, **kwargs)

    async def connect(self, *, caller: Caller, sink: Sink, is_v1: bool, language: str) -> Session:
        """A session for the caller. Raises MemberNotFound, TooManyRequests, RevokedToken, StoreUnavailable."""
        member = await self.require_member(caller)
        for part in (self.epochs, self.screens, self.care):
            await part.ready()
        limit = self.limits.sockets_per_member
        if limit and len(self.hub.sessions_of(caller.member_id)) >= limit:
            raise TooManyRequests
        self.admission.revocations.require_valid(caller)  # from here on the hub is looked through
        session = Session(
            caller=as_known(caller, member), nickname=member.nickname, sink=sink, is_v1=is_v1, language=language
        )
        self.hub.add(session)
        self.presence.come(session)
        return session

    async def require_member(self, caller: Caller) -> KnownMember:
        """The caller's row, made or refreshed. Raises MemberNotFound, StoreUnavailable."""
        member = await self._members.get(caller.member_id)
        if member is not None and is_mirrored(member, caller):
            return member
        return await self.database.run(mirror_known, caller=caller)

    def disconnect(self, session: Session) -> None:
        session.end()
        if session.closed_with == CloseCode.SLOW_READER:
            self.metrics.slow_closes.inc()
        for room_id in self.hub.remove(session):
            self.relay.leave(room_id)
        self.watching.go(session)

    def post(self, session: Session, frame: Chat | Ask) -> asyncio.Future[Stored]:
        """Say the frame's message as the session's member, whose turn it is. See MessageWriter.save."""
        room_id, member_id, contents = frame.room_id, session.caller.member_id, frame.message or ""
        client_id = client_id_to_hex(frame.client_id) if frame.client_id else new_client_id()
        draft = Draft(
            room_id=room_id,
            sender_id=member_id,
            contents=contents,
            client_id=client_id,
            reply_to=frame.reply_to if isinstance(frame, Chat) else None,
            mentions=frame.mentions,
            attachments=frame.attachments if isinstance(frame, Chat) else (),
            everyone=frame.everyone,
            assisted=frame.assisted or self.calls.has_drafted(member_id, contents),
            is_admin=session.caller.role == Member.Role.ADMIN,
            verdict=self.screens.look(room_id, member_id, contents, client_id=client_id),
            signal=self.care.look(room_id, contents),
        )
        saved = self.store(draft)
        saved.add_done_callback(partial(self._see_to, draft))
        return saved

    def _see_to(self, draft: Draft, saved: asyncio.Future[Stored]) -> None:
        """Whoever is to hear of what was found in it, said or not, does."""
        if saved.cancelled():
            return
        if (error := saved.exception()) is not None:
            self.screens.see_refusal(draft, error)
            self.care.see_refusal(draft, error)
        elif draft.verdict is not None:
            self.screens.report(draft.verdict, saved.result())

    def act(self, session: Session, frame: Edit | Delete | React | Pin | Hide) -> asyncio.Future[Stored]:
        """Do what the frame asks to a message, as `post` says one."""
        return self.carry_out(act_of(frame, caller=session.caller))

    def carry_out(self, act: Act) -> asyncio.Future[Stored]:
        """The same from wherever the act comes."""
        return self.store(self.screens.looked_at(self.care.looked_at(self.calls.looked_at(act))))

    async def take_turn(self, member_id: int | None) -> None:
        """What comes before each message and act of a member; staff (None) do as much as they want.

        Usually does not wait, see SharedBuckets.take: then what one socket sends keeps its order.
        Raises TooManyRequests.
        """
        if member_id is not None and (wait_s := await self.sends.take(member_id)):
            raise TooManyRequests(retry_after=round(wait_s, 3))
        if not self.screens.are_known:
            await self.screens.ready()
