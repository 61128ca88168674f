"""A file's row is changed where it is as it was known, and by its primary key alone.

Asked to UPDATE "where file_id is 7 and state is checking", MariaDB 10.11 goes by the index of states and locks
that before the row; who sends the file locks the row first, and the two deadlock.
"""

from typing import Any

from django.db.models import Q

from chatproject.transactions import in_one_transaction
from messaging.file_models import File


@in_one_transaction
def change_file(file_id: int, where: Q, /, **to: Any) -> bool:
    """Whether it was so, and is changed."""
    row = File.objects.filter(pk=file_id)
    was_so = bool(row.filter(where).select_for_update().values_list("pk"))
    return was_so and bool(row.update(**to))
