"""Several processes, in whatever order they hear each other: who listens to a room misses nothing of it."""

from collections import defaultdict
from collections.abc import Callable
from enum import Enum
from functools import partial
from random import Random

import pytest

from messaging.delivery.correspondence import EVERY_PROCESS, WHOLE_EVERY_BEATS, Correspondence, To
from messaging.delivery.parcels import Addressed
from messaging.delivery.streets import LEFT_AFTER_S, STREETS, Word

NEW, OLD = ("a", "b"), "old build"
ROOMS = (1, 2)
A_LONG_WHILE_S = LEFT_AFTER_S + 1


def met(*names: str, now: float = 0.0) -> dict[str, Correspondence]:
    """Processes that have heard each other's beats."""
    processes = {name: Correspondence() for name in names}
    for name, process in processes.items():
        beat = process.beat(now)
        for other in names:
            if other != name:
                processes[other].hear(name, beat, now)
    for process in processes.values():
        process.take_words(now)
    return processes


def test_a_process_is_told_of_a_room_from_when_it_says_that_it_listens() -> None:
    a, b = met("a", "b").values()
    a.tell(1, b"before", 1.0)
    assert not a.has_parcels
    b.enter(1)
    ((to, word),) = b.take_words(1.0)
    assert to is None
    a.hear("b", word, 1.0)
    a.tell(1, b"after", 1.0)
    a.tell(2, b"elsewhere", 1.0)
    assert a.take_parcels(1.0) == [("b", [(1, b"before"), (1, b"after")])]
    assert b.listens_to(1)
    assert not b.listens_to(1 + STREETS)


def test_what_is_for_every_process_reaches_those_who_listen_to_nothing() -> None:
    a, b = met("a", "b").values()
    a.tell(EVERY_PROCESS, b"word", 1.0)
    assert a.take_parcels(1.0) == [("b", [(EVERY_PROCESS, b"word")])]
    assert b.listens_to(EVERY_PROCESS)


def test_who_is_alone_says_nothing_and_tells_who_comes_where_it_listens() -> None:
    alone, newcomer = Correspondence(), Correspondence()
    alone.beat(0.0)
    alone.enter(1)
    assert alone.has_words
    assert alone.take_words(1.0) == []
    alone.hear("newcomer", newcomer.beat(1.0), 1.0)
    ((to, word),) = alone.take_words(1.0)
    assert to == "newcomer"
    newcomer.hear("alone", word, 1.0)
    newcomer.tell(2, b"elsewhere", 1.0)
    assert not newcomer.has_parcels


def test_every_few_beats_the_whole_is_said() -> None:
    process = Correspondence()
    beats = [process.beat(0.0) for _ in range(1 + WHOLE_EVERY_BEATS)]
    assert [bool(beat.whole) for beat in beats] == [True, *[False] * (WHOLE_EVERY_BEATS - 1), True]


class Fate(Enum):
    """Of a layer message."""

    ARRIVES, IS_LATE, IS_LOST = range(3)


class Cluster:
    """Two processes, often one of the build before, and a layer that reorders, repeats, and loses words."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.names = (*NEW, OLD) if seed % 2 else NEW
        self.processes = met(*NEW)
        self.old_rooms: set[int] = set()
        self.now = 0.0
        self.committed: dict[int, list[bytes]] = defaultdict(list)
        self.untold: list[tuple[str, int, bytes]] = []
        self.due: dict[tuple[str, int], int] = {}  # who listens to what, and from where on it has to hear it
        self.heard: dict[tuple[str, int], list[bytes]] = defaultdict(list)
        self.late: list[Callable[[], None]] = []

    def live(self, steps: int) -> None:
        acts = [self.subscribe] * 4 + [self.unsubscribe] + [self.commit] * 4
        acts += [self.tell_all, self.send_parcels, self.arrive, self.arrive, self.beat, self.beat, self.be_silent]
        for _step in range(steps):
            self.random.choice(acts)()
        self.come_to_rest()

    # --- what they do

    def subscribe(self) -> None:
        """It looks at the database, and says before or after that where it listens."""
        name, room_id = self._anywhere()
        if (name, room_id) in self.due:
            return
        self.due[name, room_id] = len(self.committed[room_id])
        self.heard[name, room_id].clear()
        if name == OLD:
            self.old_rooms.add(room_id)
            return
        self.processes[name].enter(room_id)
        if self.random.random() < 0.8:
            self._say_words(name, self.random.choice(list(Fate)))

    def unsubscribe(self) -> None:
        name, room_id = self._anywhere()
        if self.due.pop((name, room_id), None) is not None:
            if name == OLD:
                self.old_rooms.discard(room_id)
            else:
                self.processes[name].leave(room_id, self.now)

    def commit(self) -> None:
        name, room_id = self._anywhere()
        message = b"%d" % len(self.committed[room_id])
        self.committed[room_id].append(message)
        self.heard[name, room_id].append(message)  # at the process itself
        self.untold.append((name, room_id, message))
        if self.random.random() < 0.5:
            self.tell_all()

    def tell_all(self) -> None:
        while self.untold:
            name, room_id, message = self.untold.pop(0)
            if name == OLD:
                self._send(OLD, None, [(room_id, message)], None, Fate.ARRIVES)
            else:
                self.processes[name].tell(room_id, message, self.now)

    def send_parcels(self) -> None:
        for name in NEW:
            for to, notices in self.processes[name].take_parcels(self.now):
                self._send(name, to, notices, None, self.random.choice([Fate.ARRIVES, Fate.IS_LATE]))

    def beat(self) -> None:
        self._beat(self.random.choice(self.names), self.random.choice(list(Fate)))

    def _beat(self, name: str, fate: Fate) -> None:
        self._send(name, None, [], None if name == OLD else self.processes[name].beat(self.now), fate)

    def _say_words(self, name: str, fate: Fate) -> None:
        for to, word in self.processes[name].take_words(self.now):
            self._send(name, to, [], word, fate)

    def be_silent(self) -> None:
        """All of them for so long that each takes the others for gone."""
        self.come_to_rest()
        self.now += A_LONG_WHILE_S

    def _anywhere(self) -> tuple[str, int]:
        return self.random.choice(self.names), self.random.choice(ROOMS)

    # --- the layer

    def _send(self, name: str, to: To, notices: list[Addressed], word: Word | None, fate: Fate) -> None:
        assert to != OLD, "it has no inbox"
        for other in self.names if to is None else (to,):
            arrival = partial(self._arrive, other, name, list(notices), word)
            if other != name and fate is Fate.ARRIVES:
                arrival()
            elif other != name and fate is Fate.IS_LATE:
                self.late.append(arrival)

    def _arrive(self, to: str, sender: str, notices: list[Addressed], word: Word | None) -> None:
        if to != OLD:
            self.processes[to].hear(sender, word, self.now)
        for room_id, message in notices:
            if room_id in self.old_rooms if to == OLD else self.processes[to].listens_to(room_id):
                self.heard[to, room_id].append(message)

    def arrive(self) -> None:
        """One that is late, or a copy of it."""
        if self.late:
            position = self.random.randrange(len(self.late))
            arrival = self.late[position] if self.random.random() < 0.3 else self.late.pop(position)
            arrival()

    # --- what must be

    def come_to_rest(self) -> None:
        """After a beat of each, whatever is in it, nobody misses anything."""
        self.tell_all()
        for name in NEW:
            self._say_words(name, Fate.IS_LATE)
        for name in self.names:
            self._beat(name, Fate.IS_LATE)
        self._arrive_all()
        self.send_parcels()
        self._arrive_all()
        for (name, room_id), start in self.due.items():
            missing = set(self.committed[room_id][start:]) - set(self.heard[name, room_id])
            assert not missing, f"{name} missed {missing} of room {room_id}"

    def _arrive_all(self) -> None:
        arriving, self.late = self.late, []
        for arrival in arriving:
            arrival()


def test_whatever_order_processes_hear_each_other_in_nobody_misses_what_is_said_after_their_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("messaging.delivery.correspondence.WHOLE_EVERY_BEATS", 2)
    for seed in range(1_000):
        Cluster(seed).live(steps=25)
