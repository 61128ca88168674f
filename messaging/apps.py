"""The Django application `messaging`."""

from corsheaders.signals import check_request_enabled
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    name = "messaging"
    verbose_name = _("Messaging")

    def ready(self) -> None:
        from messaging.personal.going_rooms import keep_words_of  # once the models are there
        from messaging.personal.holds import keep_of_deleted_room
        from messaging.search.index import mark_deleted_stale
        from messaging.views_tickets import is_readable_anywhere
        from rooms.deleting import messages_go, messages_went, room_goes

        messages_go.connect(keep_of_deleted_room, dispatch_uid="holds")
        messages_went.connect(mark_deleted_stale, dispatch_uid="search")
        room_goes.connect(keep_words_of, dispatch_uid="words for holds")
        check_request_enabled.connect(is_readable_anywhere, dispatch_uid="tickets")
