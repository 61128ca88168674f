"""A fetch goes to the web and nowhere else, takes little, and ends."""

import asyncio
import gzip
import ipaddress
import socket
import ssl
import time
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from chatproject.outgoing.addresses import Address
from messaging.previews import fetching
from messaging.previews.fetching import LOOKUPS_MAX, Fetcher, Lookups, NotFetched, Reach, Wanted, read_url
from tests.certificates import make_authority
from tests.messaging.previews.web import Answer, Web, hangs, leads_to, names, never_ends, says, serving

PAGE = Wanted(types=("text/html",), most_bytes=10_000, is_cut=True)
PICTURE = Wanted(types=("image/png",), most_bytes=10_000, is_cut=False)


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    async with serving() as web:
        yield web


async def refusal(fetcher: Fetcher, url: httpx.URL, wanted: Wanted = PAGE) -> str:
    with pytest.raises(NotFetched) as raised:
        await fetcher.fetch(url, wanted)
    return str(raised.value)


async def test_a_page_is_fetched_and_nothing_told_but_who_asks(web: Web) -> None:
    web.pages["/a?b=1"] = says("안녕", headers="Set-Cookie: a=b\r\n")
    fetcher = web.fetcher()

    for _ in range(2):
        found = await fetcher.fetch(web.url("/a?b=1#part"), PAGE)

    assert (found.body.decode(), found.charset, str(found.url)) == ("안녕", "utf-8", str(web.url("/a?b=1#part")))
    assert web.asked[0] == web.asked[1]
    assert web.asked[1][1] == {
        "host": f"site.example:{web.port}",
        "user-agent": fetching.USER_AGENT,
        "accept": "text/html",
        "accept-language": "ko, en;q=0.5",
        "accept-encoding": "identity",
    }


async def test_nothing_within_is_asked_neither_by_address_nor_by_name(web: Web) -> None:
    outside = Fetcher(reach=Reach(ports=[web.port]))  # as it is outside of tests, but for the port
    for host in ("127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"):
        assert await refusal(outside, web.url(host=host)) in ("address", "connection"), host

    assert not web.asked


@pytest.mark.parametrize(
    "inside",
    [
        "10.0.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "::1",
        "fd00::1",
        "fe80::1",
        "64:ff9b::a00:1",
        "::ffff:10.0.0.1",
        "224.0.0.1",
    ],
)
async def test_a_name_that_leads_inside_is_refused(inside: str) -> None:
    assert (
        await refusal(Fetcher(look_up=names({"evil.example": [inside]})), httpx.URL("http://evil.example/"))
        == "address"
    )


async def test_every_hop_is_judged_anew(web: Web) -> None:
    """The metadata of clouds, another port of this machine, and names that lead inside, behind one hop and two."""
    for number, target in enumerate(
        [
            "http://169.254.169.254/latest/meta-data/",
            "http://127.0.0.2/",
            f"http://[::1]:{web.port}/",
            "http://inside.example/",
            "http://site.example:6379/",
            "https://site.example:80/",
            "ftp://site.example/",
            "file:///etc/passwd",
            "gopher://site.example/",
            "http://user:word@site.example/",
        ]
    ):
        web.pages[f"/{number}"] = leads_to(target)
        web.pages[f"/twice/{number}"] = leads_to(str(web.url(f"/{number}", host="b.example")), status=308)
        fetcher = web.fetcher(look_up=names({"inside.example": ["192.168.0.1"]}))
        for path in (f"/{number}", f"/twice/{number}"):
            assert await refusal(fetcher, web.url(path)) == "address", target


async def test_a_name_that_changes_its_address_leads_nowhere_else(web: Web) -> None:
    """It is looked up once for each connection, and that is where the connection goes."""
    web.pages["/"] = leads_to("/inside")
    fetcher = web.fetcher(look_up=names({"rebinding.example": ["127.0.0.1", "10.0.0.1"]}))

    assert await refusal(fetcher, web.url(host="rebinding.example")) == "address"

    assert web.paths == ["/"]


async def test_three_redirects_are_followed_and_no_fourth(web: Web) -> None:
    web.pages |= {
        "/0": leads_to("1"),
        "/1": leads_to("/2"),
        "/2": leads_to(str(web.url("/3"))),
        "/4": leads_to("/0"),
    }
    web.pages["/3"] = says("here")

    assert (await web.fetcher().fetch(web.url("/0"), PAGE)).url.path == "/3"
    assert await refusal(web.fetcher(), web.url("/4")) == "redirects"


async def test_a_redirect_may_be_written_in_hangul(web: Web) -> None:
    web.pages |= {"/": leads_to("/고민"), "/%EA%B3%A0%EB%AF%BC": says("here")}

    assert (await web.fetcher().fetch(web.url(), PAGE)).body == b"here"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (says("x", kind="application/pdf"), "type"),
        (says("x", kind=""), "type"),
        (says("x", headers="Content-Encoding: br\r\n"), "type"),
        (says("not packed", headers="Content-Encoding: gzip\r\n"), "connection"),
        (says("x", status=404), "status"),
        (says("x", status=206), "status"),
        (says("x", status=304, headers="Location: /\r\n"), "status"),
    ],
)
async def test_what_is_no_page_is_not_read(web: Web, answer: Answer, why: str) -> None:
    web.pages["/"] = answer

    assert await refusal(web.fetcher(), web.url()) == why


@pytest.mark.parametrize(
    "words",
    [b"", b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200_000, b"HTTP/1.1 100 X\r\n\r\n"],
)
async def test_what_speaks_no_http_is_left(web: Web, words: bytes) -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(words)

    web.pages["/"] = answer
    assert await refusal(web.fetcher(), web.url()) == "connection"


async def test_a_page_without_end_is_cut_and_the_connection_ended(web: Web) -> None:
    ended = asyncio.Event()

    async def answer(writer: asyncio.StreamWriter) -> None:
        try:
            await never_ends(writer)
        finally:
            ended.set()

    web.pages["/"] = answer

    assert len((await web.fetcher().fetch(web.url(), PAGE)).body) == PAGE.most_bytes
    await asyncio.wait_for(ended.wait(), 5)


async def test_a_picture_that_is_too_long_is_none(web: Web) -> None:
    web.pages |= {"/a": says(b"x" * 10_001, kind="image/png"), "/b": says(b"x" * 10_000, kind="image/png")}

    async def unannounced(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n" + b"x" * 10_001)

    web.pages["/c"] = unannounced
    assert await refusal(web.fetcher(), web.url("/a"), PICTURE) == "size"
    assert len((await web.fetcher().fetch(web.url("/b"), PICTURE)).body) == 10_000
    assert await refusal(web.fetcher(), web.url("/c"), PICTURE) == "size"


async def test_a_packed_page_is_unpacked_no_further_than_it_is_wanted(web: Web) -> None:
    """64 MiB of nothing take 64 kB to send."""
    web.pages["/"] = says(gzip.compress("<title>제목</title>".encode()), headers="Content-Encoding: gzip\r\n")
    web.pages["/bomb"] = says(gzip.compress(bytes(1 << 26)), headers="Content-Encoding: gzip\r\n")

    assert (await web.fetcher().fetch(web.url(), PAGE)).body.decode() == "<title>제목</title>"
    tracemalloc.start()
    assert len((await web.fetcher().fetch(web.url("/bomb"), PAGE)).body) == PAGE.most_bytes
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 22
    web.pages["/bomb"] = says(
        gzip.compress(bytes(1 << 20)), kind="image/png", headers="Content-Encoding: gzip\r\n"
    )
    assert await refusal(web.fetcher(), web.url("/bomb"), PICTURE) == "size"


async def test_who_answers_slowly_is_not_waited_for(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    async def drips(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x")
            await asyncio.sleep(0.01)

    async def goes_on(writer: asyncio.StreamWriter) -> None:
        while not writer.is_closing():
            writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
            await asyncio.sleep(0.01)

    monkeypatch.setattr(fetching, "FETCH_MAX_S", 0.3)
    web.pages |= {"/hangs": hangs, "/drips": drips, "/hints": goes_on, "/to": leads_to("/hangs")}
    for path in ("/hangs", "/drips", "/hints", "/to"):
        began = time.monotonic()
        assert await refusal(web.fetcher(), web.url(path)) == "late"
        assert time.monotonic() - began < 3


async def test_a_certificate_must_be_of_the_host_and_by_somebody_who_is_trusted(tmp_path: Path) -> None:
    authority = make_authority("trusted", tmp_path)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate, key = authority.sign("site", address="127.0.0.1")
    server.load_cert_chain(certificate, key)
    async with serving(tls=server) as web:
        web.pages["/"] = says("here")
        trusting = web.fetcher(tls=lambda: ssl.create_default_context(cafile=str(authority.file)))

        assert (await trusting.fetch(web.url(scheme="https", host="127.0.0.1"), PAGE)).body == b"here"
        assert await refusal(trusting, web.url(scheme="https", host="other.example")) == "connection"
        assert await refusal(web.fetcher(), web.url(scheme="https", host="127.0.0.1")) == "connection"


@pytest.mark.parametrize("said", ["http://[::1", "http://a/" + "b" * 2_000, "http://\ud800/"])
def test_an_address_that_cannot_be_read_is_none(said: str) -> None:
    with pytest.raises(NotFetched):
        Fetcher().may_be_asked(read_url(said)) or pytest.fail("it may be asked")


async def test_name_servers_that_hang_keep_nobody_else_waiting() -> None:
    asked: list[str] = []
    go_on = asyncio.Event()
    loop = asyncio.get_running_loop()

    def ask(host: str) -> list[Address]:
        asked.append(host)
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result()
        return [ipaddress.ip_address("1.1.1.1")]

    lookups = Lookups(ask)
    waiting = [asyncio.create_task(lookups.look_up(f"{n}.example")) for n in range(LOOKUPS_MAX)]
    await asyncio.sleep(0)
    with pytest.raises(OSError, match="too many"):
        await lookups.look_up("one-more.example")
    waiting[0].cancel()  # who asked has gone; the thread has not
    with pytest.raises(OSError, match="too many"):
        await lookups.look_up("one-more.example")

    go_on.set()
    found = await asyncio.gather(*waiting, return_exceptions=True)

    assert found[1:] == [[ipaddress.ip_address("1.1.1.1")]] * (LOOKUPS_MAX - 1)
    assert await lookups.look_up("later.example")


async def test_a_name_is_looked_up_as_the_machine_does() -> None:
    assert socket.gethostbyname("localhost") in map(str, await Lookups().look_up("localhost"))
