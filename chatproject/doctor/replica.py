"""The copy of the database that some reads may ask."""

from collections.abc import Iterator

from django.db import DEFAULT_DB_ALIAS, connections

from chatproject.doctor.findings import Finding, broken, ok, warning

FAR_BEHIND_ROWS = 1_000  # as they are numbered: messages
NEWEST = "SELECT (SELECT name FROM chat_deployment), (SELECT MAX(chat_message_id) FROM chat_messages)"


def look_at_replica(alias: str, *, primary: str = DEFAULT_DB_ALIAS) -> Iterator[Finding]:
    """Whether it is a copy of ours, and how far it is. The copy is asked last, so that it may have come along."""
    (name, newest), (copied_name, copied) = _newest(primary), _newest(alias)
    if name is not None and copied_name != name:
        yield broken(
            "what DATABASE_READ_URL leads to is no copy of DATABASE_URL's database: it is another deployment's",
            "correct it; until then servers ask the primary alone",
        )
        return
    behind = (newest or 0) - (copied or 0)
    if behind > FAR_BEHIND_ROWS:
        yield warning(
            f"the copy is {behind} messages behind: the primary answers what it lacks",
            "look at SHOW REPLICA STATUS there",
        )
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT @@read_only")
        if cursor.fetchone() != (1,):
            yield warning("the copy takes writes: it may come apart from the primary", "SET GLOBAL read_only = ON")
    yield ok(f"a copy of ours, {max(0, behind)} messages behind")


def _newest(alias: str) -> tuple[str | None, int | None]:
    with connections[alias].cursor() as cursor:
        cursor.execute(NEWEST)
        name, newest = cursor.fetchone()
    return name, newest
