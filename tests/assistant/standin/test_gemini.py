"""The stand-in's bytes in Gemini's words; that Google's own SDK reads them is shown in test_standin."""

import json

from assistant.standin.gemini import gemini_pieces
from assistant.standin.scenarios import SCENARIOS, in_deltas


def test_every_event_has_the_counts_so_far_and_only_the_last_one_an_end() -> None:
    pieces = gemini_pieces(SCENARIOS["multipart"], "gemini-x", streamed=True, as_events=True)
    events = [json.loads(piece.removeprefix(b"data: ")) for piece in pieces]

    assert [event["usageMetadata"]["totalTokenCount"] for event in events] == [15, 19, 23]
    assert ["finishReason" in event["candidates"][0] for event in events] == [False, False, True]


def test_in_one_piece_neighbouring_texts_are_one_and_thoughts_stay_apart() -> None:
    [whole] = gemini_pieces(SCENARIOS["multipart"], "gemini-x", streamed=False, as_events=False)
    parts = json.loads(whole)["candidates"][0]["content"]["parts"]

    assert [part.get("thought", False) for part in parts] == [True, False]


def test_words_are_what_a_stream_brings() -> None:
    texts = [event["candidates"][0].get("content") for event in in_deltas("한 걸음씩  해요")]

    assert [text and text["parts"][0]["text"] for text in texts] == ["한 ", "걸음씩  ", "해요", None]
