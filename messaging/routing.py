"""The WebSocket routes. The last one catches every other path, which Channels would answer with a crash."""

from channels.generic.websocket import AsyncWebsocketConsumer
from django.urls import re_path

from messaging.sockets.consumers_v1 import V1Consumer
from messaging.sockets.consumers_v2 import V2Consumer


class UnknownPathConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels is not typed
    """Refuses the handshake."""

    channel_layer_alias = "none"

    async def connect(self) -> None:
        await self.close()


websocket_urlpatterns = [
    re_path(r"^v1/chat/connect\Z", V1Consumer.as_asgi()),
    re_path(r"^v2/chat/connect\Z", V2Consumer.as_asgi()),
    re_path(r"", UnknownPathConsumer.as_asgi()),
]
