"""What a page says of itself, read in its own process: `python -I -S page_program.py`, by the standard library.

Reads the charset that the answer named on a line, then the page, and writes JSON. Who wrote the page chose each
byte of it, and html.parser takes quadratic time for some: so this process has little memory and time, no files,
and nothing of the server's environment. See `reading`, which starts it.
"""

import codecs
import json
import os
import re
import resource
import sys
import time
from html.parser import HTMLParser

PAGE_MAX_BYTES = 512 * 1024
MEMORY_MAX_BYTES = 256 * 1024 * 1024
CPU_MAX_S = 2  # then the process ends without a word
NICENESS = 10  # chat first
READING_MAX_S = 1.0  # of CPU; what was found by then is all
PIECE_CHARACTERS = 16_384  # read between two looks at the clock
LOOKED_FOR_CHARSET_BYTES = 4_096
TEXT_MAX_CHARACTERS = 1_000  # of each; they are cut for people elsewhere
URL_MAX_CHARACTERS = 2_000
# as browsers take them (https://encoding.spec.whatwg.org/#names-and-labels): those that pages here are in
_CHARSETS = {
    "utf-8": ("utf8", "unicode-1-1-utf-8"),
    "cp949": (
        "euc-kr",
        "euckr",
        "ks_c_5601-1987",
        "ks_c_5601-1989",
        "ksc5601",
        "ksc_5601",
        "korean",
        "windows-949",
        "x-windows-949",
    ),
    "cp932": ("shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "windows-31j"),
    "euc_jp": ("euc-jp", "x-euc-jp"),
    "gb18030": ("gbk", "gb2312", "gb_2312-80", "chinese", "x-gbk"),
    "big5": ("big5-hkscs", "x-x-big5", "cn-big5"),
    "cp1252": ("iso-8859-1", "latin1", "ascii", "us-ascii", "windows-1252"),
    "koi8_r": ("koi8-r", "koi8", "koi"),
    "cp1251": ("windows-1251", "x-cp1251"),
    "utf-16-le": ("utf-16", "utf-16le"),
    "utf-16-be": ("utf-16be",),
}
_BY_LABEL = {label: name for name, labels in _CHARSETS.items() for label in (name, *labels)}
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META_CHARSET = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?([a-zA-Z0-9_:.-]{1,40})")
_NAMES = {
    "title": ("og:title", "twitter:title"),
    "description": ("og:description", "twitter:description", "description"),
    "site": ("og:site_name",),
    "image": ("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src"),
}
_WANTED = {name for names in _NAMES.values() for name in names}


class Head(HTMLParser):
    """The first of each meta element that is wanted, and the first title."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.metas: dict[str, str] = {}
        self.title: str | None = None
        self._is_in_title = False
        self._drawings = 0  # svg elements that are open: they have titles of their own

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "meta":
            self._keep(dict(reversed(attrs)))
        elif tag == "title" and self.title is None and not self._drawings:
            self._is_in_title, self.title = True, ""
        elif tag == "svg":
            self._drawings += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._is_in_title = False
        elif tag == "svg":
            self._drawings = max(0, self._drawings - 1)

    def handle_data(self, data: str) -> None:
        if self._is_in_title and self.title is not None and len(self.title) < TEXT_MAX_CHARACTERS:
            self.title += data[:TEXT_MAX_CHARACTERS]

    def _keep(self, attributes: dict[str, str | None]) -> None:
        content = attributes.get("content")
        for key in ("property", "name"):
            name = (attributes.get(key) or "").strip().lower()
            if name in _WANTED and content and content.strip():
                self.metas.setdefault(name, content)


def decode(page: bytes, charset: str) -> str:
    """By its byte order mark, what the answer said, what the page says, else UTF-8 or what Korean pages had."""
    for mark, name in _MARKS:
        if page.startswith(mark):
            return page[len(mark) :].decode(name, "replace")
    named = _BY_LABEL.get(charset)
    if named is None and (found := _META_CHARSET.search(page[:LOOKED_FOR_CHARSET_BYTES])):
        named = _BY_LABEL.get(found[1].decode("ascii").lower())
        named = "utf-8" if named and named.startswith("utf-16") else named  # it was read as ASCII
    if named is not None:
        return page.decode(named, "replace")
    text = page.decode("utf-8", "replace")
    return text if text.count("\ufffd") <= 1 else page.decode("cp949", "replace")  # one: where it was cut


def read(page: bytes, charset: str) -> dict[str, str]:
    """`title`, `description`, `site`, `image`: as they are written, those that are there."""
    head, text, until = Head(), decode(page, charset), time.process_time() + READING_MAX_S
    for start in range(0, len(text), PIECE_CHARACTERS):
        if time.process_time() > until:
            break
        head.feed(text[start : start + PIECE_CHARACTERS])
    said = {}
    for field, names in _NAMES.items():
        most = URL_MAX_CHARACTERS if field == "image" else TEXT_MAX_CHARACTERS
        if (found := next((head.metas[name] for name in names if name in head.metas), None)) is not None:
            said[field] = found[:most]
    if "title" not in said and head.title:
        said["title"] = head.title[:TEXT_MAX_CHARACTERS]
    return said


def main() -> None:
    for name in _CHARSETS:
        codecs.lookup(name)  # from files
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX_BYTES, MEMORY_MAX_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_MAX_S, CPU_MAX_S))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))  # none but those it began with
    charset = sys.stdin.buffer.readline(100).decode("ascii", "replace").strip()
    said = read(sys.stdin.buffer.read(PAGE_MAX_BYTES), charset)
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
