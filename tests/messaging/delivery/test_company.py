"""Who else there is, whom to tell, and what is kept for whoever comes. The clock is a number."""

from messaging.delivery.company import COMPANY_S, KEPT_MAX, REMEMBERED_S, Company
from messaging.delivery.streets import OwnStreets, Word

SOON, LATER = 7, 8


def listening(*streets: int) -> Word:
    own = OwnStreets()
    for street in streets:
        own.enter(street)
    own.settle(0.0)
    return own.whole()


def test_who_hears_nobody_tells_nobody_and_keeps_it_for_who_comes() -> None:
    company = Company[str]()
    assert company.tell("too old", SOON, 100.0) == ()
    assert company.tell("old", SOON, 101.0) == ()
    assert company.tell("elsewhere", LATER, 102.0) == ()
    assert company.tell("for everybody", None, 103.0) == ()
    assert company.hear("Bob's", listening(SOON), 101.0 + COMPANY_S) == ["old", "for everybody"]
    assert company.hear("Bob's", listening(SOON), 101.0 + COMPANY_S) == []


def test_only_those_are_told_who_listen_in_the_street() -> None:
    company = Company[str]()
    company.hear("here", listening(SOON), 0.0)
    company.hear("elsewhere", listening(LATER), 0.0)
    company.hear("old build", None, 0.0)
    assert company.tell("word", SOON, 1.0) == ("here", "old build")
    assert company.tell("word", LATER, 1.0) == ("elsewhere", "old build")
    assert company.tell("word", None, 1.0) == ("here", "elsewhere", "old build")
    assert company.here(1.0) == {"here": True, "elsewhere": True, "old build": False}


def test_who_begins_to_listen_is_told_what_was_said_there_of_late_and_once() -> None:
    company = Company[str]()
    company.hear("Bob's", listening(), 0.0)
    assert company.tell("before", SOON, 1.0) == company.tell("elsewhere", LATER, 1.0) == ()
    assert company.hear("Bob's", Word(1, fresh=(SOON,)), 2.0) == ["before"]
    assert company.tell("after", SOON, 2.0) == ("Bob's",)
    assert company.hear("Bob's", Word(3), 2.0) == ["elsewhere"]  # a word was lost: it may listen anywhere


def test_who_was_silent_is_gone_and_told_what_it_missed_when_it_is_back() -> None:
    company = Company[str]()
    company.hear("Bob's", listening(SOON), 0.0)
    assert company.tell("heard", SOON, COMPANY_S) == ("Bob's",)
    assert company.tell("missed", SOON, COMPANY_S + 0.1) == ()
    assert company.here(COMPANY_S + 0.1) == {}
    assert company.hear("Bob's", None, COMPANY_S + 0.2) == ["missed"]
    assert company.here(COMPANY_S + 0.2) == {"Bob's": True}


def test_who_is_silent_for_long_is_forgotten() -> None:
    company = Company[str]()
    company.hear("Bob's", listening(), 0.0)
    company.hear("Carol's", listening(), REMEMBERED_S)
    assert company.has_met("Bob's")
    company.hear("Dan's", None, REMEMBERED_S + 1)
    assert not company.has_met("Bob's")
    assert company.has_met("Carol's")
    assert not company.has_met("Dan's")  # of the build before


def test_nothing_is_kept_longer_nor_more_than_is_of_use() -> None:
    company = Company[int]()
    for number in range(KEPT_MAX + 5):
        company.tell(number, SOON, 100.0)
    assert company.hear("Bob's", None, 100.0)[0] == 5
    company.tell(1, LATER, 200.0)
    company.tell(2, LATER, 200.1 + COMPANY_S)
    assert company.hear("Carol's", None, 200.1 + COMPANY_S) == [2]
    assert list(company._kept_in) == [LATER]
