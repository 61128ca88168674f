"""`manage.py migrate`, without the server's time limit on one statement: taking over a large table may copy it."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

TIME_LIMITS = ("read_timeout", "write_timeout")


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        limits = connection.settings_dict["OPTIONS"]
        lifted = {name: limits.pop(name) for name in TIME_LIMITS if name in limits}
        if lifted:
            connection.close()
        try:
            super().handle(*args, **options)
        finally:
            limits.update(lifted)
            if lifted:
                connection.close()
