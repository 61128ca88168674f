# PyJWT's PyJWKClient passes over keys without a "kid": a set of one such key has "no signing keys", though RFC 7517 lets a set omit the name.
# Run: bash findings/pyjwt_key_set_without_names.sh [PYTHON]. It needs PyPI and a free port of 127.0.0.1.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
"${1:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "pyjwt[crypto]==2.15.1"
"$folder/venv/bin/python" - <<'PYTHON'
import json, sys, threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
public = json.loads(RSAAlgorithm.to_jwk(private.public_key())) | {"use": "sig", "alg": "RS256"}
served = {"keys": [public]}


class Keys(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(served).encode())

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Keys)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/"


def seen():
    try:
        return f"{len(jwt.PyJWKClient(url, cache_jwk_set=False).get_signing_keys())} signing key(s)"
    except jwt.PyJWKClientError as error:
        return f"PyJWKClientError: {error}"


token = jwt.encode({"sub": "7"}, private, algorithm="RS256")
unnamed = seen()
by_hand = jwt.decode(token, jwt.PyJWKSet.from_dict(served).keys[0].key, algorithms=["RS256"])
served["keys"] = [public | {"kid": "a"}]
named = seen()
print("PyJWT", jwt.__version__)
print("one key without a kid:", unnamed)
print("the same key with one:", named)
print("the unnamed key, used by hand, verifies:", by_hand)
sys.exit(not (unnamed.startswith("PyJWKClientError") and named == "1 signing key(s)" and by_hand == {"sub": "7"}))
PYTHON
