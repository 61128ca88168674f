"""How a message got to a socket, by what the process remembers of both. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from messaging.delivery.diary import LetOut, Move
from messaging.inquiry.questions import Handed, Socket


class Sought(NamedTuple):
    """The change that is looked for: of the room's stream here, `gone_out` says whether it let that out."""

    room_id: int
    version: int
    let_out: LetOut | None
    gone_out: bool


@dataclass(frozen=True, slots=True)
class _Hearing:
    """From when to when a socket was told all changes of the room after a version."""

    began: float
    since: int | None
    after: int
    replayed: bool
    ended: float | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """What is remembered of one socket."""

    number: int
    came_at: float | None
    went_at: float | None
    closed_with: int | None
    hearings: tuple[_Hearing, ...]
    inbox: tuple[float, float | None] | None  # the last, from when to when


def courses_of(moves: Iterable[Move], room_id: int) -> dict[int, Course]:
    """By the sockets' numbers, of all that a member did at this process, the oldest first."""
    courses: dict[int, Course] = {}
    for move in moves:
        course = courses.get(move.session) or Course(move.session, None, None, None, (), None)
        courses[move.session] = _and_then(course, move, room_id)
    return courses


def _and_then(course: Course, move: Move, room_id: int) -> Course:
    match move.what:
        case "came":
            return replace(course, came_at=move.at)
        case "went":
            code = None if move.after < 0 else move.after
            return replace(_ended(course, move.at), went_at=move.at, closed_with=code)
        case "heard" if move.room_id == room_id:
            hearing = _Hearing(move.at, move.since, move.after, move.replayed)
            return replace(course, hearings=(*_without_end(course, move.at), hearing))
        case "left" if move.room_id == room_id:
            return replace(course, hearings=_without_end(course, move.at))
        case "inbox":
            return replace(course, inbox=(move.at, None))
        case "inbox-ended" if course.inbox is not None:
            return replace(course, inbox=(course.inbox[0], move.at))
    return course


def _ended(course: Course, at: float) -> Course:
    inbox = course.inbox
    if inbox is not None and inbox[1] is None:
        inbox = inbox[0], at
    return replace(course, hearings=_without_end(course, at), inbox=inbox)


def _without_end(course: Course, at: float) -> tuple[_Hearing, ...]:
    return tuple(one if one.ended is not None else replace(one, ended=at) for one in course.hearings)


def handed_by(course: Course, sought: Sought) -> tuple[Handed, float | None]:
    """How the change got to the socket, and when as far as that is known; of several ways the surest."""
    found: Handed = ""
    at: float | None = None
    for hearing in course.hearings:
        way, when = _by_hearing(hearing, sought)
        if way in ("live", "replay"):
            return way, when
        if way:
            found, at = way, when
    if found != "known" and course.inbox is not None and sought.let_out is not None:
        began, ended = course.inbox
        if began <= sought.let_out.at and (ended is None or sought.let_out.at <= ended):
            return "inbox", sought.let_out.at
    return found, at


def _by_hearing(hearing: _Hearing, sought: Sought) -> tuple[Handed, float | None]:
    if sought.version <= hearing.after:
        if hearing.since is None:
            return "history", hearing.began
        if sought.version <= hearing.since:
            return "known", hearing.began
        return ("replay", hearing.began) if hearing.replayed else ("history", hearing.began)
    if not sought.gone_out:
        return "", None
    if sought.let_out is None:  # forgotten by now
        return ("live", None) if hearing.ended is None else ("maybe", None)
    is_over = hearing.ended is not None and hearing.ended < sought.let_out.at
    return ("", None) if is_over else ("live", max(sought.let_out.at, hearing.began))


def past_socket(course: Course, sought: Sought) -> Socket:
    """One that is not open any more."""
    handed, handed_at = handed_by(course, sought)
    return Socket(
        number=course.number,
        came_at=course.came_at,
        went_at=course.went_at,
        closed_with=course.closed_with,
        handed=handed,
        handed_at=handed_at,
    )
