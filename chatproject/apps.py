"""The Django application `chatproject`: commands, templates, static files and translations of the whole."""

from django.apps import AppConfig
from stamina import instrumentation

from chatproject.logs import log_retry


class ChatProjectConfig(AppConfig):
    name = "chatproject"

    def ready(self) -> None:
        instrumentation.set_on_retry_hooks([log_retry])
