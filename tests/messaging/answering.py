"""One who answers nothing in rooms, and remembers how the server called."""

from chatproject.errors import ChatError
from chatproject.tokens import Caller
from messaging.calls import Refuse
from messaging.wire.protocol import AssistantProgress, MessageObject, encode

RUN_ID = "0190a3c4-7b1e-7cc2-9f00-0123456789ab"


class Listener:
    """An Answerer. `showing` is the text of the answer under way in every room."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int, int, bool]] = []
        self.considered: list[tuple[str, Refuse]] = []
        self.stopped: list[tuple[int, int, str]] = []
        self.heard: list[tuple[int, bytes]] = []
        self.showing = ""

    @property
    def has_model(self) -> bool:
        return True

    def require_ready(self) -> None:
        pass

    async def start_answer(self, *, room_id: int, asker_id: int, trigger_seq: int, again: bool) -> None:
        self.asked.append((room_id, asker_id, trigger_seq, again))

    def consider(self, message: MessageObject, *, refuse: Refuse, obstacle: ChatError | None = None) -> None:
        self.considered.append((message.message, refuse))

    async def stop_answer(self, *, caller: Caller, room_id: int, run_id: str) -> None:
        self.stopped.append((caller.member_id, room_id, run_id))

    def hear(self, room_id: int, words: bytes) -> None:
        self.heard.append((room_id, words))

    def shown(self, room_id: int) -> bytes | None:
        return encode(self.writing(room_id, 0, self.showing)) if self.showing else None

    @property
    def drafted(self) -> "Listener":
        return self

    def has(self, member_id: int, text: str) -> bool:
        return False

    def begin_anew(self) -> None:
        self.showing = ""

    def writing(self, room_id: int, offset: int, text: str) -> AssistantProgress:
        return AssistantProgress(room_id=room_id, run_id=RUN_ID, state="writing", offset=offset, text=text)
