"""What is to be stored, and what became of it."""

from datetime import UTC, datetime

from messaging.store.drafts import Aside, Draft

END = datetime(2026, 11, 22, 9, tzinfo=UTC)


def test_a_draft_is_known_again_by_its_room_its_sender_and_its_client_id() -> None:
    assert (
        Draft(1, 7, "hello", "f" * 32).key
        == Draft(1, 7, "hallo", "f" * 32, attachments=(5,)).key
        == (1, 7, "f" * 32)
    )
    assert Aside((), END).ends_at == END
