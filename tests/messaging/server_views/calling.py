"""A main server with a key of its own, in few words."""

import json
from typing import Any, NamedTuple

from django.test import Client

from chatproject.server_api.keys import make_key
from chatproject.server_api.models import Scope

V1 = "/v1/server"


class Told(NamedTuple):
    """What is answered."""

    status: int
    code: str
    data: Any
    is_replayed: bool


class MainServer:
    """Calls with a key that has these scopes; without any named, with all."""

    def __init__(self, *scopes: str) -> None:
        new = make_key(name="main", scopes=scopes or Scope.values)
        self.key, self.key_id = new.shown, new.row.key_id

    def call(self, method: str, path: str, body: Any = None, *, once: str | None = None) -> Told:
        """`once`: the Idempotency-Key."""
        headers = {"authorization": f"Bearer {self.key}"} | ({} if once is None else {"idempotency-key": once})
        data = b"" if body is None else json.dumps(body)
        answer = Client(headers=headers).generic(method, V1 + path, data, content_type="application/json")
        told = answer.json()
        assert told["status"] in (answer.status_code, "SUCCESS")
        return Told(answer.status_code, told["code"], told.get("data"), "Idempotency-Replayed" in answer)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The data of a call that is answered."""
        told = self.call(method, path, body)
        assert told.status == 200, told
        return told.data

    def refusal(self, method: str, path: str, body: Any = None) -> str:
        return self.call(method, path, body).code
