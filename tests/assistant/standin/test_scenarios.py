"""What a scenario's events look like."""

from assistant.standin.scenarios import in_deltas


def test_deltas_add_up_to_the_text_and_the_end_comes_alone() -> None:
    text = "점심은 김밥!\n맛있게 드세요."
    *deltas, end = in_deltas(text)

    assert len(deltas) > 1
    assert "".join(delta["candidates"][0]["content"]["parts"][0]["text"] for delta in deltas) == text
    assert end["candidates"] == [{"index": 0, "finishReason": "STOP"}]
