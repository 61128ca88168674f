"""The consumer of Channels' tutorial, with the message stored. In its favour: no token is checked."""

import json
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from tests.load.textbook.services import store_message


class ChatConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels is not typed
    async def connect(self) -> None:
        arguments = self.scope["url_route"]["kwargs"]
        self.room_id, self.member_id = arguments["room_id"], arguments["member_id"]
        self.group = f"room_{self.room_id}"
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, close_code: int) -> None:
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        message = json.loads(text_data or "")["message"]
        stored = await database_sync_to_async(store_message)(
            room_id=self.room_id, member_id=self.member_id, contents=message
        )
        event = {"type": "chat.message", "message": message, "member_id": self.member_id, "seq": stored.seq}
        await self.channel_layer.group_send(self.group, event)

    async def chat_message(self, event: dict[str, Any]) -> None:
        message = {
            "type": "chat",
            "roomId": self.room_id,
            "seq": event["seq"],
            "senderId": event["member_id"],
            "message": event["message"],
        }
        await self.send(text_data=json.dumps(message, separators=(",", ":")))
