"""One page or picture from the web, within bounds: public addresses only, at every hop the one that was judged.

No cookies, no referrer, no credentials, nothing kept between two fetches; nothing of the answer is believed here.
"""

import asyncio
import zlib
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ssl import SSLContext
from threading import Thread

import httpcore
import httpx

from chatproject.outgoing.addresses import Address, Network, resolve
from chatproject.outgoing.connecting import GuardedNetwork, LookUp, RefusedAddress, tls

FETCH_MAX_S = 5.0  # from looking for the first host to the last byte, with all redirects
CONNECT_MAX_S = 3.0  # to each address of a host
REDIRECTS_MAX = 3
URL_MAX_CHARACTERS = 2_000
LOOKUPS_MAX = 8  # under way: a name server that does not answer holds one for half a minute
USER_AGENT = "community-chat-previews/1 (looks once at what a member links to; contact: whoever runs this address)"
_REDIRECTS = (301, 302, 303, 307, 308)
_PORTS = {"https": 443, "http": 80}


class NotFetched(Exception):
    """Why nothing came of it, in one word of a few: for the metrics."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is read of an answer. A page that is longer is `cut`; a picture that is longer is none."""

    types: Sequence[str]
    most_bytes: int
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Fetched:
    """`url`: where it was found at last. `charset`: as the answer says, "" where it does not."""

    url: httpx.URL
    charset: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a fetch may go: only tests go further, to a server of theirs."""

    networks: Sequence[Network] = ()  # beside the public ones
    ports: Collection[int] = ()  # beside the usual ones


PUBLIC = Reach()


class Lookups:
    """Names by threads of their own, so that a slow name server keeps nobody else from asking. No I/O but that."""

    def __init__(self, ask: Callable[[str], list[Address]] = resolve) -> None:
        self._ask, self._under_way = ask, 0

    async def look_up(self, host: str) -> Sequence[Address]:
        """Raises OSError where too many are under way."""
        if self._under_way >= LOOKUPS_MAX:
            raise OSError("too many names are looked up")
        loop = asyncio.get_running_loop()
        found: asyncio.Future[list[Address]] = loop.create_future()

        def tell(addresses: list[Address]) -> None:
            self._under_way -= 1
            if not found.done():
                found.set_result(addresses)

        def work() -> None:
            addresses: list[Address] = []
            try:
                addresses = self._ask(host)
            finally:
                with suppress(RuntimeError):  # the loop has ended
                    loop.call_soon_threadsafe(tell, addresses)

        self._under_way += 1
        Thread(target=work, name="preview-name", daemon=True).start()
        return await found


class Fetcher:
    """Fetches for one process. Certificates are checked by what `tls` makes."""

    def __init__(
        self, *, reach: Reach = PUBLIC, look_up: LookUp | None = None, tls: Callable[[], SSLContext] = tls
    ) -> None:
        self._reach, self._look_up = reach, look_up or Lookups().look_up
        self._make_tls = tls
        self._tls: SSLContext | None = None

    def may_be_asked(self, url: httpx.URL) -> bool:
        """Whether the address itself says nothing against it; its host is judged when it is connected to."""
        port = url.port or _PORTS.get(url.scheme)
        return (
            url.scheme in _PORTS
            and bool(url.host)
            and not url.userinfo
            and (port == _PORTS[url.scheme] or port in self._reach.ports)
            and len(str(url)) <= URL_MAX_CHARACTERS
        )

    async def fetch(self, url: httpx.URL, wanted: Wanted) -> Fetched:
        """Raises NotFetched."""
        try:
            async with asyncio.timeout(FETCH_MAX_S):
                return await self._follow(url, wanted)
        except (TimeoutError, httpcore.TimeoutException):
            raise NotFetched("late") from None
        except RefusedAddress:
            raise NotFetched("address") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, zlib.error, OSError):
            raise NotFetched("connection") from None

    async def _follow(self, url: httpx.URL, wanted: Wanted) -> Fetched:
        for _hop in range(1 + REDIRECTS_MAX):
            if not self.may_be_asked(url):
                raise NotFetched("address")
            found = await self._ask(url, wanted)
            if isinstance(found, Fetched):
                return found
            url = found
        raise NotFetched("redirects")

    async def _ask(self, url: httpx.URL, wanted: Wanted) -> Fetched | httpx.URL:
        """The answer, or where it says that it is."""
        if url.scheme == "https" and self._tls is None:
            self._tls = await asyncio.to_thread(self._make_tls)
        network = GuardedNetwork(allowed=self._reach.networks, look_up=self._look_up)
        async with (
            httpcore.AsyncConnectionPool(self._tls, max_connections=1, network_backend=network) as pool,
            pool.stream(
                "GET",
                httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers={
                    "Host": url.netloc,
                    "User-Agent": USER_AGENT,
                    "Accept": ", ".join(wanted.types),
                    "Accept-Language": "ko, en;q=0.5",
                    "Accept-Encoding": "identity",
                },
                extensions={"timeout": {"connect": CONNECT_MAX_S}},
            ) as response,
        ):
            headers = {name.lower(): value for name, value in reversed(response.headers)}  # the first of each
            if response.status in _REDIRECTS and b"location" in headers:
                return _joined(url, headers[b"location"])
            if response.status != 200:
                raise NotFetched("status")
            media_type, _, parameters = headers.get(b"content-type", b"").decode("latin-1").partition(";")
            if media_type.strip().lower() not in wanted.types:
                raise NotFetched("type")
            body = await _read(response, headers, wanted)
            return Fetched(url, _charset_in(parameters), body)


async def _read(response: httpcore.Response, headers: dict[bytes, bytes], wanted: Wanted) -> bytes:
    """No more than is wanted, neither as it is sent nor unpacked."""
    announced = headers.get(b"content-length", b"")
    if not wanted.is_cut and announced.isdigit() and int(announced[:20]) > wanted.most_bytes:
        raise NotFetched("size")
    unpack = _unpacking(headers.get(b"content-encoding", b"identity").strip().lower())
    size, body = 0, bytearray()
    async for chunk in response.aiter_stream():
        size += len(chunk)
        left = wanted.most_bytes - len(body)
        body += unpack(chunk, left + 1)[: left + 1] if left >= 0 else b""
        if len(body) > wanted.most_bytes or size > wanted.most_bytes:
            if not wanted.is_cut:
                raise NotFetched("size")
            break
    return bytes(body[: wanted.most_bytes])


def _unpacking(encoding: bytes) -> Callable[[bytes, int], bytes]:
    """What makes a part of an answer readable, so many bytes of it at most. Nothing packed was asked for."""
    match encoding:
        case b"identity" | b"":
            return lambda chunk, _most: chunk
        case b"gzip" | b"x-gzip" | b"deflate":
            packed = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)  # of either
            return packed.decompress
        case _:
            raise NotFetched("type")


def _joined(url: httpx.URL, location: bytes) -> httpx.URL:
    try:
        said = location.decode()
    except UnicodeDecodeError:
        said = location.decode("latin-1")
    return read_url(said, base=url)


def read_url(said: str, *, base: httpx.URL | None = None) -> httpx.URL:
    """The address that is written there, its host in ASCII. Raises NotFetched."""
    try:
        if len(said) > URL_MAX_CHARACTERS:
            raise NotFetched("address")
        return base.join(said.strip()) if base is not None else httpx.URL(said)
    except (httpx.InvalidURL, UnicodeError, ValueError):
        raise NotFetched("address") from None


def _charset_in(parameters: str) -> str:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'").lower()
    return ""
