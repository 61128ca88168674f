"""Environment variables as typed values. A missing or wrong one ends the start with a sentence naming it.

Only `chatproject.settings` uses this. Values are taken as they stand: nothing is expanded, no file is read.
"""

import ipaddress
import os
import re
from importlib.util import find_spec
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from chatproject.shared_secrets import SECRET_ALGORITHMS, SECRET_MIN_BYTES, decode_base64

SECRET_MIN_DIFFERENT = 8  # characters; "x" * 40 is long enough and no secret
FLAGS = {"1": True, "true": True, "yes": True, "on": True, "": False, "0": False, "false": False, "no": False}


def read_text(name: str, *, default: str = "") -> str:
    """The value without surrounding white space; an empty one counts as missing."""
    return os.environ.get(name, "").strip() or default


def read_list(name: str) -> list[str]:
    """The comma-separated parts that are not empty."""
    return [part.strip() for part in read_text(name).split(",") if part.strip()]


def read_flag(name: str) -> bool:
    value = FLAGS.get(read_text(name).lower())
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


def read_url(name: str, *, schemes: tuple[str, ...] = ("http", "https"), default: str = "") -> str:
    """One URL without a slash at its end, or "" where nothing is set."""
    return check_url(name, read_text(name, default=default), schemes=schemes)


def check_url(name: str, url: str, *, schemes: tuple[str, ...]) -> str:
    """`url` without a slash at its end. The failure does not repeat it: a URL may hold a password."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port  # reading the port checks it
    except ValueError as error:
        raise ImproperlyConfigured(
            f"Set {name} to a URL that can be read: its host or its port is wrong."
        ) from error
    if url and (parts.scheme not in schemes or not (host or parts.scheme == "unix")):
        raise ImproperlyConfigured(
            f"Set {name} to a URL that begins with {' or '.join(f'{s}://' for s in schemes)}"
        )
    return url.rstrip("/")


def read_origins(name: str) -> list[str]:
    """Origins as browsers send them; "*" stays as it is."""
    origins = [url if url == "*" else check_url(name, url, schemes=("https", "http")) for url in read_list(name)]
    if any(origin != "*" and origin.partition("://")[2] != urlsplit(origin).netloc for origin in origins):
        raise ImproperlyConfigured(f"Set {name} to origins without a path, such as https://community.example.com")
    return origins


def read_redis_urls(name: str) -> list[str]:
    urls = [check_url(name, url, schemes=("redis", "rediss", "unix")) for url in read_list(name)]
    for parts in map(urlsplit, urls):
        if parts.scheme != "unix" and not re.fullmatch("(/[0-9]*)?", parts.path):
            raise ImproperlyConfigured(
                f"Set {name} to redis://host:port/number: what follows the host is no number."
            )
    if urls:
        require_module("channels_redis", package="channels-redis", wanted_by=name)
    return urls


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
