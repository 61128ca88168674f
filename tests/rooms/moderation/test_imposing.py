"""Managers and staff mute, remove and lift: who reaches whom, what is told, and what stays."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User

from chatproject.errors import (
    BlockedFromRoom,
    InvalidInput,
    ManagersOnly,
    MemberNotFound,
    NotGroupRoom,
    NotInRoom,
    RoomNotFound,
)
from chatproject.room_errors import RankTooLow
from rooms import services
from rooms.audit_models import AuditEntry
from rooms.models import Member, Participant, Room
from rooms.moderation import audit, imposing, ranks
from rooms.moderation.sanctions import Kind
from rooms.moderation_models import JoinRequest, Sanction
from rooms.services import RosterChange
from tests.conftest import AllAtOnce
from tests.factories import ALICE, BOB, CHARLIE, caller, make_group_room, make_member, make_private_room

NOON = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)  # in Seoul
HOUR = timedelta(hours=1)
UNKNOWN = 2**63 - 1
DORA, EMIL = 21, 22  # two managers
STAFF = ranks.staff()


@pytest.fixture
def garden(alice: Member, bob: Member, charlie: Member) -> Room:
    """Alice owns it, Dora and Emil manage it, Bob is in it, Charlie is not."""
    room = make_group_room("Garden", alice, bob, make_member(DORA, "Dora"), make_member(EMIL, "Emil"))
    give(room, ALICE, "owner")
    Room.objects.filter(pk=room.pk).update(is_owned=True)
    give(room, DORA, "manager")
    give(room, EMIL, "manager")
    return room


def give(room: Room, member_id: int, role: str) -> None:
    Participant.objects.filter(room=room, member_id=member_id).update(role=role)


def by(member_id: int, **claims: Any) -> Any:
    return caller(member_id, **claims)


ADMIN = partial(by, CHARLIE, role="ADMIN")  # a moderator of the site, who is not in the room


def mute(room: Room, who: Any, member_id: int = BOB, **terms: Any) -> imposing.Outcome:
    usual: dict[str, Any] = {"until": NOON + HOUR, "reason": "flooding", "now": NOON}
    return imposing.mute(room_id=room.pk, member_id=member_id, by=who, **usual | terms)


def remove(room: Room, who: Any, member_id: int = BOB, **terms: Any) -> imposing.Outcome:
    usual: dict[str, Any] = {"reason": "insults", "now": NOON}
    return imposing.remove(room_id=room.pk, member_id=member_id, by=who, **usual | terms)


def lift(room: Room, who: Any, kind: Kind, member_id: int = BOB, **terms: Any) -> imposing.Outcome:
    usual: dict[str, Any] = {"now": NOON}
    return imposing.lift(room_id=room.pk, member_id=member_id, kind=kind, by=who, **usual | terms)


def join(room: Room, *, now: datetime = NOON) -> Any:
    return services.join_group_room(caller=caller(BOB), room_id=room.pk, now=now)


def muted_until(room: Room) -> datetime | None:
    return Participant.objects.get(room=room, member_id=BOB).muted_until


def logged() -> list[tuple[str, str, int | None, int | None]]:
    columns = ("act", "actor_kind", "actor_id", "member_id")
    return list(AuditEntry.objects.order_by("entry_id").values_list(*columns))


# --- a mute


def test_bob_is_muted_and_told_why_until_when_and_by_whom(garden: Room) -> None:
    outcome = mute(garden, by(DORA))
    [told] = outcome.told
    assert (told.act, told.reason, told.until, told.by) == ("mute", "flooding", NOON + HOUR, "manager")
    assert (told.member_id, told.room_name, told.lifted) == (BOB, "Garden", False)
    assert muted_until(garden) == NOON + HOUR
    assert (outcome.rules_version, outcome.left) == (5, None)  # the sweep finds it
    assert logged() == [("mute", "member", DORA, BOB)]


def test_a_mute_waits_for_who_left_and_holds_when_they_come_back(garden: Room) -> None:
    services.leave_group_room(caller=caller(BOB), room_id=garden.pk)
    assert mute(garden, by(DORA)).rules_version is None
    join(garden, now=NOON + HOUR / 2)
    assert muted_until(garden) == NOON + HOUR


def test_a_mute_outlives_a_leaving_and_a_coming_and_ends_by_itself(garden: Room) -> None:
    mute(garden, by(DORA))
    services.leave_group_room(caller=caller(BOB), room_id=garden.pk)
    join(garden, now=NOON + HOUR / 2)
    assert muted_until(garden) == NOON + HOUR
    services.leave_group_room(caller=caller(BOB), room_id=garden.pk)
    join(garden, now=NOON + HOUR)
    assert muted_until(garden) is None


@pytest.mark.parametrize("length", [timedelta(minutes=10), timedelta(days=28), timedelta(minutes=9, seconds=30)])
def test_a_mute_lasts_from_ten_minutes_to_28_days_by_a_clock_that_may_differ_a_little(
    garden: Room, length: timedelta
) -> None:
    mute(garden, by(DORA), until=NOON + length)
    assert muted_until(garden) == NOON + length


@pytest.mark.parametrize(
    "length", [timedelta(minutes=8), timedelta(days=29), timedelta(0), -HOUR, timedelta(days=365 * 50)]
)
def test_another_end_is_refused_and_changes_nothing(garden: Room, length: timedelta) -> None:
    with pytest.raises(InvalidInput):
        mute(garden, by(DORA), until=NOON + length)
    assert not Sanction.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("reason", ["", "  \n ", "\u200b", "\u3164", "x" * 201, "\ud800", "a\x00b"])
def test_a_reason_is_needed_and_readable(garden: Room, reason: str) -> None:
    for act in (mute, remove):
        with pytest.raises(InvalidInput):
            act(garden, by(DORA), reason=reason)


def test_a_reason_is_kept_on_one_line(garden: Room) -> None:
    mute(garden, by(DORA), reason="  flooding\n and  more ")
    assert Sanction.objects.get().reason == "flooding and more"


# --- who reaches whom: a manager, the owner and an ADMIN against everybody


@pytest.mark.parametrize("act", [mute, remove])
@pytest.mark.parametrize(
    ("who", "member_id", "refusal"),
    [
        (by(BOB), EMIL, ManagersOnly),
        (by(BOB), BOB, ManagersOnly),
        (by(CHARLIE), BOB, NotInRoom),
        (by(DORA), BOB, None),
        (by(DORA), CHARLIE, None),  # is not in the room
        (by(DORA), EMIL, RankTooLow),
        (by(DORA), ALICE, RankTooLow),
        (by(DORA), DORA, InvalidInput),
        (by(DORA), UNKNOWN, MemberNotFound),
        (by(ALICE), EMIL, None),
        (by(ALICE), ALICE, InvalidInput),
        (ADMIN(), ALICE, None),
        (ADMIN(), CHARLIE, InvalidInput),
        (STAFF, ALICE, None),
    ],
)
def test_a_rank_reaches_those_below_it(
    garden: Room, act: Any, who: Any, member_id: int, refusal: type[Exception] | None
) -> None:
    if refusal is None:
        act(garden, who, member_id)
        assert Sanction.objects.get().member_id == member_id
    else:
        with pytest.raises(refusal):
            act(garden, who, member_id)
        assert not Sanction.objects.exists()


def test_a_moderator_of_the_site_is_above_every_room(garden: Room) -> None:
    Member.objects.filter(pk=BOB).update(role="ADMIN")
    with pytest.raises(RankTooLow):
        mute(garden, by(ALICE))


def test_private_rooms_know_no_acts_and_strangers_no_private_rooms(
    alice: Member, bob: Member, charlie: Member
) -> None:
    room = make_private_room(alice, bob)
    for act in (mute, remove, partial(lift, kind=Kind.MUTE)):
        with pytest.raises(NotGroupRoom):
            act(room, by(ALICE))
        with pytest.raises(RoomNotFound):
            act(room, by(CHARLIE))


# --- a removal


def test_bob_is_out_at_once_and_cannot_come_back(garden: Room) -> None:
    outcome = remove(garden, by(DORA))
    assert outcome.left == RosterChange(garden.pk, BOB, "Bob", 5, was_removed=True)
    assert [(told.act, told.until, told.by) for told in outcome.told] == [("remove", None, "manager")]
    with pytest.raises(BlockedFromRoom):
        join(garden, now=NOON + timedelta(days=365))
    assert logged() == [("remove", "member", DORA, BOB)]


def test_a_removal_with_an_end_ends(garden: Room) -> None:
    remove(garden, by(DORA), until=NOON + HOUR)
    with pytest.raises(BlockedFromRoom) as refusal:
        join(garden, now=NOON + HOUR - timedelta(seconds=1))
    assert "1:00" in str(refusal.value.message)
    assert join(garden, now=NOON + HOUR) is not None


@pytest.mark.parametrize("until", [NOON, NOON - HOUR, datetime(9999, 12, 31, tzinfo=UTC)])
def test_a_removal_does_not_end_before_it_begins_or_beyond_all_times(garden: Room, until: datetime) -> None:
    with pytest.raises(InvalidInput):
        remove(garden, by(DORA), until=until)


def test_who_left_a_moment_before_is_kept_out_too(garden: Room) -> None:
    services.leave_group_room(caller=caller(BOB), room_id=garden.pk)
    assert remove(garden, by(DORA)).left is None
    with pytest.raises(BlockedFromRoom):
        join(garden)


def test_the_last_one_out_takes_the_room_along_and_the_log_stays(alice: Member) -> None:
    room = make_group_room("Garden", alice)
    outcome = remove(room, STAFF, ALICE)
    assert not Room.objects.exists()
    assert not Sanction.objects.exists()
    assert outcome.told[0].reason == "insults"
    assert logged() == [("remove", "staff", None, ALICE)]


def test_a_removed_owner_is_followed(garden: Room) -> None:
    remove(garden, STAFF, ALICE)
    assert Participant.objects.get(room=garden, role="owner").member_id == DORA


# --- again, and in place of what holds


def test_a_repeat_of_the_same_act_is_one(garden: Room) -> None:
    first, second = mute(garden, by(DORA)), mute(garden, by(DORA))
    assert first.told == second.told
    assert remove(garden, by(DORA)).told == remove(garden, by(DORA)).told
    assert Sanction.objects.count() == 2
    assert len(logged()) == 2


def test_a_new_mute_takes_the_place_of_what_held(garden: Room) -> None:
    mute(garden, by(DORA))
    mute(garden, by(EMIL), until=NOON + 2 * HOUR)
    [old, new] = Sanction.objects.order_by("sanction_id")
    assert (old.lifted_at, old.lifted_by_id, new.lifted_at) == (NOON, EMIL, None)
    assert muted_until(garden) == NOON + 2 * HOUR


@pytest.mark.parametrize("act", [mute, remove])
def test_nobody_replaces_or_lifts_what_a_higher_rank_imposed(garden: Room, act: Any) -> None:
    act(garden, by(ALICE))
    with pytest.raises(RankTooLow):
        act(garden, by(DORA), reason="another")
    with pytest.raises(RankTooLow):
        lift(garden, by(DORA), Kind(Sanction.objects.get().kind))
    assert Sanction.objects.get().lifted_at is None


# --- lifting


def test_nobody_is_written_to_by_muting_them_in_a_room_where_they_never_were(garden: Room) -> None:
    outcomes = [mute(garden, by(DORA), CHARLIE), remove(garden, by(DORA), CHARLIE)]
    outcomes.append(lift(garden, by(DORA), Kind.MUTE, CHARLIE))
    assert [outcome.told for outcome in outcomes] == [(), (), ()]
    assert Sanction.objects.filter(member_id=CHARLIE).count() == 2
    JoinRequest.objects.create(room=garden, member_id=CHARLIE, made_at=NOON)
    assert mute(garden, by(DORA), CHARLIE, reason="threats").told != ()


def test_a_lifted_mute_ends_at_once_and_bob_is_told(garden: Room) -> None:
    mute(garden, by(DORA))
    outcome = lift(garden, by(EMIL), Kind.MUTE, reason="said sorry")
    assert muted_until(garden) is None
    assert [(told.act, told.lifted) for told in outcome.told] == [("mute", True)]
    assert outcome.rules_version == 6
    entry = AuditEntry.objects.order_by("-entry_id")[0]
    assert (entry.act, entry.actor_id, entry.reason) == ("mute_lifted", EMIL, "said sorry")


def test_a_lifted_removal_lets_bob_come_but_puts_him_nowhere(garden: Room) -> None:
    remove(garden, by(DORA))
    lift(garden, by(ALICE), Kind.REMOVE)
    assert not garden.participants.filter(member_id=BOB).exists()
    assert join(garden) is not None


def test_lifting_what_does_not_hold_is_fine_and_leaves_no_trace(garden: Room) -> None:
    for kind in (Kind.MUTE, Kind.REMOVE):
        assert lift(garden, by(DORA), kind) == imposing.Outcome(room_id=garden.pk)
    assert logged() == []


def test_nobody_lifts_their_own(garden: Room) -> None:
    mute(garden, by(DORA))
    give(garden, BOB, "manager")  # meanwhile
    with pytest.raises(InvalidInput):
        lift(garden, by(BOB), Kind.MUTE)
    with pytest.raises(NotInRoom):
        lift(garden, by(CHARLIE), Kind.MUTE, CHARLIE)


# --- staff


def test_putting_bob_in_lifts_the_removal_and_leaves_the_mute(garden: Room) -> None:
    staff = ranks.staff(User.objects.create_user("staff").pk)
    mute(garden, by(DORA))
    remove(garden, by(DORA))
    change = imposing.put_in(room_id=garden.pk, member_id=BOB, acting=staff, now=NOON)
    assert change is not None
    assert muted_until(garden) == NOON + HOUR
    assert Sanction.objects.get(kind=Kind.REMOVE).lifted_by_staff_id == staff.staff_id
    assert [entry[0] for entry in logged()] == ["mute", "remove", "removal_lifted", "put_in"]
    assert imposing.put_in(room_id=garden.pk, member_id=BOB, acting=staff, now=NOON) is None


def test_staff_write_other_terms_and_the_log_keeps_the_old_ones(garden: Room) -> None:
    mute(garden, by(DORA))
    sanction_id = Sanction.objects.get().pk
    terms: dict[str, Any] = {"reason": "flooding", "until": NOON + 3 * HOUR, "acting": STAFF, "now": NOON}
    outcome = imposing.change_terms(sanction_id=sanction_id, **terms)
    assert muted_until(garden) == NOON + 3 * HOUR
    assert outcome.told[0].until == NOON + 3 * HOUR
    assert "2026-11-29T04:00:00" in AuditEntry.objects.order_by("-entry_id")[0].details
    assert imposing.change_terms(sanction_id=sanction_id, **terms) == imposing.Outcome()
    with pytest.raises(InvalidInput):
        imposing.change_terms(sanction_id=sanction_id, **terms | {"until": None})


def test_other_words_on_a_mute_that_is_over_leave_the_one_that_holds(garden: Room) -> None:
    mute(garden, by(DORA), until=NOON + HOUR)
    over = Sanction.objects.get()
    imposing.mute(
        room_id=garden.pk, member_id=BOB, until=NOON + 5 * HOUR, reason="again", by=STAFF, now=NOON + 2 * HOUR
    )
    imposing.change_terms(sanction_id=over.pk, reason="spam", until=over.until, acting=STAFF, now=NOON + 2 * HOUR)
    assert muted_until(garden) == NOON + 5 * HOUR


# --- at once


@pytest.mark.django_db(transaction=True)
def test_of_many_acts_at_once_one_holds_and_all_are_in_the_log(garden: Room, all_at_once: AllAtOnce) -> None:
    """Two managers mute Bob with other ends, one of them removes him, and he leaves."""
    acts = [partial(mute, garden, by(who), until=NOON + hours * HOUR) for who, hours in ((DORA, 1), (EMIL, 2))]
    others = [
        partial(remove, garden, by(DORA)),
        partial(services.leave_group_room, caller=caller(BOB), room_id=garden.pk),
    ]
    outcomes = all_at_once(*acts, *others)
    assert [one for one in outcomes[:3] if isinstance(one, Exception)] == []
    assert Sanction.objects.filter(kind=Kind.MUTE, lifted_at=None).count() == 1
    assert not garden.participants.filter(member_id=BOB).exists()
    assert sorted(act for act, *_who in logged()) == ["mute", "mute", "remove"]
    assert list(audit.breaks()) == []
