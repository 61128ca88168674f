"""The textbook's ASGI application."""

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path

django_application = get_asgi_application()

from tests.load.textbook.consumers import ChatConsumer  # noqa: E402 - Django is set up first

routes = [path("ws/<int:room_id>/<int:member_id>", ChatConsumer.as_asgi())]
application = ProtocolTypeRouter({"http": django_application, "websocket": URLRouter(routes)})
