"""How long things took in a run, from the journals. Pure; seconds."""

from collections.abc import Iterable, Iterator, Sequence

from tests.e2e.chaos.journal import Acknowledged, Heard, Journal

Key = tuple[int, str]  # room, client id


def seconds_to_catch_up(journals: Sequence[Journal], *, after: float) -> float:
    """Until the last listener had the last of the messages that were acknowledged before the moment `after`."""
    acks = _first_acks(journals)
    return max(
        (
            heard.at - after
            for journal in journals
            for heard in _new(journal)
            if heard.at > after and _is_before(acks.get((heard.message.room_id, heard.message.client_id)), after)
        ),
        default=0.0,
    )


def delivery_delays(journals: Sequence[Journal], *, said_between: tuple[float, float]) -> list[float]:
    """From the acknowledgement to every live listener on the same server, sorted."""
    acks = _first_acks(journals)
    return sorted(_delays_on_one_server(journals, acks, *said_between))


def _delays_on_one_server(
    journals: Sequence[Journal], acks: dict[Key, Acknowledged], begin: float, end: float
) -> Iterator[float]:
    for journal in journals:
        for heard in _new(journal):
            ack = acks.get((heard.message.room_id, heard.message.client_id))
            if ack and begin <= ack.at <= end and ack.server == heard.server and not heard.recovered:
                yield max(0.0, heard.at - ack.at)


def _new(journal: Journal) -> Iterator[Heard]:
    """Each message as it was heard first: what became of it later was not acknowledged with it."""
    for room in journal.heard.values():
        seqs = set[int]()
        for heard in room:
            if heard.message.seq not in seqs:
                seqs.add(heard.message.seq)
                yield heard


def answer_delays(journals: Sequence[Journal], *, sent_between: tuple[float, float]) -> list[float]:
    """From a chat frame to its acknowledgement or refusal on the same socket, sorted."""
    begin, end = sent_between
    return sorted(
        answer.at - answer.sent_at
        for journal in journals
        for answer in journal.answered
        if begin <= answer.sent_at <= end
    )


def acknowledged_between(journals: Sequence[Journal], begin: float, end: float) -> int:
    return sum(begin <= ack.at <= end for journal in journals for ack in journal.acknowledged)


def percentile(values: Sequence[float], share: float) -> float:
    """Of sorted values; 0 where there is none."""
    return values[min(len(values) - 1, int(len(values) * share))] if values else 0.0


def in_words(values: Sequence[float]) -> str:
    p50, p99, worst = (1000 * percentile(values, share) for share in (0.5, 0.99, 1.0))
    return f"p50 {p50:.0f} ms, p99 {p99:.0f} ms, worst {worst:.0f} ms of {len(values)}"


def _is_before(ack: Acknowledged | None, moment: float) -> bool:
    return ack is not None and ack.at < moment


def _first_acks(journals: Iterable[Journal]) -> dict[Key, Acknowledged]:
    first: dict[Key, Acknowledged] = {}
    for journal in journals:
        for ack in journal.acknowledged:
            key = (ack.room_id, ack.client_id)
            if key not in first or ack.at < first[key].at:
                first[key] = ack
    return first
