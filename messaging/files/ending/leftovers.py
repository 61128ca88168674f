"""What lies in the store though no row knows of it: the database went back to an earlier state, and what was put
there since is nobody's. Which that is; nothing is done to the store here.

Only what has a name of ours is ever meant, and what lies there for long: a row is there before its bytes are.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from messaging.file_models import File
from messaging.files.storage.naming import key_of_export, key_of_file
from messaging.files.storage.places import Lying
from messaging.personal_models import Export

LEFT_AFTER = timedelta(days=2)  # exports can be had for one day


def leftover_exports(lying: Iterable[Lying], *, now: datetime) -> list[Lying]:
    """Whose they are does not matter: another deployment's cannot be had any more either."""
    return _left(lying, key_of_export, Export.objects.all(), now - LEFT_AFTER)


def leftover_files(lying: Iterable[Lying], *, before: datetime) -> list[Lying]:
    """Written before that moment. Another deployment's are among them, where it has the same store."""
    return _left(lying, key_of_file, File.objects.all(), before)


def _left(
    lying: Iterable[Lying], key_of: Callable[[str], str | None], rows: QuerySet[Any], before: datetime
) -> list[Lying]:
    old = [(one, key) for one in lying if one.written_at < before and (key := key_of(one.name)) is not None]
    known = set(rows.filter(key__in={key for _one, key in old}).values_list("key", flat=True))
    return [one for one, key in old if key not in known]
