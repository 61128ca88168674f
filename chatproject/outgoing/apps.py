"""The Django application `outgoing`: events for the main server."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutgoingConfig(AppConfig):
    name = "chatproject.outgoing"
    verbose_name = _("events for the main server")
