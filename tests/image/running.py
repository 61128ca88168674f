"""Runs the image as the compose file says, with MySQL and with MariaDB, and looks at it as people do.

Started by `tests.image` in a network of its own.
"""

import asyncio
import os
import shutil
import statistics
import sys
from pathlib import Path

import msgspec

from tests.image.building import Image
from tests.image.composed import services_of
from tests.image.smoke import look_at_the_page, talk
from tests.image.stack import ADDRESSES, Stack, connect
from tests.image.variables import look_at_every_variable

PROJECT = Path(__file__).resolve().parents[2]
GIVEN = {
    "MYSQL_PASSWORD": "a-password-of-its-own",
    "DJANGO_SECRET_KEY": "0123456789abcdef-django-0123456789abcdef",
    "JWT_SECRET": "fedcba9876543210-jwt-fedcba9876543210",
    "ALLOWED_HOSTS": ADDRESSES["nginx"],
}
STARTS = 5
STOP_GRACE_S = 15.0
# what a process of the image may do: nothing that its user may not
ASK = "id -u; grep CapBnd /proc/self/status; touch /app/a-file 2>&1 || true; touch /tmp/a-file && echo writable"


def main() -> None:
    into = Path(sys.argv[1])
    connect()
    image = msgspec.json.decode(
        (into / "image.json").read_bytes(), type=Image, dec_hook=lambda kind, value: kind(value)
    )
    services = services_of((PROJECT / "docker-compose.yml").read_text(), GIVEN)
    for database in ("mysql", "mariadb"):
        folder = into / f"run-{database}"
        shutil.rmtree(folder, ignore_errors=True)
        stack = Stack(image, services, into / "servers", folder)
        try:
            print(f"--- with {database}", flush=True)
            if database == "mysql":
                stack.start_mysql(into / "mysql")
            else:
                stack.start_mariadb()
            look(stack)
            if database == "mysql":
                look_at_every_variable(stack)
        finally:
            stack.close()
    print("the image is as it should be")


def look(stack: Stack) -> None:
    stack.start_redis()
    migrated = stack.run("migrate", stack.services["migrate"]["command"])
    assert migrated.returncode == 0, migrated.stdout + migrated.stderr
    for service in ("chat-1", "chat-2"):
        stack.start(service)
    stack.start_nginx(PROJECT / "docs/nginx.conf")
    address = f"http://{ADDRESSES['nginx']}"
    look_at_the_page(address)
    asyncio.run(talk(address, secret=GIVEN["JWT_SECRET"]))
    print("members talk over both servers, with a picture, and find it again")

    healthy = stack.run("chat-1", stack.image.health_check)
    assert healthy.returncode == 0, healthy.stderr
    asked = stack.run("chat-1", ["sh", "-c", ASK]).stdout
    assert asked.split("\n")[0] == str(stack.image.user), asked
    assert "CapBnd:\t0000000000000000" in asked, asked
    assert "Read-only file system" in asked, asked
    assert asked.rstrip().endswith("writable"), asked
    print(f"user {stack.image.user}, no capabilities, the file system read-only but for /tmp and the files")

    ended = [stack.stop("chat-2")]
    took = []
    for _ in range(STARTS):
        took.append(stack.start("chat-2"))
        ended.append(stack.stop("chat-2"))
    assert max(ended) < STOP_GRACE_S, ended
    memory = Path(f"/proc/{stack.pid_of('chat-1')}/status").read_text().partition("VmRSS:")[2].split()[0]
    print(
        f"ready {statistics.median(took):.1f} s after its start (median of {STARTS}, {max(took):.1f} at most),"
        f" ended {max(ended):.1f} s after SIGTERM at most, {int(memory) / 1024:.0f} MiB of memory"
    )


if __name__ == "__main__":
    os.umask(0o022)
    main()
