"""What is to be stored, and what became of it."""

from datetime import UTC, datetime

import msgspec

from messaging.store.drafts import Aside, Draft, Stored
from messaging.wire.protocol import MessageObject
from tests.messaging import frames

END = datetime(2026, 11, 22, 9, tzinfo=UTC)


def test_a_draft_is_known_again_by_its_room_its_sender_and_its_client_id() -> None:
    assert (
        Draft(1, 7, "hello", "f" * 32).key
        == Draft(1, 7, "hallo", "f" * 32, attachments=(5,)).key
        == (1, 7, "f" * 32)
    )


def test_only_a_hiding_has_an_end_and_something_to_tell_its_author() -> None:
    said = msgspec.convert(frames.read("server", "chat")["frame"], MessageObject)
    stored = Stored(said, 1, duplicate=False)
    assert (stored.told, stored.ends_at) == ((), None)
    assert msgspec.structs.replace(stored, aside=Aside((), END)).ends_at == END
