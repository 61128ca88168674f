"""What a photograph costs those who only chat, how soon it is there, and what a hundred uploads take of memory."""

import asyncio
import io
import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from PIL import Image
from websockets.asyncio.client import ClientConnection, connect

from tests.load.beside import House, open_houses
from tests.load.cost import TICKS_PER_S, cpu_s, memory_kib
from tests.load.dialects import OurDialect, Seat
from tests.load.drive import Sample
from tests.load.generating import write_seats
from tests.load.results import ACK_P99, GENERATOR, MESSAGES, P50, P99, SERVER, Column, Line, Part, Table
from tests.load.systems import Stage, seats_in

ROOMS, PER_ROOM = 100, 5
RATE, SAMPLE_S = 300, 6
STEP = f"rate:{RATE}:{SAMPLE_S}"
PHOTO_BYTES, PHOTO_SIZE = 10 * 1024 * 1024, (6_000, 4_000)
PHOTO_TYPE = "image/jpeg"
STEP_BYTES = 64 * 1024
UPLOADS = 100
PER_ADDRESS = 25  # as of four households
CROWDS_MOST = 2  # rounds of them: a gigabyte each
ENDS_WITHIN_S = 60.0
LINE_BYTES_PER_S = 100_000_000 / 8  # of a good line at home
ALONE, BESIDE = "chat alone", "photographs one after another beside it, at 100 Mbit/s"
UNBOUNDED = "the same as fast as one machine sends to itself"
RATIO = Column("p99_ratio", "p99, times that of chat alone", 2)
READY = Column("ready_s", "s to be ready", 2)
LONGEST = Column("longest_s", "the longest of a round", 2)
PHOTOS = Column("photos", "photographs", 0)
OWN_CPU = Column("own_cpu_s", "server's CPU s each", 2)
EXAMINER_CPU = Column("examiner_cpu_s", "examiner's CPU s each", 2)
GROWN = Column("grown_mib", "MiB more at most", 0)
TOOK = Column("took_s", "s until all were there", 1)
ABOUT = f"""\
A photograph of {PHOTO_SIZE[0]:,} by {PHOTO_SIZE[1]:,} pixels and 10 MiB, as a camera writes it. The server and the
process in which it examines files share one core; MariaDB, Redis, the generator and who sends have the others. In
{ROOMS} rooms of {PER_ROOM} {RATE} messages a second are said by the clock, alone and while somebody sends one
photograph after another, over a line of 100 Mbit/s and without one: counted from the last byte that is sent to the
message that shows it ready. Then {UPLOADS} members send one each at once, as fast as they are taken: the most
memory that the server's process has meanwhile, less what it had before. The examining process is not counted; it
has bounds of its own."""


async def measure(stage: Stage, rounds: int) -> Part:
    seats = seats_in(ROOMS, PER_ROOM)
    photographer = Seat(ROOMS + 1, len(seats) + 1)
    crowd = [Seat(ROOMS + 2, len(seats) + 2 + number) for number in range(UPLOADS)]
    folder = stage.logs / "files"
    unlimited = dict.fromkeys(("LIMIT_FILES_MB_PER_DAY", "LIMIT_FILES_MB_PER_ROOM", "LIMIT_FILES_MB"), "0")
    settings = {"FILES_URL": folder.as_uri(), **unlimited}
    house = open_houses(stage, [*seats, photographer, *crowd], settings=settings)[0]
    write_seats(house.seats, seats)  # those of the generator's sockets
    photo = photograph()
    with _on_other_cores(house):
        chats = await _beside_each_other(house, photographer, photo, rounds=rounds)
        at_once = Line(f"{UPLOADS} uploads at once", [])
        for _ in range(min(rounds, CROWDS_MOST)):
            _forget(stage, house, folder)
            at_once.samples.append(await _uploads_at_once(house, crowd, photo))
    return Part("Photographs", ABOUT, _tables(chats, at_once), _findings(chats[1], at_once))


@contextmanager
def _on_other_cores(house: House) -> Iterator[None]:
    """Also what sends photographs leaves the server its core."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, [int(core) for core in house.other_cores.split(",")])
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def photograph() -> bytes:
    """Of so many bytes: a sky, grain as sensors have it, and the words of a camera."""
    grain = Image.effect_noise(PHOTO_SIZE, 28)
    sky = Image.linear_gradient("L").resize(PHOTO_SIZE)
    picture = Image.merge("YCbCr", (Image.blend(sky, grain, 0.5), sky, sky.rotate(180))).convert("RGB")
    words = Image.Exif()
    words[0x0110] = "A camera"
    least, most = 20, 95
    while least < most:
        quality = (least + most + 1) // 2
        raw = _jpeg(picture, quality, words)
        least, most = (quality, most) if len(raw) <= PHOTO_BYTES else (least, quality - 1)
    raw = _jpeg(picture, least, words)
    assert PHOTO_BYTES * 0.8 < len(raw) <= PHOTO_BYTES, len(raw)
    return raw + bytes(PHOTO_BYTES - len(raw))  # cameras leave something behind the picture too


def _jpeg(picture: Image.Image, quality: int, words: Image.Exif) -> bytes:
    raw = io.BytesIO()
    picture.save(raw, "JPEG", quality=quality, exif=words)
    return raw.getvalue()


# --- one after another


async def _beside_each_other(house: House, seat: Seat, photo: bytes, *, rounds: int) -> list[Line]:
    """The chat alone and with photographs, in turns."""
    lines = [Line(name, []) for name in (ALONE, BESIDE, UNBOUNDED)]
    await _chat(house)  # warm
    for number in range(rounds):
        alone = await _chat(house) if number % 2 == 0 else None
        besides = [await _chat_beside(house, seat, photo, speed) for speed in (LINE_BYTES_PER_S, None)]
        alone = alone or await _chat(house)
        lines[0].samples.append(alone)
        for line, beside in zip(lines[1:], besides, strict=True):
            line.samples.append(beside | {"p99_ratio": beside["p99_ms"] / alone["p99_ms"]})
    return lines


async def _chat(house: House) -> Sample:
    return (await asyncio.to_thread(house.play, STEP))[STEP]


async def _chat_beside(house: House, seat: Seat, photo: bytes, bytes_per_s: float | None) -> Sample:
    async with Sender(house, seat) as sender:
        await sender.send(photo)  # warm: modules, connections
        chatting = asyncio.create_task(_chat(house))
        pid = house.pids[0]
        own, examiner = cpu_s([pid]), _children_cpu_s(pid)
        waits_s: list[float] = []
        while not chatting.done():
            waits_s.append(await sender.send(photo, bytes_per_s))
        sample = await chatting
    count = len(waits_s)
    return sample | {
        "ready_s": sum(waits_s) / count,
        "longest_s": max(waits_s),
        "photos": float(count),
        "own_cpu_s": (cpu_s([pid]) - own) / count,
        "examiner_cpu_s": (_children_cpu_s(pid) - examiner) / count,
    }


def _children_cpu_s(pid: int) -> float:
    """Of the processes that this one started and that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / TICKS_PER_S


class Sender:
    """A member with a socket who sends photographs to a room."""

    def __init__(self, house: House, seat: Seat, address: str = "127.0.0.1") -> None:
        self._port, self._seat, self._address = house.services[0].port, seat, address
        self._path = OurDialect().path(seat)
        headers = {"Authorization": f"Bearer {self._path.partition('=')[2]}"}
        self._http = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{self._port}", headers=headers, trust_env=False, timeout=ENDS_WITHIN_S
        )
        self._socket: ClientConnection | None = None

    async def __aenter__(self) -> "Sender":
        self._socket = await connect(
            f"ws://127.0.0.1:{self._port}{self._path}", proxy=None, compression=None, max_size=None
        )
        await self._socket.send(json.dumps({"type": "subscribe", "roomId": self._seat.room_id}))
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._socket is not None
        await self._socket.close()
        await self.leave()

    async def leave(self) -> None:
        await self._http.aclose()

    async def send(self, photo: bytes, bytes_per_s: float | None = None) -> float:
        """Seconds from its last byte to the message that shows it ready."""
        announced = await self.announce(photo)
        sent_at = await self.upload(announced, photo, bytes_per_s)
        assert self._socket is not None
        frame = {"type": "chat", "roomId": self._seat.room_id, "message": "", "attachments": [announced["fileId"]]}
        await self._socket.send(json.dumps(frame))
        async with asyncio.timeout(ENDS_WITHIN_S):
            while not _shows_ready(json.loads(await self._socket.recv()), announced["fileId"]):
                pass
        return time.perf_counter() - sent_at

    async def announce(self, photo: bytes) -> dict[str, Any]:
        body = {"name": "photograph.jpg", "size": len(photo), "type": PHOTO_TYPE}
        answer = await self._http.post(f"/v1/chat/room/{self._seat.room_id}/file", json=body)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()["data"]
        return found

    async def upload(self, announced: dict[str, Any], photo: bytes, bytes_per_s: float | None = None) -> float:
        """When its last byte was given to the kernel."""
        upload = announced["upload"]
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port, local_addr=(self._address, 0))
        writer.transport.set_write_buffer_limits(0)
        lines = [
            f"{upload['method']} {upload['url']} HTTP/1.1",
            f"Host: 127.0.0.1:{self._port}",
            f"Content-Length: {len(photo)}",
            f"Content-Type: {PHOTO_TYPE}",
            "Connection: close",
        ]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        begun = time.perf_counter()
        for start in range(0, len(photo), STEP_BYTES):
            writer.write(photo[start : start + STEP_BYTES])
            await writer.drain()
            if bytes_per_s is not None:
                await asyncio.sleep(start / bytes_per_s - (time.perf_counter() - begun))
        sent_at = time.perf_counter()
        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 200"), answer[:500]
        writer.close()
        return sent_at


def _shows_ready(frame: dict[str, Any], file_id: int) -> bool:
    assert frame["type"] != "error", frame
    files = frame.get("attachments", []) if frame["type"] in ("chat", "changed") else []
    return any(file["fileId"] == file_id and file.get("state", "ready") == "ready" for file in files)


# --- a hundred at once


def _forget(stage: Stage, house: House, folder: Path) -> None:
    """A new process, which has nothing to examine."""
    for service in house.services:
        service.kill()
    database = urlsplit(house.services[0].environment["DATABASE_URL"]).path.lstrip("/")
    stage.database.execute(f"DELETE FROM {database}.chat_files")
    shutil.rmtree(folder, ignore_errors=True)
    house.restart()


async def _uploads_at_once(house: House, seats: Sequence[Seat], photo: bytes) -> Sample:
    senders = [
        Sender(house, seat, address=f"127.0.0.{2 + number // PER_ADDRESS}") for number, seat in enumerate(seats)
    ]
    announced = [await sender.announce(photo) for sender in senders]
    for sender in senders:
        await sender.leave()
    pid = house.pids[0]
    _count_peak_from_here(pid)
    before, began = memory_kib([pid]), time.perf_counter()
    uploads = zip(senders, announced, strict=True)
    await asyncio.gather(*(sender.upload(file, photo) for sender, file in uploads))
    return {"grown_mib": (_peak_kib(pid) - before) / 1024, "took_s": time.perf_counter() - began}


def _count_peak_from_here(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def _peak_kib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


# --- what was found


def _tables(chats: list[Line], at_once: Line) -> list[Table]:
    return [
        Table("Chat", [P50, P99, RATIO, ACK_P99, MESSAGES, SERVER, GENERATOR], chats, plotted=P99),
        Table("A photograph", [READY, LONGEST, PHOTOS, OWN_CPU, EXAMINER_CPU], chats[1:]),
        Table("Memory", [GROWN, TOOK], [at_once]),
    ]


def _findings(beside: Line, at_once: Line) -> list[str]:
    ready, ratio, grown = beside.median("ready_s"), beside.median("p99_ratio"), at_once.median("grown_mib")
    return [
        f"A photograph of 10 MiB is ready {ready:.1f} s after its last byte (target: 3 s).",
        f"Meanwhile the p99 of the chat is {ratio:.2f} times what it is alone (target: less than 1.20).",
        f"{UPLOADS} uploads at once take {grown:.0f} MiB (target: less than 200).",
    ]
