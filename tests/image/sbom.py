"""What the image is made of, in CycloneDX: by debsbom for Debian's packages, by cyclonedx-py for Python's."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.image.building import Image
from tests.image.roots import command_in

TOOLS = ("cyclonedx-bom==7.5.0", "debsbom==0.10.2")


def write_sbom(image: Image, folder: Path) -> Sequence[Path]:
    """The files written. The tools are installed beside what is looked at, never into it."""
    folder.mkdir(parents=True, exist_ok=True)
    tools = folder / "tools"
    if not tools.exists():
        subprocess.run([sys.executable, "-m", "venv", str(tools)], check=True)
        subprocess.run([str(tools / "bin/pip"), "install", "--quiet", *TOOLS], check=True)
    debian, python = folder / "debian.cdx.json", folder / "python.cdx.json"
    generate = [str(tools / "bin/debsbom"), "generate", "--sbom-type", "cdx", "--distro-arch", _architecture()]
    subprocess.run([*generate, "--root", str(image.root), "--out", str(folder / "debian")], check=True)
    installed = subprocess.run(
        command_in(image.root, ["pip", "freeze", "--all"]), env=image.environment, check=True, capture_output=True
    )
    describe = [str(tools / "bin/cyclonedx-py"), "requirements", "--output-reproducible"]
    subprocess.run([*describe, "--output-file", str(python), "-"], input=installed.stdout, check=True)
    return debian, python


def _architecture() -> str:
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)
