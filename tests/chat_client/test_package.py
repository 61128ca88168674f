"""The JavaScript client as others install it: the tarball of `make package`, among the packages of a program."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.javascript import node

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "chatproject/static/chat"
TYPESCRIPT = ROOT / "tests/contracts/node_modules/typescript/bin/tsc"
USAGE = (Path(__file__).with_name("usage.ts")).read_text()
NPM = ("--offline", "--no-audit", "--no-fund", "--loglevel=error")


def run(*command: str | Path, at: Path) -> str:
    done = subprocess.run([*map(str, command)], cwd=at, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody's, with the client among its packages, and a program that uses it."""
    packages, project = tmp_path_factory.mktemp("packages"), tmp_path_factory.mktemp("project")
    run("make", "package", f"PACKAGES={packages}", at=ROOT)
    [tarball] = packages.glob("*.tgz")
    (project / "package.json").write_text(json.dumps({"private": True, "type": "module"}))
    run("npm", "install", *NPM, tarball, at=project)
    (project / "usage.ts").write_text(
        USAGE.replace("../../chatproject/static/chat/chat-client.js", "community-chat-client")
    )
    return project


def installed(project: Path) -> set[str]:
    folder = project / "node_modules/community-chat-client"
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_it_holds_the_module_with_its_parts_the_declarations_and_a_licence(project: Path) -> None:
    parts = {f"client/{path.name}" for path in (SOURCES / "client").iterdir()}

    assert installed(project) == parts | {
        *("chat-client.js", "chat-client.d.ts", "package.json", "LICENSE", "README.md")
    }


@pytest.mark.parametrize(
    "how",
    [
        ("--module", "nodenext"),
        ("--module", "esnext", "--moduleResolution", "node10"),
    ],
    ids=lambda how: how[-1],
)
def test_a_program_in_typescript_finds_the_types(project: Path, how: tuple[str, ...]) -> None:
    strict = ("--noEmit", "--strict", "--skipDefaultLibCheck", "--target", "es2022", "--lib", "es2022,dom")

    run(*node(TYPESCRIPT, *strict, *how, "usage.ts"), at=project)


def test_a_program_imports_it_by_its_name(project: Path) -> None:
    (project / "program.mjs").write_text(
        'import * as client from "community-chat-client"; console.log(Object.keys(client).join());'
    )

    assert run(*node("program.mjs"), at=project) == "ChatClient,ChatError,Room\n"
