"""What the database lets this server do, on MySQL and MariaDB."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from chatproject.doctor.findings import Finding, broken, note, warning

DATA = ("SELECT", "INSERT", "UPDATE", "DELETE")
SCHEMA = ("CREATE", "ALTER", "DROP", "INDEX", "REFERENCES")
WANTED = ", ".join((*DATA, *SCHEMA))


def look_at_privileges(cursor: Any, name: str) -> Iterator[Finding]:
    cursor.execute("SHOW GRANTS")
    grants = [str(row[0]) for row in cursor.fetchall()]
    given = set()
    for grant in grants:
        words, _, rest = grant.partition(" ON ")
        target = rest.partition(" TO ")[0].replace("`", "").replace("\\", "")
        whose = target.removesuffix(".*").replace("%", "*")  # a pattern, as chat\\_% may be one
        if target.endswith(".*") and fnmatchcase(name, whose):
            given |= {word.strip() for word in words.removeprefix("GRANT ").split(",")} - {"USAGE"}
    yield from _too_many(grants)
    if "ALL PRIVILEGES" in given or not given:  # none: by a role, which is not seen here
        return
    if missing := [word for word in DATA if word not in given]:
        yield broken(f"the user may not {', '.join(missing)}", f"GRANT {', '.join(missing)} ON {name}.* to it")
    if missing := [word for word in SCHEMA if word not in given]:
        yield note(
            f"the user may not {', '.join(missing)}, so it cannot run migrate",
            f"run migrate as another user, or GRANT {', '.join(missing)} ON {name}.* to it",
        )


def _too_many(grants: list[str]) -> Iterator[Finding]:
    if any(" ON *.* " in grant and ("ALL PRIVILEGES" in grant or "SUPER" in grant) for grant in grants):
        yield warning(
            "the user may do everything, in every database",
            f"make one that has {WANTED} on this database alone",
        )
