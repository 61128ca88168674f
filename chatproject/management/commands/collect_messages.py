"""`make messages`: bring the Korean catalogues up to date with the sources. Pure Python, needs no GNU gettext.

The English texts in the sources are the message ids. New ones are added untranslated, those that went are dropped,
and the catalogues are compiled: one for the server, one that the page's scripts get through `texts.js`.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import polib
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import templatize

APPS = ("chatproject", "rooms", "messaging", "assistant")
LOCALE = Path(__file__).resolve().parents[2] / "locale" / "ko" / "LC_MESSAGES"
SOURCES = {"django": ("*.py", "*.html"), "djangojs": ("*.js",)}  # of each catalogue
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "t": None,  # these two in the page's `texts.js`
    "tn": (1, 2),
}
HEADER = {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
    "Language": "ko",
    "Plural-Forms": "nplurals=1; plural=0;",
}


class Command(BaseCommand):
    help = "Collect the texts that people read into the Korean catalogues, and compile them."
    requires_system_checks: list[str] = []  # needs neither the database nor the applications

    def handle(self, **_options: Any) -> None:
        for domain in SOURCES:
            catalogue = merged(collected(domain), domain)
            catalogue.save(str(catalogue_path(domain)))
            catalogue.save_as_mofile(str(catalogue_path(domain).with_suffix(".mo")))
            for entry in catalogue.untranslated_entries():
                self.stdout.write(f"untranslated: {entry.msgid!r}")
            untranslated = len(catalogue.untranslated_entries())
            self.stdout.write(f"{domain}: {len(catalogue)} texts, {untranslated} untranslated.")


def catalogue_path(domain: str) -> Path:
    return LOCALE / f"{domain}.po"


def collected(domain: str) -> dict[str, set[str]]:
    """The message ids of the sources, each with the files that it is in."""
    places: dict[str, set[str]] = {}
    for path in _sources(domain):
        for message_id in _message_ids(path):
            places.setdefault(message_id, set()).add(str(path.relative_to(settings.BASE_DIR)))
    return places


def merged(places: dict[str, set[str]], domain: str) -> polib.POFile:
    """A catalogue of exactly these texts, with the translations that are known already."""
    path = catalogue_path(domain)
    known = {entry.msgid: entry.msgstr for entry in polib.pofile(str(path))} if path.exists() else {}
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = HEADER
    for message_id, files in sorted(places.items(), key=lambda item: (min(item[1]), item[0])):
        flags = ["python-format"] if "%(" in message_id else []
        occurrences = [(file, "") for file in sorted(files)]
        catalogue.append(
            polib.POEntry(msgid=message_id, msgstr=known.get(message_id, ""), flags=flags, occurrences=occurrences)
        )
    return catalogue


def _sources(domain: str) -> Iterator[Path]:
    for app in APPS:
        for pattern in SOURCES[domain]:
            found = (Path(settings.BASE_DIR) / app).rglob(pattern)
            yield from sorted(path for path in found if "vendor" not in path.parts)  # its texts are not ours


def _message_ids(path: Path) -> Iterator[str]:
    text = path.read_text()
    if path.suffix == ".html":  # Django's own reading of the tags, as source of gettext calls
        source, method = templatize(text, origin=str(path)), "javascript"
    else:
        source, method = text, "javascript" if path.suffix == ".js" else "python"
    for _line, message, _comments, _context in extract(method, BytesIO(source.encode()), KEYWORDS):
        yield message if isinstance(message, str) else message[0]
