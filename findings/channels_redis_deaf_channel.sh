# channels_redis' pub/sub layer: a channel whose first `receive` came while Redis was away is never subscribed to. A second `receive` does not ask Redis again, so the channel is deaf for ever; a group that is joined anew is heard.
# Run: bash findings/channels_redis_deaf_channel.sh. It needs Python 3.11 or newer and redis-server.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet channels==4.3.2 channels-redis==4.3.0 redis==8.1.0
cat >deaf.py <<'PY'
import asyncio
import socket
import subprocess
from importlib.metadata import version

from channels_redis.pubsub import RedisPubSubChannelLayer
from redis import Redis
from redis.exceptions import ConnectionError


async def hears(layer, tell, channel):
    """Whether what is told comes within five seconds."""
    receiving = asyncio.create_task(layer.receive(channel))
    for _attempt in range(10):
        await asyncio.sleep(0.5)
        await tell({"type": "hello"})
        if receiving.done():
            return receiving.result() == {"type": "hello"}
    receiving.cancel()
    return False


async def main():
    print("channels_redis", version("channels_redis"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    layer = RedisPubSubChannelLayer(hosts=[f"redis://127.0.0.1:{port}"])
    try:
        await layer.receive("early")
    except ConnectionError:
        print("no Redis: `receive` says so")
    server = subprocess.Popen(["redis-server", "--port", str(port), "--save", "", "--loglevel", "warning"], stdout=subprocess.DEVNULL)
    try:
        with Redis(port=port) as redis:
            while True:
                try:
                    redis.ping()
                    break
                except ConnectionError:
                    await asyncio.sleep(0.1)
        found = {
            "late": await hears(layer, lambda message: layer.send("late", message), "late"),
            "early": await hears(layer, lambda message: layer.send("early", message), "early"),
        }
        layer.channels["early"] = asyncio.Queue()  # `receive` was cancelled above, which forgets the channel
        await layer.group_add("group", "early")
        found["early, in a group"] = await hears(layer, lambda message: layer.group_send("group", message), "early")
        for name, is_heard in found.items():
            print(f"{name}: {'heard' if is_heard else 'deaf'}")
    finally:
        await layer.flush()
        server.kill()
    raise SystemExit(found != {"late": True, "early": False, "early, in a group": True})


asyncio.run(main())
PY
venv/bin/python deaf.py
