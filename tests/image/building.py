"""Does what the Dockerfile says, stage by stage. The result is a root, and how a container of it is started."""

import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from tests.image.dockerfile import Stage, assignments_of, stages_of
from tests.image.roots import PATH, build, copy_of

BASE = "debian:trixie-slim"  # what `roots.debian` makes


@dataclass(frozen=True)
class Image:
    """The last stage of a Dockerfile, done."""

    root: Path
    environment: dict[str, str]
    folder: str
    user: int
    command: list[str]
    health_check: list[str]


class _Built(NamedTuple):
    root: Path
    environment: dict[str, str]
    folder: str


def image_of(context: Path, *, base: Path, into: Path) -> Image:
    """The image of `context`'s Dockerfile. Raises CalledProcessError where a step of it fails."""
    built: dict[str, _Built] = {}
    stages = stages_of((context / "Dockerfile").read_text())
    for number, stage in enumerate(stages):
        assert stage.base == BASE, f"{stage.base} is not what is made here"
        name = stage.name or str(number)
        built[name] = _build(stage, copy_of(base, into / name), context, built)
    root, environment, folder = built[name]
    user = _user_id(root, stages[-1].last("USER"))
    return Image(root, environment, folder, user, stages[-1].command, stages[-1].health_check)


def _build(stage: Stage, root: Path, context: Path, built: dict[str, _Built]) -> _Built:
    so_far = _Built(root, {"PATH": PATH}, "/")
    for word, rest in stage.instructions:
        match word:
            case "RUN":
                print(f"RUN {rest[:100]}", flush=True)
                build(root, rest, environment=so_far.environment, folder=so_far.folder)
            case "COPY":
                _copy(rest, so_far, context, built)
            case "WORKDIR":
                so_far = so_far._replace(folder=rest)
                _within(root, "/", rest).mkdir(parents=True, exist_ok=True)
            case "ENV":
                so_far.environment.update(assignments_of(rest, so_far.environment))
    return so_far


def _copy(rest: str, stage: _Built, context: Path, built: dict[str, _Built]) -> None:
    """From the context, without what .dockerignore leaves out of folders, or from an earlier stage."""
    *options, from_name, to_name = rest.split()
    there = _within(stage.root, stage.folder, to_name)
    if options:
        earlier = built[options[0].removeprefix("--from=")]
        shutil.copytree(_within(earlier.root, earlier.folder, from_name), there, symlinks=True)
    elif (context / from_name).is_dir():
        shutil.copytree(context / from_name, there, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(context / from_name, there)


def _within(root: Path, folder: str, name: str) -> Path:
    """Where a path of the image lies here; relative ones begin in its folder."""
    return root / str(PurePosixPath(folder) / name).lstrip("/")


def _user_id(root: Path, name: str) -> int:
    accounts = (line.split(":") for line in (root / "etc/passwd").read_text().splitlines())
    return next(int(account[2]) for account in accounts if account[0] == name)
