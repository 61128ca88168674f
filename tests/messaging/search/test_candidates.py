"""Which spans of ids are worth a look, in what order and batches."""

from collections.abc import Sequence

import pytest

from messaging.search import candidates
from messaging.search.candidates import FIRST_BATCH, LARGEST_BATCH, Span, spans
from messaging.search.signatures import CHUNK_MESSAGES, Probe, Said, probes, signature
from messaging.search.text import words_of
from messaging.search_models import SearchProgress, SearchSignature, SearchStale

pytestmark = pytest.mark.django_db

ROOM = 1
LAST_CHUNK = 9


def sign(texts: dict[int, str], *, first: int, end: int) -> None:
    """Signatures of these chunks, as if this had been said there."""
    SearchProgress.objects.create(first=first, end=end)
    SearchSignature.objects.bulk_create(
        SearchSignature(slice=number, chunk=chunk, prints=prints)
        for chunk, text in texts.items()
        for number, prints in enumerate(signature([Said(ROOM, 7, text)]))
    )


def asked(word: str) -> list[Probe]:
    return probes(words_of(word), room_ids=[ROOM], author_id=None, has_link=False)


def chunks(found: Sequence[Sequence[Span]]) -> list[int]:
    """The chunks of these batches, of whole chunks only."""
    one_by_one = [span for batch in found for span in batch]
    return [
        chunk
        for span in one_by_one
        for chunk in range(span.last // CHUNK_MESSAGES, span.first // CHUNK_MESSAGES - 1, -1)
    ]


def look_for(word: str) -> list[list[Span]]:
    return list(spans(asked(word), first_id=1, last_id=(LAST_CHUNK + 1) * CHUNK_MESSAGES - 1))


def test_chunks_with_the_word_and_chunks_without_signatures_the_newest_first() -> None:
    sign({3: "고민상담", 4: "점심", 5: "고민", 6: "저녁", 7: "상담"}, first=3, end=8)
    assert chunks(look_for("고민")) == [9, 8, 5, 3, 2, 1, 0]
    assert chunks(look_for("고민 상담")) == [9, 8, 3, 2, 1, 0]
    assert chunks(look_for("고민상담해요")) == [9, 8, 2, 1, 0]


def test_a_stale_signature_is_as_none() -> None:
    sign({3: "고민", 4: "점심", 5: "저녁"}, first=3, end=8)
    SearchStale.objects.create(chunk=4)
    assert chunks(look_for("고민")) == [9, 8, 4, 3, 2, 1, 0]


def test_without_anything_to_ask_for_everything_is_looked_at() -> None:
    sign({3: "고민"}, first=0, end=10)
    assert chunks(look_for("고")) == list(range(LAST_CHUNK, -1, -1))


def test_nothing_outside_the_bounds() -> None:
    sign({2: "고민", 3: "고민"}, first=0, end=10)
    first, last = 2 * CHUNK_MESSAGES + 7, 3 * CHUNK_MESSAGES + 9
    assert list(spans(asked("고민"), first_id=first, last_id=last)) == [[Span(first, last)]]
    assert list(spans(asked("고민"), first_id=5 * CHUNK_MESSAGES, last_id=6 * CHUNK_MESSAGES)) == []


def test_many_candidates_are_asked_for_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "CANDIDATES_AT_ONCE", 2)
    monkeypatch.setattr(candidates, "CHUNKS_AT_ONCE", 4)
    sign(dict.fromkeys((0, 1, 2, 5, 6, 7, 9), "고민"), first=0, end=10)
    SearchStale.objects.create(chunk=3)
    assert chunks(look_for("고민")) == [9, 7, 6, 5, 3, 2, 1, 0]


def test_batches_grow() -> None:
    found = list(spans([], first_id=0, last_id=200 * CHUNK_MESSAGES - 1))
    sizes = [sum(span.last - span.first + 1 for span in batch) // CHUNK_MESSAGES for batch in found]
    assert sizes[:3] == [FIRST_BATCH, 2 * FIRST_BATCH, 4 * FIRST_BATCH]
    assert max(sizes) == LARGEST_BATCH
    assert sum(sizes) == 200
    assert all(len(batch) == 1 for batch in found)  # neighbours are one span
