"""What people read is translated, and what is shipped compiled is what is translated."""

import re
from pathlib import Path

import polib

from chatproject.management.commands.collect_messages import CATALOGUE, collected, merged

PLACEHOLDER = re.compile(r"%\(\w+\)[ds]|\{\w+\}")


def test_the_catalogue_has_exactly_the_texts_of_the_sources() -> None:
    assert {entry.msgid for entry in polib.pofile(str(CATALOGUE))} == set(collected()), "run: make messages"


def test_every_text_is_translated() -> None:
    assert [entry.msgid for entry in polib.pofile(str(CATALOGUE)) if not entry.translated()] == []


def test_translations_keep_their_placeholders() -> None:
    for entry in polib.pofile(str(CATALOGUE)):
        assert sorted(PLACEHOLDER.findall(entry.msgid)) == sorted(PLACEHOLDER.findall(entry.msgstr)), entry.msgid


def test_the_compiled_catalogue_is_fresh(tmp_path: Path) -> None:
    merged(collected()).save_as_mofile(str(tmp_path / "fresh.mo"))

    assert CATALOGUE.with_suffix(".mo").read_bytes() == (tmp_path / "fresh.mo").read_bytes(), "run: make messages"


def test_texts_in_templates_and_in_python_are_found() -> None:
    places = collected()

    assert "chatproject/templates/home.html" in places["Community chat"]
    assert "chatproject/errors.py" in places["There is no such room."]


def test_a_translation_survives_a_new_collection() -> None:
    catalogue = merged({"There is no such room.": {"a.py"}, "A text nobody translated yet": {"b.py"}})

    assert {entry.msgid: entry.msgstr for entry in catalogue} == {
        "There is no such room.": "채팅방을 찾을 수 없어요.",
        "A text nobody translated yet": "",
    }
