"""An evening in the demo's rooms, for screenshots: what was said when, and who has not read it yet.

The assistant's lines are written here as the members' are; no model said them.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from messaging.store.acts import Act, DeleteAct, EditAct, PinAct, ReactAct
from messaging.store.read_marks import mark_read
from messaging.store.services import Draft, Kind, Stored, store_batch
from rooms.selectors import group_room_named
from rooms.services import add_participant, open_group_room
from tests.browser.scene_pictures import keep_log, keep_picture, landscape

MINSU, JIEUN, HANEUL, SEOJUN, YUNA = 1, 2, 3, 4, 5
ASSISTANT = None
VIEWER = JIEUN

Line = tuple[int | None, str, int | None]  # who, what, and which line of this list it answers
Deed = tuple[int, int, type[Act], dict[str, Any]]  # which line, who, what is done to it, and how

COUNSEL: list[Line] = [
    (JIEUN, "오늘도 회의에서 한마디도 못 하고 나왔어요. 머릿속에선 다 정리돼 있었는데…", None),
    (HANEUL, "그 마음 알아요. 저는 발표 전날이면 잠도 못 잤어요.", None),
    (HANEUL, "그래도 한 번 말하고 나니까 그다음은 조금 쉬웠어요.", None),
    (MINSU, "지은 님, 내일 회의에서 말하고 싶은 건 뭐예요?", 0),
    (JIEUN, "배포 일정을 하루만 미루자는 거요. 테스트가 덜 끝났거든요.", None),
    (MINSU, "아주 좋은 의견인데요! @도우미 이럴 때 첫마디를 어떻게 꺼내면 좋을까요?", None),
    (
        ASSISTANT,
        "먼저 공감하는 말로 문을 열어 보세요. 예를 들면 “일정이 급한 건 저도 알아요. 그런데 테스트가 두 건 남아 "
        "있어서, 하루만 미루면 더 안전할 것 같아요.”\n이유와 제안을 한 문장씩만 말하면 부담이 훨씬 줄어요.",
        5,
    ),
    (JIEUN, "오, 이건 따라 할 수 있을 것 같아요", 6),
    (MINSU, "저는 첫 회의 때", None),
    (HANEUL, "@지은 내일 회의 끝나고 꼭 어땠는지 들려주세요 🙂", None),
]
COUNSEL_DEEDS: list[Deed] = [
    (2, JIEUN, ReactAct, {"key": "heart"}),
    (2, MINSU, ReactAct, {"key": "heart"}),
    (7, JIEUN, EditAct, {"contents": "오, 이건 따라 할 수 있을 것 같아요. 고마워요!"}),
    (6, JIEUN, ReactAct, {"key": "check"}),
    (6, MINSU, ReactAct, {"key": "check"}),
    (6, HANEUL, ReactAct, {"key": "surprise"}),
    (7, HANEUL, ReactAct, {"key": "heart"}),
    (7, MINSU, ReactAct, {"key": "heart"}),
    (8, MINSU, DeleteAct, {}),
    (3, MINSU, PinAct, {}),
]
LOUNGE: list[Line] = [
    (SEOJUN, "어제 배포한 뒤로 알림이 두 번 오는 분 계신가요?", None),
    (YUNA, "저요! 재연결할 때마다 한 번씩 더 와요.", None),
    (
        SEOJUN,
        "`clientId`를 매번 **새로** 만들고 있었네요. 오늘 저녁에 고칠게요.\n```js\n"
        "const clientId = waiting.clientId ?? crypto.randomUUID(); // 다시 보낼 때는 그대로\n"
        'socket.send(JSON.stringify({ type: "chat", roomId, clientId, message }));\n```',
        None,
    ),
    (MINSU, "그럼 저는 7시에 리뷰할게요.", None),
    (YUNA, "테스트는 제가 쓸게요. 다시 연결되는 경우를 넣어야죠.", None),
    (SEOJUN, "풀 리퀘스트 올렸어요 👀", None),
    (MINSU, "보고 있어요. 한 군데만 빼고 좋아요.", None),
    (YUNA, "내일 오전에 같이 배포해요!", None),
    (SEOJUN, "네, 10시에 봬요.", None),
]
ENGLISH: list[Line] = [
    (SEOJUN, "How was your first week at the new job?", None),
    (JIEUN, "Tiring, but good. I still hesitate to speak up in meetings.", 0),
    (SEOJUN, "I used to write my first sentence down before the meeting. It really helps.", None),
    (JIEUN, "What would you say if you disagree with a plan?", None),
    (
        ASSISTANT,
        "You could start with what you share: “I see why the date matters. Two tests are still open, though. "
        "Could we move the release by one day?”\nOne reason and one proposal are enough.",
        3,
    ),
    (JIEUN, "That sounds like me. I will try it tomorrow!", 4),
    (SEOJUN, "Tell us how it went 🙂", None),
]
LOUNGE_DEEDS: list[Deed] = [
    (2, YUNA, ReactAct, {"key": "thumb"}),
    (2, MINSU, ReactAct, {"key": "thumb"}),
    (7, MINSU, PinAct, {"is_admin": True}),
]
ENGLISH_DEEDS: list[Deed] = [
    (2, JIEUN, ReactAct, {"key": "thumb"}),
    (4, SEOJUN, ReactAct, {"key": "check"}),
    (5, SEOJUN, ReactAct, {"key": "heart"}),
]
NEW_ROOM = "산책 모임"
WALK: list[Line] = [
    (HANEUL, "이번 주 토요일에 남산 어때요?", None),
    (HANEUL, "지난주에 찍은 사진이에요", None),
    (JIEUN, "와, 하늘 색이 정말 예뻐요", 1),
    (JIEUN, "", None),
    (SEOJUN, "지난번 걸은 길이에요", None),
    (YUNA, "좋아요! 오전이면 더 좋고요.", None),
]


def play(now: datetime) -> None:
    """Add the evening to the demo's database, up to a few minutes before `now`."""
    open_group_room(name=NEW_ROOM, member_ids=[HANEUL, YUNA, JIEUN, SEOJUN])
    add_participant(room_id=group_room_named(name="개발자 라운지").room_id, member_id=VIEWER)
    _say(NEW_ROOM, WALK, now - timedelta(minutes=95), unread=1, sends=_walk_files)
    _say("개발자 라운지", LOUNGE, now - timedelta(minutes=40), unread=9, deeds=LOUNGE_DEEDS)
    _say("English Corner", ENGLISH, now - timedelta(minutes=22), deeds=ENGLISH_DEEDS)
    _say("고민상담방", COUNSEL, now - timedelta(minutes=12), deeds=COUNSEL_DEEDS)


def _walk_files(line: int, place: dict[str, Any]) -> tuple[int, ...]:
    """The files of a line of the walk's talk."""
    names = ["노을.jpg", "아침.jpg", "저녁.jpg"]
    if line == 1:
        return (keep_picture(landscape(0, 1600, 1200), name=names[0], alt="해 지는 남산", **place),)
    if line == 3:
        pictures = enumerate(names)
        return tuple(keep_picture(landscape(at, 1200, 1200), name=name, alt="", **place) for at, name in pictures)
    return (keep_log("37.5512,126.9882\n" * 900, name="남산길.log", **place),) if line == 4 else ()


def _say(
    room_name: str,
    lines: list[Line],
    start: datetime,
    *,
    unread: int = 0,
    deeds: Iterable[Deed] = (),
    sends: Callable[[int, dict[str, Any]], tuple[int, ...]] = lambda _line, _place: (),
) -> None:
    room_id = group_room_named(name=room_name).room_id
    now, seqs = start.astimezone(UTC), list[int]()
    for line, (sender_id, text, answers) in enumerate(lines):
        kind: Kind = "member" if sender_id else "assistant"
        reply_to = None if answers is None else seqs[answers]
        mentions = (VIEWER,) if "@지은" in text else ()
        files = sends(line, {"room_id": room_id, "member_id": sender_id, "now": now})
        draft = Draft(room_id, sender_id, text, uuid4().hex, kind, reply_to, mentions, attachments=files)
        seqs.append(_store(draft, now))
        now += timedelta(minutes=1)
    for line, member_id, deed, how in deeds:
        now += timedelta(seconds=1)  # or a message's reactions would wait for each other
        _store(deed(room_id=room_id, seq=seqs[line], member_id=member_id, **how), now)
    mark_read(room_id=room_id, member_id=VIEWER, seq=seqs[-1] - unread)


def _store(entry: Draft | Act, now: datetime) -> int:
    (outcome,) = store_batch([entry], now=now)
    assert isinstance(outcome, Stored), outcome
    return outcome.message.seq
