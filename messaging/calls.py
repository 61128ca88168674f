"""How members call the one who answers in rooms, stop an answer, and see it come. Who answers lives elsewhere."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from chatproject.errors import AssistantNotForMember, AssistantUnavailable, ChatError, InvalidInput, MessageDeleted
from chatproject.room_errors import MessageHidden
from chatproject.tokens import Caller
from messaging.delivery.sessions import Session
from messaging.moderation.signals import Signal
from messaging.store.acts import Act, EditAct
from messaging.store.database import Database
from messaging.store.selectors import newest_to_answer
from messaging.store.services import Stored
from messaging.wire.client_frames import Ask, Stop
from messaging.wire.protocol import MessageObject, stands
from rooms.members.ages import may_meet_ai
from rooms.models import Member

Refuse = Callable[[ChatError], None]


class Drafted(Protocol):
    def has(self, member_id: int, text: str) -> bool:
        """Whether that text was drafted for the member."""


class Answerer(Protocol):
    """Who answers in a room when called; given to the server by whoever builds the process."""

    @property
    def has_model(self) -> bool:
        """Whether there is one to be asked at all."""

    def require_ready(self) -> None:
        """Raise AssistantUnavailable or TooManyRequests where no answer can be hoped for."""

    async def start_answer(self, *, room_id: int, asker_id: int, trigger_seq: int, again: bool) -> None:
        """Answer the message `trigger_seq` in the background, once; `again`: also when it was answered before.

        Raises AssistantUnavailable, AssistantBudgetSpent, TooManyRequests, StoreUnavailable.
        """

    def consider(self, message: MessageObject, *, refuse: Refuse, obstacle: ChatError | None = None) -> None:
        """A member's message was stored: answer it, once, if it calls and there is no obstacle. Returns at once; a
        refusal comes later."""

    async def stop_answer(self, *, caller: Caller, room_id: int, run_id: str) -> None:
        """End that answer, wherever it is being given; fine where it is not. Raises NotAllowed, RoomNotFound."""

    def hear(self, room_id: int, words: bytes) -> None:
        """What another process told of its answers in the room."""

    def shown(self, room_id: int) -> bytes | None:
        """The frame that shows the answer under way in the room, whole, to one who comes in the middle."""

    @property
    def drafted(self) -> Drafted:
        """What it wrote for members, not long ago."""

    def begin_anew(self) -> None:
        """The database is in another epoch: end what is under way, and show nothing of it."""


class Calls:
    """What frames ask of the answerer. None is registered where nobody answers."""

    def __init__(
        self,
        *,
        database: Database,
        say: Callable[[Session, Ask], Awaitable[Stored]],
        take_turn: Callable[[int], Awaitable[None]],
        look: Callable[[int, str], Signal | None],
    ) -> None:
        self._database, self._say, self._take_turn, self._look = database, say, take_turn, look
        self.answerer: Answerer | None = None

    @property
    def has_model(self) -> bool:
        """Whether members may be offered to ask."""
        return self.answerer is not None and self.answerer.has_model

    async def find_trigger(self, session: Session, frame: Ask) -> Stored:
        """What `frame` asks to be answered: its own message once stored, or else the newest of a member.

        Raises AssistantNotForMember and what `Answerer.require_ready` raises, before anything is stored, and what
        saying it raises. What people are to hear of is stored whether somebody can answer or not.
        """
        if frame.message is None or self._look(frame.room_id, frame.message) is None:
            if not may_meet_ai(session.caller.under14):
                raise AssistantNotForMember
            self._require_answerer().require_ready()
        await self._take_turn(session.member_id)
        if frame.message is not None:
            return await self._say(session, frame)
        newest = await self._database.run(
            newest_to_answer,
            room_id=frame.room_id,
            member_id=session.member_id,
            is_admin=session.caller.role == Member.Role.ADMIN,
            now=datetime.now(UTC),
        )
        if newest is None:
            raise InvalidInput
        return Stored(newest, roster_version=0, duplicate=True)

    async def answer(self, session: Session, frame: Ask, trigger: Stored) -> None:
        """Have the trigger of `frame` answered; without words of its own it wants another answer. Raises as
        `Answerer.start_answer`, and MessageDeleted or MessageHidden where what is said again was so meanwhile."""
        if trigger.message.deleted_at is not None:
            raise MessageDeleted
        if trigger.message.hidden_at is not None:
            raise MessageHidden
        await self._require_answerer().start_answer(
            room_id=trigger.message.room_id,
            asker_id=session.member_id,
            trigger_seq=trigger.message.seq,
            again=frame.message is None,
        )

    def consider(self, session: Session, message: MessageObject, *, refuse: Refuse) -> None:
        """The member said this, and it is committed: have it answered if it calls by name or by a reply.

        `refuse` is told why a call is not answered. What neither names nor replies to anybody costs nothing; nor
        does what was deleted or hidden before it was said again.
        """
        if (
            self.answerer is not None
            and ("@" in message.message or message.reply_to is not None)
            and stands(message)
        ):
            obstacle = None if may_meet_ai(session.caller.under14) else AssistantNotForMember()
            self.answerer.consider(message, refuse=refuse, obstacle=obstacle)

    def has_drafted(self, member_id: int, text: str) -> bool:
        """Whether a member who says this says what was drafted for them, whatever their client calls it."""
        return self.answerer is not None and self.answerer.drafted.has(member_id, text)

    def looked_at(self, act: Act) -> Act:
        """An edit to what was drafted says so; any other act as it is."""
        if not isinstance(act, EditAct) or act.member_id is None or act.assisted:
            return act
        return replace(act, assisted=True) if self.has_drafted(act.member_id, act.contents) else act

    async def stop(self, session: Session, frame: Stop) -> None:
        """Raises as `Answerer.stop_answer`."""
        await self._require_answerer().stop_answer(
            caller=session.caller, room_id=frame.room_id, run_id=frame.run_id
        )

    def hear(self, room_id: int, words: bytes) -> None:
        if self.answerer is not None:
            self.answerer.hear(room_id, words)

    def begin_anew(self) -> None:
        """As Answerer.begin_anew."""
        if self.answerer is not None:
            self.answerer.begin_anew()

    def shown(self, room_id: int) -> bytes | None:
        """What a new listener is shown first of an answer under way."""
        return self.answerer.shown(room_id) if self.answerer is not None else None

    def _require_answerer(self) -> Answerer:
        if self.answerer is None:
            raise AssistantUnavailable
        return self.answerer
