"""Strangers who try staff's passwords at a production server, and the members beside them."""

import asyncio
import os
import subprocess
import sys

import httpx

from tests.chatproject.chat_server import ROOT, ChatServer
from tests.factories import ALICE, token_for
from tests.servers import HOST
from tests.times import WAIT_S

PASSWORD = "sofia knows this password"
CSRF = "x" * 32


async def sign_in(server: ChatServer, password: str, address: str) -> int:
    """The status of the answer to somebody at that address."""
    async with httpx.AsyncClient(base_url=f"http://{HOST}:{server.port}", timeout=WAIT_S) as http:
        answer = await http.post(
            "/admin/login/",
            data={"username": "sofia", "password": password, "csrfmiddlewaretoken": CSRF},
            headers={"cookie": f"csrftoken={CSRF}", "x-forwarded-for": address},
        )
        return answer.status_code


async def test_members_are_served_while_forty_connections_try_passwords(server: ChatServer) -> None:
    make_staff(server)
    attack = asyncio.gather(*(sign_in(server, f"guess {number}", f"198.51.100.{number}") for number in range(40)))
    headers = {"access": token_for(ALICE, nickname="alice"), "x-forwarded-for": "203.0.113.5"}
    async with httpx.AsyncClient(base_url=f"http://{HOST}:{server.port}", timeout=WAIT_S) as http:
        answers = [(await http.get("/v1/chat/my/rooms", headers=headers)).status_code]
        while not attack.done():
            answers.append((await http.get("/v1/chat/my/rooms", headers=headers)).status_code)

    assert set(answers) == {200}
    assert set(await attack) <= {200, 429, 503}
    assert await sign_in(server, PASSWORD, "203.0.113.5") == 302


async def test_one_address_is_told_to_stop_by_every_process_that_comes_after_it(server: ChatServer) -> None:
    make_staff(server)
    statuses = [await sign_in(server, "a guess", "198.51.100.1") for _ in range(7)]
    assert statuses == [200] * 5 + [429] * 2
    server.stop()
    server.start()
    assert await sign_in(server, PASSWORD, "198.51.100.1") == 429
    assert await sign_in(server, PASSWORD, "198.51.100.2") == 302


def make_staff(server: ChatServer) -> None:
    environment = os.environ | server.environment | {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    command = ["createsuperuser", "--no-input", "--username=sofia", "--email=sofia@example.com"]
    subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True)
