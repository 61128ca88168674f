"""What a fetched page says of itself, as people may be shown it: plain, short, and with the host that said it."""

import asyncio
import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import idna

from chatproject.nicknames import mend_line
from messaging.previews.fetching import Fetched, NotFetched, read_url

ARGUMENTS = ("-I", "-S", str(Path(__file__).with_name("page_program.py")))  # neither the environment nor site's
READING_MAX_S = 4.0  # on a busy machine; it has two seconds of CPU at most
TITLE_MAX_CHARACTERS, DESCRIPTION_MAX_CHARACTERS, SITE_MAX_CHARACTERS = 100, 200, 40  # as people count


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything is cut. `site`: the host is always in it, whatever else the page calls itself."""

    title: str
    description: str = ""
    site: str = ""
    host: str = ""
    image: httpx.URL | None = None


async def read_page(fetched: Fetched) -> Page | None:
    """None where it has no title. Raises NotFetched where it cannot be read."""
    said = await _read_apart(f"{fetched.charset[:40]}\n".encode("ascii", "replace") + fetched.body)
    title = mend_line(said.get("title", ""), characters=TITLE_MAX_CHARACTERS)
    if not title:
        return None
    host = shown_host(fetched.url)
    description = mend_line(said.get("description", ""), characters=DESCRIPTION_MAX_CHARACTERS)
    return Page(
        title=title,
        description="" if description == title else description,
        site=_site(mend_line(said.get("site", ""), characters=SITE_MAX_CHARACTERS), host),
        host=host,
        image=_image(said.get("image", ""), fetched.url),
    )


async def _read_apart(request: bytes) -> dict[str, str]:
    """What the program says of the page. It sees nothing of this process but what it is given.

    Started by a thread: so no fork holds up the event loop, and none of its signal handlers has to know.
    """
    try:
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, *ARGUMENTS],
            input=request,
            capture_output=True,
            env={},
            cwd="/",
            timeout=READING_MAX_S,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        raise NotFetched("reading") from None
    said: dict[str, str] = json.loads(done.stdout)
    return said


def _site(name: str, host: str) -> str:
    return f"{name} · {host}" if name and name.casefold() != host else host


def shown_host(url: httpx.URL) -> str:
    """The host in Hangul where it is; in any other script two may look the same, so those stay in ASCII."""
    host = url.raw_host.decode("ascii").removeprefix("www.")
    if "xn--" not in host:
        return host
    with suppress(UnicodeError):
        decoded = idna.decode(host)
        if all(one.isascii() or "가" <= one <= "힣" for one in decoded):
            return decoded
    return host


def _image(said: str, page: httpx.URL) -> httpx.URL | None:
    if not said.strip():
        return None
    with suppress(NotFetched):
        return read_url(said, base=page)
    return None
