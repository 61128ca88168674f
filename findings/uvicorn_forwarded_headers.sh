# uvicorn's ProxyHeadersMiddleware leaves the scheme at http for "X-Forwarded-Proto: https,http", and knows no proxy of 10.0.0.0/8 by its address on a dual-stack socket (::ffff:10.0.0.1).
# Run: bash findings/uvicorn_forwarded_headers.sh [PYTHON]. It needs PyPI.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
"${1:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "uvicorn==0.54.0"
"$folder/venv/bin/python" - <<'PYTHON'
import asyncio, sys

import uvicorn
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware


def scheme_behind(proxy, proto):
    seen = []

    async def application(scope, receive, send):
        seen.append(scope["scheme"])

    headers = [(b"x-forwarded-proto", proto), (b"x-forwarded-for", b"203.0.113.7")]
    scope = {"type": "http", "scheme": "http", "client": (proxy, 4711), "headers": headers}
    asyncio.run(ProxyHeadersMiddleware(application, trusted_hosts="10.0.0.0/8")(scope, None, None))
    return seen[0]


cases = {
    ("10.0.0.1", b"https"): "https",
    ("10.0.0.1", b"https,http"): "http",  # two proxies, each adding its own
    ("::ffff:10.0.0.1", b"https"): "http",  # the same proxy, as a socket of `--host ::` shows it
}
print("uvicorn", uvicorn.__version__)
found = {case: scheme_behind(*case) for case in cases}
for (proxy, proto), scheme in found.items():
    print(f"from {proxy} with X-Forwarded-Proto: {proto.decode()} -> {scheme}")
sys.exit(found != cases)
PYTHON
