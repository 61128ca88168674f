"""The Django application `server_api`: keys of the main server."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServerApiConfig(AppConfig):
    name = "chatproject.server_api"
    verbose_name = _("server API")
