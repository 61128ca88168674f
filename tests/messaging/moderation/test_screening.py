"""The one look at a text."""

from collections import Counter

from messaging.moderation.filtering import Filters, Rule
from messaging.moderation.flood import Flood
from messaging.moderation.screening import FLOOD, Screen, Verdict

SPAM = "지금 바로 가입하시면 포인트를 두 배로 드려요"


def screen(*rules: Rule) -> Screen:
    said: Counter[str] = Counter()

    def count(key: str, window_s: float) -> int:
        said[key] += 1
        return said[key]

    made = Screen(Flood(count, most=1, window_s=60))
    made.filters = Filters(rules)
    return made


def test_nothing_stands_against_most_texts() -> None:
    assert screen(Rule(1, None, "시발", "hold")).look(1, 7, "안녕하세요", client_id="a") is None


def test_a_rule_says_what_becomes_of_the_text() -> None:
    verdict = screen(Rule(1, None, "시발", "flag")).look(1, 7, "시발", client_id="a")
    assert verdict == Verdict("flag", "filter", 1, "시발")


def test_a_flood_is_held_whatever_else_is_in_it_but_what_is_refused() -> None:
    looking = screen(Rule(1, None, "포인트", "flag"), Rule(2, 5, "가입", "block"))
    assert [looking.look(1, 7, SPAM, client_id=str(n)) for n in range(2)][1] == FLOOD
    again = looking.look(5, 7, SPAM, client_id="5")
    assert again is not None
    assert again.action == "block"


def test_a_changed_text_is_no_repeat() -> None:
    looking = screen()
    assert [looking.look(1, 7, SPAM, client_id=None) for _ in range(9)] == [None] * 9
