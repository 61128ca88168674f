"""What `collectstatic` makes of the chat page, and what a server then sends."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.collected import collect

COLD_MAX_BYTES = 90_000  # all that the page is made of, as it goes over the wire

ASK = """
import asyncio, json, re, sys
from chatproject.asgi import django_application
from chatproject.http.static_files import StaticFiles
import httpx

async def ask():
    transport = httpx.ASGITransport(app=StaticFiles(django_application))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        answers = {}
        todo = ["/", "/service-worker.js", *sys.argv[1:]]
        while todo:
            path = todo.pop(0)
            async with client.stream("GET", path, headers={"Accept-Encoding": "gzip, br"}) as answer:
                packed = b"".join([part async for part in answer.aiter_raw()])
            answers[path] = {"status": answer.status_code, "bytes": len(packed), **answer.headers}
            if path == "/":
                page = httpx.Response(200, headers=answer.headers, content=packed).text
                answers[path]["text"] = page
                todo += re.findall(r'(?:src|href)="(/(?:static|texts)[^"#]+)"', page)
            elif path == "/service-worker.js":
                script = httpx.Response(200, headers=answer.headers, content=packed).text
                shell = json.loads(script.removeprefix("const SHELL = ").partition(";\\n")[0])
                answers[path]["files"] = shell["files"]
                todo += [file for file in shell["files"] if file not in answers and file not in todo]
    return answers

print(json.dumps(asyncio.run(ask())))
"""
FIXED = "/static/chat/chat-client.js"


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return collect(tmp_path_factory.mktemp("static"))


@pytest.fixture(scope="module")
def answers(collected: Path) -> dict[str, dict[str, Any]]:
    env = os.environ | {"STATIC_ROOT": str(collected), "DJANGO_SETTINGS_MODULE": "chatproject.settings"}
    command = [sys.executable, "-c", ASK, FIXED]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    heard: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return heard


def at_once(answers: dict[str, dict[str, Any]]) -> list[str]:
    """What a browser asks for when the page is opened for the first time: what the page names, once."""
    named = set(re.findall(r'(?:src|href)="(/(?:static|texts)[^"#]+)"', answers["/"]["text"]))
    return ["/", *sorted(name for name in named if not name.endswith(".png"))]


def test_the_page_is_a_few_packed_files(answers: dict[str, dict[str, Any]]) -> None:
    sizes = {path: answers[path]["bytes"] for path in at_once(answers)}

    assert len(sizes) <= 9, sizes
    assert sum(sizes.values()) <= COLD_MAX_BYTES, sizes
    assert all(answers[path]["content-encoding"] == "br" for path in sizes)


def test_everything_named_is_there(answers: dict[str, dict[str, Any]]) -> None:
    assert {path: answer["status"] for path, answer in answers.items() if answer["status"] != 200} == {}


def test_what_has_a_name_by_its_content_is_kept_for_good_and_nothing_else(
    answers: dict[str, dict[str, Any]],
) -> None:
    by_content = {path for path, answer in answers.items() if "immutable" in answer.get("cache-control", "")}

    assert {path for path in at_once(answers) if path != "/"} <= by_content
    assert answers[FIXED]["cache-control"] == "max-age=0, public"  # by DEBUG; 60 in production
    assert answers["/"]["cache-control"] == answers["/service-worker.js"]["cache-control"] == "no-cache"


def test_the_service_worker_keeps_all_that_the_page_asks_for(answers: dict[str, dict[str, Any]]) -> None:
    kept = set(answers["/service-worker.js"]["files"])

    assert set(at_once(answers)) - {"/"} <= kept
    assert not [path for path in kept if "markdown" in path or "highlight" in path]


def test_the_client_stays_modules_at_its_address(collected: Path) -> None:
    assert 'from "./client/client.js"' in (collected / "chat/chat-client.js").read_text()
    assert (collected / "chat/client/client.js").exists()
    assert (collected / "chat/chat-client.js.br").exists()


def test_the_sources_of_the_page_are_not_there(collected: Path) -> None:
    assert {path.name for path in (collected / "chat/page").glob("*.js") if path.name.count(".") == 1} == {
        "main.js",
        "service-worker.js",
        "theme.js",
    }


def test_without_the_bundler_one_is_told_what_to_install(tmp_path: Path) -> None:
    env = os.environ | {"STATIC_ROOT": str(tmp_path), "PATH": ""}
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--ignore", "[!c]*"]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, check=False)

    assert done.returncode != 0
    assert "apt-get install esbuild" in done.stderr
