"""The way to the database: encrypted where that was asked for, and a warning where others may read along."""

import ipaddress
import logging
import socket
from threading import Thread
from typing import Any

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

logger = logging.getLogger(__name__)

SSL_CONNECTION_ERROR = 2026  # MySQL's number for a TLS that does not come about


def guard_links() -> None:
    """Have every new connection looked at, in this process."""
    connection_created.connect(require_encryption, dispatch_uid="chatproject.database.link")


def require_encryption(*, connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Close a connection in plaintext that was to be encrypted, before anything is said on it.

    MariaDB's client library goes on in plaintext where a server, or somebody in between, says that it has no TLS,
    in all modes but those that verify the name. Raises OperationalError.
    """
    if connection.vendor != "mysql" or "ssl_mode" not in connection.settings_dict["OPTIONS"]:
        return
    with connection.cursor() as cursor:
        cursor.execute("SHOW SESSION STATUS LIKE 'Ssl_cipher'")
        _name, cipher = cursor.fetchone()
    if not cipher:
        connection.close()
        logger.error("the database speaks no TLS, which DATABASE_URL asks for")
        raise OperationalError(SSL_CONNECTION_ERROR, "The database speaks no TLS, which DATABASE_URL asks for.")


def warn_of_open_link(database: dict[str, Any]) -> Thread | None:
    """Log a warning where what is said to the MySQL server `database` can be read on the way.

    In a thread that nobody waits for and that no end of the process waits for: finding an address may take long.
    """
    host = database.get("HOST", "")
    if not host or host.startswith("/") or "ssl_mode" in database.get("OPTIONS", {}):
        return None
    thread = Thread(target=_warn_if_public, args=(host,), name="database-address", daemon=True)
    thread.start()
    return thread


def _warn_if_public(host: str) -> None:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return  # whoever connects will say so
    if any(_is_public(str(address[0])) for *_, address in found):
        logger.warning(
            "the database is neither on this machine nor in a private network, and the link to it is plaintext: "
            "put ssl_mode=VERIFY_CA and ssl_ca=/path/to/ca.pem into DATABASE_URL"
        )


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    return (mapped or ip).is_global
