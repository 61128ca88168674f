"""Which paths take a WebSocket. Any other is refused, which Channels' router would answer with a crash."""

from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer

from messaging.sockets.consumers_v1 import V1Consumer
from messaging.sockets.consumers_v2 import V2Consumer


class UnknownPathConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels is not typed
    """Refuses the handshake."""

    channel_layer_alias = "none"

    async def connect(self) -> None:
        await self.close()


CONSUMERS = {"/v1/chat/connect": V1Consumer, "/v2/chat/connect": V2Consumer}


async def serve_socket(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The ASGI application of all WebSockets."""
    path = scope["path"].removeprefix(scope.get("root_path", ""))
    await CONSUMERS.get(path, UnknownPathConsumer)()(scope, receive, send)
