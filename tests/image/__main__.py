"""Builds the image in build/image and runs it as compose says. usage: python -m tests.image [--keep]

`--keep`: what was built before stays as it is, and is only run. Needs root, debootstrap and iproute2.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from tests.image.building import Image, image_of
from tests.image.roots import copy_of, debian, install, size_of
from tests.image.sbom import write_sbom

PROJECT = Path(__file__).resolve().parents[2]
INTO = PROJECT / "build/image"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.image", description="The image, without an engine.")
    parser.add_argument("--keep", action="store_true", help="run what was built before")
    described = INTO / "image.json"
    if not parser.parse_args().keep or not described.exists():
        began = time.monotonic()
        base = debian(INTO / "debian")
        image = image_of(PROJECT, base=base, into=INTO / "stages")
        described.write_bytes(msgspec.json.encode(image, enc_hook=str))
        _bring_servers(base)
        print(f"built in {time.monotonic() - began:.0f} s: {_size(image, base)}")
        for path in write_sbom(image, INTO / "sbom"):
            print(f"SBOM: {path.relative_to(PROJECT)}")
    # a network of their own: nothing here listens where this machine's programs do
    alone = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    done = subprocess.run(
        [*alone, sys.executable, "-m", "tests.image.running", str(INTO)], cwd=PROJECT, check=False
    )
    sys.exit(done.returncode)


def _bring_servers(base: Path) -> None:
    """What compose takes from elsewhere, from Debian: MySQL is in its unstable suite alone."""
    if not (INTO / "servers").exists():
        install(copy_of(base, INTO / "servers.new"), "mariadb-server", "redis-server", "nginx-light", "procps")
        (INTO / "servers.new").rename(INTO / "servers")
    if not (INTO / "mysql").exists():
        install(debian(INTO / "mysql.new", suite="sid"), "mysql-server-core")
        (INTO / "mysql.new").rename(INTO / "mysql")


def _size(image: Image, base: Path) -> str:
    whole, beneath = size_of(image.root) / 2**20, size_of(base) / 2**20
    return f"{whole:.0f} MiB, of which Debian's base {beneath:.0f}"


if __name__ == "__main__":
    main()
