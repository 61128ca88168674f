# httpx 0.28.1 looks at every connection of a client for each request: with 32 busy ones a request costs twice the CPU of 32 clients with one each.
# Run: bash findings/httpx_one_pool_many_connections.sh. It needs Python 3.11 or newer.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv && venv/bin/pip install --quiet --disable-pip-version-check httpx==0.28.1 httpcore==1.0.9 h11==0.16.0
cat >server.py <<'PY'
import asyncio, sys

class Answering(asyncio.Protocol):
    """Each request gets an empty 200 on the connection that it came by."""

    def connection_made(self, transport):
        self.transport, self.data = transport, b""

    def data_received(self, data):
        self.data += data
        while b"\r\n\r\n" in self.data:
            self.data = self.data.partition(b"\r\n\r\n")[2]
            self.transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

async def serve():
    server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(serve())
PY
cat >client.py <<'PY'
import asyncio, statistics, sys, time, httpx

URL, BUSY, REQUESTS = f"http://127.0.0.1:{sys.argv[1]}/", 32, 1_500

async def cost_us(clients):
    """CPU of this process for a request, with BUSY of them under way all the time."""
    left = iter(range(REQUESTS))

    async def keep_busy(client):
        for _request in left:
            (await client.get(URL)).raise_for_status()

    async def run():
        await asyncio.gather(*(keep_busy(clients[n % len(clients)]) for n in range(BUSY)))

    await asyncio.gather(*(client.get(URL) for client in clients))
    since = time.process_time()
    await run()
    return (time.process_time() - since) / REQUESTS * 1e6

async def main():
    one = [httpx.AsyncClient(limits=httpx.Limits(max_connections=BUSY, max_keepalive_connections=BUSY), trust_env=False, timeout=60)]
    many = [httpx.AsyncClient(limits=httpx.Limits(max_connections=1), trust_env=False, timeout=60, verify=False) for _ in range(BUSY)]
    await cost_us(one)
    rounds = [(await cost_us(one), await cost_us(many)) for _ in range(3)]
    together, apart = (statistics.median(costs) for costs in zip(*rounds))
    print(f"httpx {httpx.__version__}, CPU us a request: one client with {BUSY} connections {together:.0f},"
          f" {BUSY} clients with one each {apart:.0f}: {together / apart:.1f} times")
    sys.exit(together < 1.5 * apart)

asyncio.run(main())
PY
venv/bin/python server.py >port & server=$!; trap 'kill $server; rm -rf "$folder"' EXIT
until [ -s port ]; do sleep 0.1; done
venv/bin/python client.py "$(cat port)"
