"""FastAPI's connection manager, as its documentation teaches it, with rooms and Redis between processes."""

import asyncio
import json
import os
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from redis.asyncio import Redis


class ConnectionManager:
    def __init__(self) -> None:
        self.active_connections: defaultdict[int, list[WebSocket]] = defaultdict(list)

    async def connect(self, room_id: int, websocket: WebSocket) -> None:
        await websocket.accept()
        self.active_connections[room_id].append(websocket)

    def disconnect(self, room_id: int, websocket: WebSocket) -> None:
        self.active_connections[room_id].remove(websocket)

    async def broadcast(self, room_id: int, message: str) -> None:
        for connection in list(self.active_connections[room_id]):
            await connection.send_text(message)


manager = ConnectionManager()
redis = Redis.from_url(os.environ["REDIS_URL"])


async def listen() -> None:
    """Hand what Redis brings to the sockets of this process."""
    async with redis.pubsub() as pubsub:
        await pubsub.psubscribe("room.*")
        async for event in pubsub.listen():
            if event["type"] == "pmessage":
                room_id = int(event["channel"].rpartition(b".")[2])
                await manager.broadcast(room_id, event["data"].decode())


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    listener = asyncio.create_task(listen())
    yield
    listener.cancel()


async def websocket_endpoint(websocket: WebSocket, room_id: int, member_id: int) -> None:
    await manager.connect(room_id, websocket)
    try:
        while True:
            frame = json.loads(await websocket.receive_text())
            message = {"type": "chat", "roomId": room_id, "senderId": member_id, "message": frame["message"]}
            text = json.dumps(message, separators=(",", ":"))
            await redis.publish(f"room.{room_id}", text)
    except WebSocketDisconnect:
        manager.disconnect(room_id, websocket)


app = FastAPI(lifespan=lifespan)
app.add_api_websocket_route("/ws/{room_id}/{member_id}", websocket_endpoint)
