"""Checks that are made at once."""

import threading
from collections.abc import Iterator

from chatproject.doctor.findings import Check, Finding, look_at_all, ok, parts, warning, worst_of
from tests.chatproject.doctor.asking import said

LONG_S = 30.0


def fails() -> Iterator[Finding]:
    yield ok("so far")
    raise ZeroDivisionError("no way")


def test_one_that_fails_and_one_that_hangs_hide_no_other_and_keep_what_they_found() -> None:
    goes_on = threading.Event()

    def hangs() -> Iterator[Finding]:
        yield warning("found before")
        goes_on.wait(LONG_S)

    looked = look_at_all(
        [Check("hangs", hangs, 0.1), Check("fails", fails, LONG_S), Check("works", lambda: [ok("well")], LONG_S)]
    )
    goes_on.set()
    assert [(one.about, said(one.findings, "broken", "warning", "ok")) for one in looked] == [
        ("hangs", ["warning: found before", "broken: no answer came within 0.1 s"]),
        ("fails", ["ok: so far", "broken: a part could not be looked at: ZeroDivisionError: no way"]),
        ("works", ["ok: well"]),
    ]
    assert [worst_of([one]) for one in looked] == ["broken", "broken", "ok"]
    assert worst_of([]) == "ok"


def test_a_part_that_fails_hides_no_later_one() -> None:
    found = parts(fails, lambda: [warning("later")])
    assert said(found) == ["broken: a part could not be looked at: ZeroDivisionError: no way", "warning: later"]
