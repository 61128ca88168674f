"""The words behind the "?" of a mysql:// URL, in the spellings of other drivers, as options of mysqlclient.

A word is made right, or known to mean nothing here, or refused: mysqlclient fails on each connection for one that
it does not know, and takes some without doing what they say.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from chatproject.database.tls import Refused, Tls

SECONDS_MAX = 600
YES, NO = frozenset({"true", "1", "yes", "on"}), frozenset({"false", "0", "no", "off"})
# these say how another driver pools, converts or prepares: nothing that is stored or read here depends on it
MEANINGLESS = frozenset(
    """
    allowmultiqueries allowpublickeyretrieval autoreconnect cacheprepstmts charactersetresults connectionlimit
    connectiontimezone createdatabaseifnotexist failoverreadonly interpolateparams jdbccomplianttruncation loc
    maxallowedpacket multistatements nullcatalogmeanscurrent parsetime pool poolsize pooltimeout
    prepstmtcachesize prepstmtcachesqllimit preserveinstants reconnect rewritebatchedstatements servertimezone
    timezone tinyint1isbit usecompression usejdbccomplianttimezoneshift uselegacydatetimecode
    uselocalsessionstate useserverprepstmts zerodatetimebehavior
    """.split()  # noqa: SIM905 - a page of quotes is no easier to read
)


@dataclass
class Options:
    """What stood behind the "?": for the driver, and what belongs into other places of Django's dictionary."""

    user: str = ""
    password: str = ""
    socket: str = ""
    driver: dict[str, Any] = field(default_factory=dict)


def read_options(words: Iterable[tuple[str, str]]) -> Options:
    """Raises Refused with the rest of a sentence that begins with "Set DATABASE_URL"."""
    options, tls = Options(), Tls()
    for written, value in words:
        word = re.sub("[-_]", "", written.lower())
        if not (tls.take(word, value) or _take(options, word, value) or word in MEANINGLESS):
            shown = f"`{written}`" if re.fullmatch("[A-Za-z][A-Za-z_-]{1,40}", written) else "a word"
            raise Refused(f'without {shown} behind the "?": that is no option here; README lists them.')
    options.driver |= tls.driver_options()
    return options


def _take(options: Options, word: str, value: str) -> bool:
    reader = READERS.get(word)
    if reader is not None:
        reader(options, value)
    return reader is not None


def _take_user(options: Options, value: str) -> None:
    options.user = value


def _take_password(options: Options, value: str) -> None:
    options.password = value


def _take_socket(options: Options, value: str) -> None:
    if not value.startswith("/"):
        raise Refused("with the whole path of the socket, as unix_socket=/run/mysqld/mysqld.sock.")
    options.socket = value


def _require_utf8(_options: Options, value: str) -> None:
    """We always speak utf8mb4; a URL may say so, in the words of any driver."""
    if not value.lower().replace("-", "").startswith("utf8"):
        raise Refused("without another character set than utf8mb4: this server speaks no other.")


def _require_unicode(_options: Options, value: str) -> None:
    if value.lower() not in YES:
        raise Refused("without useUnicode: this server speaks utf8mb4 only.")


def _seconds(option: str) -> Callable[[Options, str], None]:
    def take(options: Options, value: str) -> None:
        if not re.fullmatch("[0-9]{1,3}", value) or not 1 <= int(value) <= SECONDS_MAX:
            raise Refused(f"with {option} in whole seconds, from 1 to {SECONDS_MAX}.")
        options.driver[option] = int(value)

    return take


READERS: dict[str, Callable[[Options, str], None]] = {
    "user": _take_user,
    "username": _take_user,
    "password": _take_password,
    "unixsocket": _take_socket,
    "socket": _take_socket,
    "localsocket": _take_socket,
    "charset": _require_utf8,
    "encoding": _require_utf8,
    "characterencoding": _require_utf8,
    "collation": _require_utf8,
    "connectioncollation": _require_utf8,
    "useunicode": _require_unicode,
    "connecttimeout": _seconds("connect_timeout"),
    "readtimeout": _seconds("read_timeout"),
    "writetimeout": _seconds("write_timeout"),
}
