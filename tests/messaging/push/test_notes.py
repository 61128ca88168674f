"""What is remembered of notifications."""

from messaging.push.notes import About, Notes


def test_it_is_found_by_any_message_that_it_told_of_and_by_nobody_else() -> None:
    notes = Notes(now=lambda: 5.0)
    notes.note(About(7, 1, (3, 4)), "failed", "no answer")
    notes.note_all([7, 8], 1, (5,), "looked")
    assert [(note.at, note.what, note.detail) for note in notes.of(7, 1, 4)] == [(5.0, "failed", "no answer")]
    assert [note.what for note in notes.of(8, 1, 5)] == ["looked"]
    assert not notes.of(8, 1, 4)
    assert not notes.of(7, 2, 4)
