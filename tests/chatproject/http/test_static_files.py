"""Static files, as the ASGI application serves them: a warning there would be a line in the log for each."""

import httpx

from chatproject.asgi import django_application

FILE = "/static/chat/client/client.js"


async def get(method: str, path: str, **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=django_application)  # type: ignore[arg-type]  # typed by another ASGI vocabulary
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.request(method, path, headers=headers)


async def test_a_file_comes_whole_and_as_what_it_is() -> None:
    answer = await get("GET", FILE)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert len(answer.content) == int(answer.headers["content-length"]) > 1_000


async def test_its_head_has_no_body() -> None:
    answer = await get("HEAD", FILE)
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 1_000


async def test_who_has_it_already_is_told_so() -> None:
    modified = (await get("GET", FILE)).headers["last-modified"]
    answer = await get("GET", FILE, **{"If-Modified-Since": modified})
    assert (answer.status_code, answer.content) == (304, b"")


async def test_a_part_of_it_can_be_had() -> None:
    answer = await get("GET", FILE, Range="bytes=0-9")
    assert (answer.status_code, len(answer.content)) == (206, 10)


async def test_a_file_that_is_not_there_is_told_as_any_other_path() -> None:
    answer = await get("GET", "/static/chat/nothing.js")
    assert (answer.status_code, answer.json()["code"]) == (404, "E-C006")
