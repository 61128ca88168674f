"""The Django application `rooms`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class RoomsConfig(AppConfig):
    name = "rooms"
    verbose_name = _("Rooms")

    def ready(self) -> None:
        from rooms.members.references import enforce_rules

        post_migrate.connect(enforce_rules, sender=self, dispatch_uid="enforce_rules")
