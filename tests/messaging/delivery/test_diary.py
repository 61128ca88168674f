"""What a process remembers of deliveries, by a clock of the test's own."""

import pytest

from messaging.delivery.diary import Diary, runs_of
from messaging.delivery.streams import Change


def change(seq: int, version: int) -> Change:
    return Change(version, 0, seq, b"{}")


class Socket:
    number, came_at, member_id = 0, 0.0, 7
    closed_with: int | None = None


def test_messages_said_one_after_another_are_one_run() -> None:
    assert runs_of([]) == []
    assert runs_of([change(5, 9), change(6, 10), change(7, 11)]) == [(5, 9, 3)]
    assert runs_of([change(5, 9), change(2, 10), change(6, 11)]) == [(5, 9, 1), (2, 10, 1), (6, 11, 1)]


def test_it_says_when_a_message_was_stored_and_when_it_went_out() -> None:
    diary = Diary(now=lambda: 100.0)
    changes = [change(5, 9), change(6, 10)]
    diary.note_announced(1, changes, next(diary.batches), 3, ("other.7.ab",))
    diary.note_let_out(1, changes, 2, 4)
    announced, let_out = diary.when_announced(1, 6), diary.when_let_out(1, 6)
    assert announced is not None
    assert (announced.batch, announced.size, announced.processes) == (1, 3, ("other.7.ab",))
    assert let_out is not None
    assert (let_out.at, let_out.listeners, let_out.inboxes) == (100.0, 2, 4)
    assert diary.when_announced(1, 7) is None
    assert diary.when_let_out(2, 6) is None


def test_sockets_are_numbered_and_found_by_their_member() -> None:
    diary, socket = Diary(now=lambda: 100.0), Socket()
    diary.note_coming(socket)
    diary.note_hearing(socket, 1, since=3, after=9, replayed=True)
    diary.note_going(socket)
    assert (socket.number, socket.came_at) == (1, 100.0)
    assert [move.what for move in diary.moves_of(7)] == ["came", "heard", "went"]
    assert diary.moves_of(8) == []


def test_the_oldest_is_forgotten_and_it_says_since_when_it_remembers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messaging.delivery.diary.TOLD_MOST", 2)
    monkeypatch.setattr("messaging.delivery.diary.MOVES_MOST", 2)
    times = iter(range(100))
    diary = Diary(now=lambda: float(next(times)))
    for seq in (1, 2, 3):
        diary.note_let_out(1, [change(seq, seq)], 1, 0)
    for _move in range(3):
        diary.note_leaving(Socket(), 1)
    assert (diary.began_at, diary.told_since(), diary.moves_since()) == (0.0, 2.0, 5.0)
    assert diary.when_let_out(1, 1) is None
