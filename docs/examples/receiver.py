"""A receiver of the chat's events, of Python's standard library alone; docs/events.md says what they mean.

usage: EVENTS_SECRET=whsec_… python receiver.py [PORT]
Two secrets, with a space between them, while one replaces the other.
"""

import base64
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEYS = [base64.b64decode(secret.removeprefix("whsec_")) for secret in os.environ["EVENTS_SECRET"].split()]
OLDEST_S = 300
taken: set[str] = set()  # of a service: a unique column, written in the transaction that acts on the event


def is_genuine(name: str, moment: str, signatures: str, body: bytes) -> bool:
    if not (moment.isascii() and moment.isdigit()) or abs(time.time() - int(moment)) > OLDEST_S:
        return False
    signed = f"{name}.{moment}.".encode() + body
    right = [b"v1," + base64.b64encode(hmac.digest(key, signed, "sha256")) for key in KEYS]
    return any(hmac.compare_digest(one.encode(), given) for one in signatures.split() for given in right)


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps the connection, which costs both sides less

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))  # as it came: JSON written anew differs
        name, moment, signatures = (
            self.headers.get(f"webhook-{part}", "") for part in ("id", "timestamp", "signature")
        )
        genuine = is_genuine(name, moment, signatures, body)
        if genuine and name not in taken:
            taken.add(name)
            print(json.dumps(json.loads(body), ensure_ascii=False), flush=True)  # or into a queue: answer soon
        self.send_response(204 if genuine else 401)
        self.send_header("content-length", "0")
        self.end_headers()


server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 9000), Receiver)
print(f"listening on {server.server_port}", flush=True)
server.serve_forever()
