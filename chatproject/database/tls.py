"""TLS to MySQL and MariaDB: what a URL asks for, in any spelling, as the options that make mysqlclient do it.

mysqlclient speaks no TLS unless its `ssl_mode` is REQUIRED or stricter. With a CA beside REQUIRED each of its
client libraries verifies the certificate; that stands for VERIFY_CA, in which MariaDB's library would compare the
name too (from 3.4 on it does so wherever there is a CA, unless the server is on this machine). REQUIRED alone
requires nothing there: `chatproject.database.link` does.
"""

import json
import ssl
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path
from typing import Any


class Refused(Exception):
    """The rest of a sentence that begins with "Set DATABASE_URL"."""


class Mode(IntEnum):
    """MySQL's ssl_mode, from loose to strict; PREFERRED is left out, as this driver takes it for DISABLED."""

    DISABLED = 1
    REQUIRED = 2
    VERIFY_CA = 3
    VERIFY_IDENTITY = 4


LIST = "DISABLED, REQUIRED, VERIFY_CA or VERIFY_IDENTITY"
WORDS = {
    **dict.fromkeys(("disabled", "disable", "false", "0", "no", "off", "none"), Mode.DISABLED),
    **dict.fromkeys(("required", "require", "true", "1", "yes", "on"), Mode.REQUIRED),
    **dict.fromkeys(("trust", "skipverify", "acceptinvalidcerts"), Mode.REQUIRED),
    "verifyca": Mode.VERIFY_CA,
    **dict.fromkeys(("verifyidentity", "verifyfull", "strict"), Mode.VERIFY_IDENTITY),
}


class Tls:
    """Gathers what the words of one URL say about TLS."""

    def __init__(self) -> None:
        self._modes: set[Mode] = set()
        self._files: dict[str, str] = {}

    def take(self, word: str, value: str) -> bool:
        """Whether `word`, in small letters without "-" and "_", is about TLS; then it is taken. Raises Refused."""
        if word in FILES:
            self._files[FILES[word]] = value
        elif word in SWITCHES:
            self._switch(word, value)
        elif word in ("sslmode", "ssl", "tls", "usessl", "sslaccept"):
            self._modes.add(_mode_of_json(value) if value.startswith("{") else _mode(value))
        else:
            return False
        return True

    def _switch(self, word: str, value: str) -> None:
        if_true, if_false = SWITCHES[word]
        meant = _mode(value)
        if meant not in (Mode.DISABLED, Mode.REQUIRED):
            raise Refused(f"with ssl_mode={LIST}.")
        mode = if_false if meant is Mode.DISABLED else if_true
        if mode is not None:
            self._modes.add(mode)

    def driver_options(self) -> dict[str, Any]:
        """What mysqlclient is given: nothing where the URL does not ask for TLS. Raises Refused."""
        mode = max(self._modes, default=None)
        if Mode.DISABLED in self._modes and (mode is not Mode.DISABLED or self._files):
            raise Refused("with TLS or without: it asks for both.")
        if mode is Mode.DISABLED or (mode is None and not self._files):
            return {}
        return {"ssl_mode": _spoken(mode), **self._checked_files(mode or Mode.REQUIRED)}

    def _checked_files(self, mode: Mode) -> dict[str, Any]:
        files = {kind: str(Path(path).absolute()) for kind, path in self._files.items()}
        if "ca" not in files and mode is Mode.VERIFY_IDENTITY:
            files["ca"] = _system_authorities()
        if "ca" not in files and mode is Mode.VERIFY_CA:
            raise Refused("with ssl_ca=/path/to/ca.pem: without it VERIFY_CA has nothing to verify by.")
        if "ca" in files:
            _require(files["ca"], "ssl_ca", _load_authorities)
        if ("cert" in files) != ("key" in files):
            raise Refused("with ssl_cert and ssl_key, both of this client, or neither; a CA is named ssl_ca.")
        if "cert" in files:
            _require(
                files["cert"],
                "ssl_cert and ssl_key",
                lambda context, path: context.load_cert_chain(path, files["key"], password=""),
            )
        return {"ssl": files} if files else {}


FILES = {"sslca": "ca", "sslrootcert": "ca", "serversslcert": "ca", "sslcert": "cert", "sslkey": "key"}
# what they mean when true and when false
SWITCHES: dict[str, tuple[Mode | None, Mode | None]] = {
    "requiressl": (Mode.REQUIRED, None),
    "ssldisabled": (Mode.DISABLED, None),
    "sslverifycert": (Mode.VERIFY_CA, None),
    "verifyservercertificate": (Mode.VERIFY_CA, None),
    "sslverifyservercert": (Mode.VERIFY_IDENTITY, None),
    "sslverifyidentity": (Mode.VERIFY_IDENTITY, None),
    "sslcheckhostname": (Mode.VERIFY_IDENTITY, None),
}


def _mode(value: str) -> Mode:
    word = value.lower().replace("-", "").replace("_", "")
    if word in ("preferred", "prefer", "allow"):
        raise Refused("with ssl_mode=REQUIRED or DISABLED: this driver takes PREFERRED for no TLS at all.")
    if word not in WORDS:
        raise Refused(f"with ssl_mode={LIST}.")
    return WORDS[word]


def _mode_of_json(value: str) -> Mode:
    """Node's ssl={"rejectUnauthorized":true}."""
    try:
        given = json.loads(value)
    except ValueError as error:
        raise Refused(f"with ssl_mode={LIST}.") from error
    if given == {"rejectUnauthorized": False}:
        return Mode.REQUIRED
    if given in ({}, {"rejectUnauthorized": True}):
        return Mode.VERIFY_IDENTITY
    raise Refused(f"with ssl_mode={LIST}, and ssl_ca=/path/to/ca.pem in place of other words in braces.")


def _spoken(mode: Mode | None) -> str:
    return "VERIFY_IDENTITY" if mode is Mode.VERIFY_IDENTITY else "REQUIRED"


def _system_authorities() -> str:
    file = ssl.get_default_verify_paths().cafile
    if file is None:
        raise Refused("with ssl_ca=/path/to/ca.pem: this system has no file of authorities of its own.")
    return file


def _load_authorities(context: ssl.SSLContext, path: str) -> None:
    context.load_verify_locations(path)
    if not context.cert_store_stats()["x509"]:
        raise ssl.SSLError("no certificate in it")


def _require(path: str, option: str, load: Callable[[ssl.SSLContext, str], None]) -> None:
    """Refuse a file that cannot be read or is none of its kind, before any connection fails for its sake."""
    try:
        load(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), path)
    except ssl.SSLError as error:
        raise Refused(f"with {option} in PEM: {path} holds none, or not what belongs together.") from error
    except OSError as error:
        raise Refused(f"with {option} that can be read: {path} cannot ({error.strerror}).") from error
