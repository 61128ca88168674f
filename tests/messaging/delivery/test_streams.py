"""The order of one room in one process, against any loss, repetition and reordering."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec import structs

from messaging.delivery.streams import WAITING_MAX, Change, RoomStream, Telling


def change(version: int, roster_version: int = 1, *, seq: int | None = None) -> Change:
    """Of a message of its own, or of an earlier one that changed."""
    return Change(version, roster_version, seq or version, b'{"seq":%d}' % (seq or version))


def versions(tellings: Sequence[Telling]) -> list[int]:
    return [telling.version for telling in tellings]


def news(tellings: Sequence[Telling]) -> list[int]:
    """The versions that v1 clients hear too."""
    return [telling.version for telling in tellings if telling.is_message]


def started(version: int = 0, roster_version: int = 1) -> RoomStream:
    stream = RoomStream()
    assert stream.start(version=version, roster_version=roster_version, last_seq=version) == []
    return stream


def test_the_next_change_goes_out_at_once() -> None:
    stream = started(7)
    assert versions(stream.offer([change(8)])) == [8]
    assert stream.version == 8


def test_known_changes_are_dropped() -> None:
    stream = started(7)
    assert stream.offer([change(7), change(3)]) == []
    assert not stream.lacks_changes


def test_a_later_change_waits_for_the_gap_to_close() -> None:
    stream = started(7)
    assert stream.offer([change(10), change(9)]) == []
    assert stream.lacks_changes
    assert versions(stream.offer([change(8)])) == [8, 9, 10]
    assert not stream.lacks_changes


def test_what_comes_before_the_start_waits_for_it() -> None:
    stream = RoomStream()
    assert stream.offer([change(5), change(6), change(8)]) == []
    assert versions(stream.start(version=5, roster_version=1, last_seq=5)) == [6]
    assert stream.lacks_changes


def test_a_second_start_changes_nothing() -> None:
    stream = started(7)
    assert stream.start(version=3, roster_version=9, last_seq=3) == []
    assert (stream.version, stream.started_at, stream.roster_version) == (7, 7, 1)


def test_a_change_under_a_newer_roster_waits_for_the_check() -> None:
    stream = started(7, roster_version=1)
    assert stream.offer([change(8, roster_version=2), change(9, roster_version=2)]) == []
    assert stream.lacks_roster
    assert not stream.lacks_changes
    assert versions(stream.check_roster(2)) == [8, 9]
    assert not stream.lacks_roster


def test_an_older_check_takes_nothing_back() -> None:
    stream = started(7, roster_version=5)
    stream.check_roster(3)
    assert versions(stream.offer([change(8, roster_version=5)])) == [8]


def test_the_database_closes_a_gap_with_versions_that_are_gone() -> None:
    stream = started(7)
    stream.offer([change(12)])
    assert versions(stream.catch_up([change(9), change(11)], version=11)) == [9, 11, 12]


def test_the_database_closes_a_gap_only_for_listeners_who_were_checked() -> None:
    stream = started(7, roster_version=1)
    assert stream.catch_up([change(8, roster_version=2)], version=8) == []
    assert stream.version == 7
    stream.check_roster(2)
    assert versions(stream.catch_up([change(8, roster_version=2)], version=8)) == [8]


def test_what_went_out_while_the_database_was_read_does_not_go_out_again() -> None:
    stream = started(7)
    stream.offer([change(8), change(10)])
    assert versions(stream.catch_up([change(8), change(9)], version=9)) == [9, 10]
    assert stream.catch_up([change(8), change(9)], version=9) == []


def test_a_flood_ahead_of_a_gap_is_given_up_and_found_again_by_the_next_change() -> None:
    stream = started(0)
    stream.offer(change(version) for version in range(2, WAITING_MAX + 3))
    assert not stream.lacks_changes
    stream.offer([change(WAITING_MAX + 3)])
    assert stream.lacks_changes


# --- what is news


def test_what_is_done_to_a_message_that_was_heard_is_no_news() -> None:
    stream = started(7)
    told = stream.offer([change(8), change(9, seq=3), change(10, seq=8), change(11, seq=9)])
    assert news(told) == [8, 11]
    assert [telling.text for telling in told[:2]] == [b'{"type":"chat","seq":8}', b'{"type":"changed","seq":3}']


def test_a_message_that_was_edited_before_it_was_heard_is_news_once() -> None:
    stream = started(7)
    caught_up = stream.catch_up([change(9), change(11, seq=8)], version=11)  # as version 8 it was lost
    assert news(caught_up) == [9, 11]
    assert news(stream.offer([change(12, seq=8)])) == []


def test_what_is_read_in_two_pages_is_news_all_the_same() -> None:
    stream = started(7)
    assert news(stream.catch_up([change(10)], version=10)) == [10]
    assert news(stream.catch_up([change(11, seq=9), change(12, seq=3), change(13, seq=8)], version=13)) == [11, 13]


class Delivery(RuleBasedStateMachine):
    """A room in the database, a doorbell that loses, repeats and reorders, and a stream that must not."""

    @initialize(version=st.integers(0, 3), is_early=st.booleans())
    def begin(self, version: int, is_early: bool) -> None:
        self.stream = RoomStream()
        self.stored = [change(number) for number in range(1, version + 1)]
        self.last_seq = self.known_seq = version
        self.gone: set[int] = set()  # versions of messages that were changed again: the database has them no more
        self.roster = self.checked = 1
        self.heard: list[Telling] = []
        self.skippable: set[int] = set()
        if not is_early:
            self.start()

    def hear(self, tellings: Sequence[Telling]) -> None:
        rosters = {one.version: one.roster_version for one in self.stored}
        for one in tellings:
            assert rosters[one.version] <= self.checked, "heard before the listeners were checked"
        self.heard += tellings

    @rule(count=st.integers(1, 5))
    def store(self, count: int) -> None:
        for _ in range(count):
            self.last_seq += 1
            self.stored.append(change(len(self.stored) + 1, self.roster, seq=self.last_seq))

    @rule()
    def move_roster(self) -> None:
        self.roster += 1

    @precondition(lambda self: self.stored)
    @rule(data=st.data())
    def ring(self, data: st.DataObject) -> None:
        """Any stored changes, in any order, some of them twice."""
        self.hear(self.stream.offer(data.draw(st.lists(st.sampled_from(self.stored), max_size=8))))

    @precondition(lambda self: self.stored)
    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        """A message takes a new version; under the old one nobody finds it again."""
        before = data.draw(st.sampled_from([one for one in self.stored if one.version not in self.gone]))
        self.gone.add(before.version)
        self.stored.append(change(len(self.stored) + 1, self.roster, seq=before.seq))

    @rule()
    def start(self) -> None:
        if self.stream.version is None:
            self.checked = self.roster
            self.known_seq = self.last_seq
        state = {"version": len(self.stored), "roster_version": self.roster, "last_seq": self.last_seq}
        self.hear(self.stream.start(**state))

    @precondition(lambda self: self.stream.version is not None)
    @rule(limit=st.integers(1, 4), is_checked=st.booleans(), age=st.integers(0, 3))
    def catch_up(self, limit: int, is_checked: bool, age: int = 0) -> None:
        """As the repair does it: `age` changes went out while it read. Also without the check that it makes."""
        if is_checked:
            self.check_roster()
        since = max(0, (self.stream.version or 0) - age)
        found = [one for one in self.stored if one.version > since and one.version not in self.gone]
        page = [structs.replace(one, roster_version=self.roster) for one in found[:limit]]
        version = page[-1].version if len(page) == limit else len(self.stored)
        before = self.stream.version
        self.hear(self.stream.catch_up(page, version=version))
        if before != self.stream.version:
            self.skippable |= self.gone & set(range(since + 1, version + 1))

    @rule()
    def check_roster(self) -> None:
        self.checked = self.roster
        self.hear(self.stream.check_roster(self.roster))

    @invariant()
    def every_version_is_heard_once_in_order(self) -> None:
        if self.stream.version is None:
            assert self.heard == []
            return
        heard = versions(self.heard)
        assert heard == sorted(set(heard))
        missing = set(range(self.stream.started_at + 1, self.stream.version + 1)) - set(heard)
        assert missing <= self.skippable
        assert not heard or heard[-1] <= self.stream.version

    @invariant()
    def every_message_is_news_once(self) -> None:
        seqs = {one.version: one.seq for one in self.stored}
        new = [seqs[version] for version in news(self.heard)]
        assert len(new) == len(set(new))
        assert all(seq > self.known_seq for seq in new)
        if self.stream.version == len(self.stored):
            assert set(new) == set(range(self.known_seq + 1, self.last_seq + 1))

    def teardown(self) -> None:
        """However bad it was: a check and a look into the database make the stream whole."""
        if not hasattr(self, "stream"):
            return
        self.start()
        self.check_roster()
        while self.stream.version != len(self.stored):
            self.catch_up(limit=4, is_checked=True)
        assert not self.stream.lacks_changes
        assert not self.stream.lacks_roster
        self.every_version_is_heard_once_in_order()


TestDelivery = Delivery.TestCase
TestDelivery.settings = settings(max_examples=150, stateful_step_count=30)


@given(st.permutations(range(1, 12)), st.integers(0, 5))
def test_any_order_of_a_complete_set_goes_out_in_order(order: list[int], since: int) -> None:
    stream, heard = started(since), list[Telling]()
    for version in order:
        heard += stream.offer([change(version)])
    assert versions(heard) == list(range(since + 1, 12))
