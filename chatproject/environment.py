"""Environment variables as typed values. A missing or wrong one ends the start with a sentence naming it.

Only `chatproject.settings` uses this. Values are taken as they stand: nothing is expanded, no file is read.
"""

import ipaddress
import os
import re
from importlib.util import find_spec
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from django.core.exceptions import ImproperlyConfigured

from chatproject.origins import Origin, normal_host
from chatproject.signing.shared_secrets import SECRET_ALGORITHMS, SECRET_MIN_BYTES, decode_base64

SECRET_MIN_DIFFERENT = 8  # characters; "x" * 40 is long enough and no secret
UNREADABLE = "Set {name} to a URL that can be read: its host or its port is wrong."
# no page has an origin of such a scheme; those of files are "null"
NO_PAGES = ("file", "ftp", "ws", "wss", "data", "blob", "about", "javascript", "mailto")
REACTION_KEYS_MOST = 100  # every socket is told of them first
FLAGS = {"1": True, "true": True, "yes": True, "on": True, "": False, "0": False, "false": False, "no": False}


def read_text(name: str, *, default: str = "") -> str:
    """The value without surrounding white space; an empty one counts as missing."""
    return os.environ.get(name, "").strip() or default


def read_list(name: str) -> list[str]:
    """The comma-separated parts that are not empty."""
    return [part.strip() for part in read_text(name).split(",") if part.strip()]


def read_reaction_keys(name: str, *, default: str) -> tuple[str, ...]:
    """What members may put to messages, in the order in which they are offered."""
    keys = tuple(dict.fromkeys(read_list(name) or default.split(",")))
    if len(keys) > REACTION_KEYS_MOST or not all(re.fullmatch("[a-z0-9_+-]{1,32}", key) for key in keys):
        raise ImproperlyConfigured(
            f"Set {name} to at most {REACTION_KEYS_MOST} comma-separated names of a-z, 0-9, _, + and -."
        )
    return keys


def read_flag(name: str, *, default: bool = False) -> bool:
    value = FLAGS.get(read_text(name, default="1" if default else "0").lower())
    if value is None:
        raise ImproperlyConfigured(f"Set {name} to 1 or 0.")
    return value


def read_choice(name: str, default: str, *others: str) -> str:
    value = read_text(name, default=default).lower()
    if value not in (default, *others):
        raise ImproperlyConfigured(f"Set {name} to {' or '.join((default, *others))}.")
    return value


def read_integer(name: str, *, default: int, minimum: int = 0, maximum: int = 1_000_000) -> int:
    raw = read_text(name, default=str(default))
    if not re.fullmatch("[0-9]{1,9}", raw) or not minimum <= int(raw) <= maximum:
        raise ImproperlyConfigured(f"Set {name} to a whole number from {minimum} to {maximum}.")
    return int(raw)


def read_url(name: str, *, default: str = "", is_base: bool = True) -> str:
    """One http(s) URL as it travels, or "" where nothing is set. A base is one that more is written behind."""
    raw = read_text(name, default=default)
    checked, parts = check_url(name, raw, schemes=("http", "https")), urlsplit(raw)
    if not checked:
        return ""
    if "@" in parts.netloc or parts.fragment or (is_base and parts.query) or re.search(r"\s", raw):
        behind = "white space, ? or #" if is_base else "white space or #"
        raise ImproperlyConfigured(f"Set {name} to a URL without a user name, {behind}.")
    path = quote(parts.path.rstrip("/") if is_base else parts.path, safe="/%:@!$&'()*+,;=~")
    return urlunsplit(parts._replace(netloc=_plain_netloc(name, parts), path=path))


def _plain_netloc(name: str, parts: SplitResult) -> str:
    """Host in punycode, and port: not every client of ours writes it so."""
    host = parts.hostname or ""
    try:
        plain = normal_host(f"[{host}]" if ":" in host else host)
    except ValueError as error:
        raise ImproperlyConfigured(UNREADABLE.format(name=name)) from error
    return plain if parts.port is None else f"{plain}:{parts.port}"


def check_url(name: str, url: str, *, schemes: tuple[str, ...]) -> str:
    """`url` without a slash at its end. The failure does not repeat it: a URL may hold a password."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port  # reading the port checks it
    except ValueError as error:
        raise ImproperlyConfigured(UNREADABLE.format(name=name)) from error
    if url and (parts.scheme not in schemes or not (parts.path if parts.scheme == "unix" else host)):
        raise ImproperlyConfigured(
            f"Set {name} to a URL that begins with {' or '.join(f'{s}://' for s in schemes)}"
        )
    return url.rstrip("/")


def read_origins(name: str) -> list[str]:
    """Origins in the form in which browsers send them; "*" stays as it is."""
    return list(dict.fromkeys(part if part == "*" else _check_origin(name, part) for part in read_list(name)))


def _check_origin(name: str, text: str) -> str:
    scheme, separator, _rest = text.partition("://")
    if text.lower() == "null":
        raise ImproperlyConfigured(
            f"Set {name} without null: any page can have that origin, in a sandboxed frame."
        )
    if "*" in text:
        raise ImproperlyConfigured(f"Set {name} to each origin by its whole name, or to * alone.")
    if not separator or scheme.lower() in NO_PAGES:
        raise ImproperlyConfigured(f"Set {name} to a URL that begins with https:// or http://")
    try:
        return str(Origin.parse(text.removesuffix("/")))
    except ValueError as error:
        raise ImproperlyConfigured(
            f"Set {name} to origins without a path or a user name, such as https://community.example.com"
        ) from error


def read_hosts(name: str) -> list[str]:
    """Host names in the form in which browsers send them, as Django compares them; "*" stays as it is."""
    return [part if part == "*" else _check_host(name, part) for part in read_list(name)]


def _check_host(name: str, text: str) -> str:
    host = text.removeprefix(".")  # in front, a dot is all beneath that domain too
    try:
        plain = normal_host(f"[{host}]" if host.count(":") > 1 and "[" not in host else host)
    except ValueError:
        plain = ""
    if not plain or "_" in plain:  # Django takes no host with an underscore, whatever is allowed
        raise ImproperlyConfigured(
            f"Set {name} to host names alone, such as chat.example.com, or .example.com for all beneath it."
        )
    return text[: len(text) - len(host)] + plain


def read_key(name: str) -> str:
    """A key that travels in a header, or "" where nothing is set."""
    key = read_text(name)
    if not re.fullmatch(r"[\x21-\x7e]*", key):
        raise ImproperlyConfigured(f"Set {name} to the key alone: it holds what no header can carry.")
    return key


def read_proxies(name: str, *, default: str) -> list[str]:
    """Addresses and networks; "*" stays as it is."""
    proxies = read_list(name) or [default]
    for proxy in proxies:
        try:
            ipaddress.ip_network("0.0.0.0/0" if proxy == "*" else proxy)
        except ValueError as error:
            raise ImproperlyConfigured(
                f"Set {name} to addresses and networks such as 10.0.0.0/8, comma-separated, or to *."
            ) from error
    return proxies


def read_networks(name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    try:
        return [ipaddress.ip_network(network) for network in read_list(name)]
    except ValueError as error:
        raise ImproperlyConfigured(f"Set {name} to networks such as 10.0.0.0/8, comma-separated.") from error


def require_module(module: str, *, package: str, wanted_by: str) -> None:
    if find_spec(module) is None:
        raise ImproperlyConfigured(f"Run `pip install {package}`: {wanted_by} needs that package.")


def read_secret(name: str, *, demo: str, debug: bool) -> str:
    """The secret; in DEBUG the known `demo` stands in for a missing one."""
    value = read_text(name, default=demo if debug else "")
    if not value:
        raise ImproperlyConfigured(f"Set {name}: a random secret of at least {SECRET_MIN_BYTES} bytes.")
    if not debug and (value == demo or len(set(value)) < SECRET_MIN_DIFFERENT):
        raise ImproperlyConfigured(f"Set {name} to a random secret: the present one is known or guessable.")
    if len(value.encode()) < SECRET_MIN_BYTES:
        raise ImproperlyConfigured(f"Set {name} to at least {SECRET_MIN_BYTES} bytes: the present one is shorter.")
    return value


def check_one_way(*names: str) -> None:
    """At most one of these is set."""
    given = [name for name in names if read_text(name)]
    if len(given) > 1:
        raise ImproperlyConfigured(f"Set {given[0]} or {given[1]}, not both: one way to check tokens at a time.")


def read_base64_secret(name: str) -> bytes:
    """The bytes that are written there as base64, b"" where nothing is set."""
    if not read_text(name):
        return b""
    secret = decode_base64(read_text(name))
    if secret is None:
        raise ImproperlyConfigured(f"Set {name} to base64: the present value is none. Other text is a JWT_SECRET.")
    if len(secret) < SECRET_MIN_BYTES:
        raise ImproperlyConfigured(f"Set {name} to the base64 of at least {SECRET_MIN_BYTES} bytes.")
    if len(set(secret)) < SECRET_MIN_DIFFERENT:
        raise ImproperlyConfigured(f"Set {name} to a random secret: the present one is known or guessable.")
    return secret


def read_algorithm(name: str, *, is_by_key_set: bool) -> str:
    """What a secret signs with, "" for the usual one."""
    algorithm = read_text(name).upper()
    if algorithm and is_by_key_set:
        raise ImproperlyConfigured(f"Set {name} with a secret only: the keys of JWT_JWKS_URL say theirs.")
    if algorithm not in ("", *SECRET_ALGORITHMS):
        raise ImproperlyConfigured(f"Set {name} to {' or '.join(SECRET_ALGORITHMS)}.")
    return algorithm
