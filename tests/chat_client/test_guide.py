"""docs/client.md: the files that it shows are those of docs/examples, and what it links to is there."""

import re

from tests.javascript import TESTS

DOCS = TESTS.parent / "docs"
GUIDE = (DOCS / "client.md").read_text()


def test_the_files_that_it_shows_are_the_examples() -> None:
    shown = re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```\n", GUIDE, re.DOTALL)

    assert {name for name, _ in shown} == {"examples/chat.html", "examples/react/useChat.ts"}
    for name, text in shown:
        assert text == (DOCS / name).read_text(), name


def test_what_it_links_to_is_there() -> None:
    for name in re.findall(r"\]\(([\w./-]+)(?:#[\w-]+)?\)", GUIDE):
        assert (DOCS / name).exists(), name


def test_the_hook_for_react_is_short() -> None:
    assert len((DOCS / "examples/react/useChat.ts").read_text().splitlines()) <= 40
