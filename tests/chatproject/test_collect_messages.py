"""What people read is translated, and what is shipped compiled is what is translated."""

import re
from pathlib import Path

import polib
import pytest
from django.conf import settings

from chatproject.management.commands.collect_messages import APPS, SOURCES, catalogue_path, collected, merged

PLACEHOLDER = re.compile(r"%\(\w+\)[ds]|\{\w+\}")

each_catalogue = pytest.mark.parametrize("domain", SOURCES)


def entries(domain: str) -> polib.POFile:
    return polib.pofile(str(catalogue_path(domain)))


@each_catalogue
def test_the_catalogue_has_exactly_the_texts_of_the_sources(domain: str) -> None:
    assert {entry.msgid for entry in entries(domain)} == set(collected(domain)), "run: make messages"


@each_catalogue
def test_every_text_is_translated(domain: str) -> None:
    assert [entry.msgid for entry in entries(domain) if not entry.translated()] == []


def test_texts_are_marked_by_the_names_that_are_collected() -> None:
    """Under another name, or as a plural, a text would never reach the catalogue, and be English to everybody."""
    others = re.compile(r"^from django.utils.translation import (?:gettext\w* as (?!_$)|ngettext)", re.MULTILINE)
    sources = [path for app in APPS for path in (Path(settings.BASE_DIR) / app).rglob("*.py")]
    assert [str(path) for path in sources if others.search(path.read_text())] == []


@each_catalogue
def test_translations_keep_their_placeholders(domain: str) -> None:
    for entry in entries(domain):
        assert sorted(PLACEHOLDER.findall(entry.msgid)) == sorted(PLACEHOLDER.findall(entry.msgstr)), entry.msgid


@each_catalogue
def test_the_compiled_catalogue_is_fresh(domain: str, tmp_path: Path) -> None:
    merged(collected(domain), domain).save_as_mofile(str(tmp_path / "fresh.mo"))

    shipped = catalogue_path(domain).with_suffix(".mo")
    assert shipped.read_bytes() == (tmp_path / "fresh.mo").read_bytes(), "run: make messages"


def test_texts_in_templates_python_and_scripts_are_found() -> None:
    places = collected("django")

    assert "chatproject/templates/home.html" in places["Community chat"]
    assert "chatproject/errors.py" in places["There is no such room."]
    assert "chatproject/static/chat/page/composer.js" in collected("djangojs")["Send"]


def test_a_translation_survives_a_new_collection() -> None:
    places = {"There is no such room.": {"a.py"}, "A text nobody translated yet": {"b.py"}}

    assert {entry.msgid: entry.msgstr for entry in merged(places, "django")} == {
        "There is no such room.": "채팅방을 찾을 수 없어요.",
        "A text nobody translated yet": "",
    }
