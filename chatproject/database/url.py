"""DATABASE_URL as Django's dictionary. What cannot be meant ends the start with a sentence that never repeats it.

Hosts and frameworks print such URLs in many spellings; `chatproject.database.options` reads what follows the "?".
"""

import re
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from chatproject.database.options import read_options
from chatproject.database.tls import Refused
from chatproject.environment import read_text, require_module

MYSQL = "django.db.backends.mysql"
SQLITE = "django.db.backends.sqlite3"
# of Rails, SQLAlchemy and JDBC, beside the plain ones
MYSQL_SCHEME = re.compile(
    r"(mysql2?|mariadb)(\+(mysqldb|pymysql|mysqlconnector|mariadbconnector|cymysql|aiomysql|asyncmy))?"
)
SHAPE = "mysql://user:password@host:port/name, a password's special characters as %40 etc."


def read_database(name: str, *, default_file: Path) -> dict[str, Any]:
    """Django's dictionary of a mysql:// or sqlite:/// URL, or of `default_file` where nothing is set.

    A file's path is never read as a URL: it may hold "#", "%" or "?".
    """
    raw = read_text(name)
    if not raw:
        return _sqlite(default_file)
    try:
        url = urlsplit(re.sub("^jdbc:", "", raw, flags=re.IGNORECASE))
        if "://" not in raw:
            _refuse(name, f"to {SHAPE}")
        if url.scheme == "sqlite":
            return _sqlite(_file_of(name, url))
        if not MYSQL_SCHEME.fullmatch(url.scheme):
            _refuse(name, "to a mysql:// or sqlite:/// URL: no other database is supported.")
        database = _mysql(name, url)
    except ValueError as error:  # no IPv6 address, no port
        raise ImproperlyConfigured(f"Set {name} to {SHAPE}") from error
    except Refused as error:
        raise ImproperlyConfigured(f"Set {name} {error}") from error
    require_module("MySQLdb", package="mysqlclient", wanted_by=f"a mysql:// URL in {name}")
    return database


# --- SQLite --------------------------------------------------------------------------------------


def _sqlite(file: Path) -> dict[str, Any]:
    # absolute: whoever changes the folder later means the same file, and no name begins with "file:"
    return {"ENGINE": SQLITE, "NAME": str(file.absolute())}


def _file_of(name: str, url: SplitResult) -> Path:
    """The file of sqlite:///relative or sqlite:////absolute."""
    path = unquote(url.path[1:])
    if ":memory:" in (url.netloc, path):
        _refuse(name, "to a file (sqlite:////path): a database in memory is another one for each thread.")
    if url.netloc or not path or path.endswith("/"):
        _refuse(name, "to sqlite:///file for a file in the current folder, or sqlite:////folder/file.")
    if url.query or url.fragment:
        _refuse(name, 'to a path without options: a "?" in it is written %3F, a "#" %23, a "%" %25.')
    if not Path(path).parent.is_dir():
        _refuse(name, "to a file in a folder that exists.")
    return Path(path)


# --- MySQL and MariaDB ---------------------------------------------------------------------------


def _mysql(name: str, url: SplitResult) -> dict[str, Any]:
    database_name = unquote(url.path.strip("/"))
    if url.fragment or re.search("[/@]", database_name):
        _refuse(name, f"to {SHAPE}")
    if not database_name:
        _refuse(name, "to mysql://user:password@host:port/name: the name is missing.")
    if "," in url.netloc.rpartition("@")[2]:
        _refuse(name, "to one host: several are not taken.")
    options = read_options(parse_qsl(url.query.replace("+", "%2B"), keep_blank_values=True))
    return {
        "ENGINE": MYSQL,
        "NAME": database_name,
        "USER": unquote(url.username or "") or options.user,
        "PASSWORD": unquote(url.password or "") or options.password,
        "HOST": options.socket or _host_of(url),
        "PORT": url.port or "",
        "OPTIONS": options.driver,
    }


def _host_of(url: SplitResult) -> str:
    """The host's name or address; a socket's path stands there with its "/" as %2F."""
    written = unquote(url.netloc.rpartition("@")[2])
    return written if written.startswith("/") else url.hostname or ""


def _refuse(name: str, rest: str) -> NoReturn:
    raise ImproperlyConfigured(f"Set {name} {rest}")
