"""Whoever wants to know when a notice was told hears it once."""

from messaging.delivery.on_their_way import OnTheirWay, Told


def test_each_hears_of_its_own_notice_once() -> None:
    heard: list[tuple[str, Told]] = []
    on_their_way = OnTheirWay()
    on_their_way.add(b"one", lambda told: heard.append(("one", told)))
    on_their_way.add(b"two", lambda told: heard.append(("two", told)))
    on_their_way.add(b"three", None)
    on_their_way.conclude([("a", [(1, b"one"), (1, b"three")]), ("b", [(1, b"one")])], "told")
    on_their_way.conclude([(None, [(1, b"one"), (2, b"two")])], "down")
    on_their_way.tell(lambda told: heard.append(("four", told)), "nobody")
    assert heard == [("one", "told"), ("two", "down"), ("four", "nobody")]
