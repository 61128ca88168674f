"""A program of others, with the JavaScript client among its packages: the tarball of `make package`."""

import json
import subprocess
from pathlib import Path

from tests.javascript import TESTS, node

CONTRACTS = TESTS / "contracts/node_modules"
TYPESCRIPT = CONTRACTS / "typescript/bin/tsc"
REACT = ("react", "react-dom", "scheduler", "happy-dom", "@types/react", "@types/react-dom", "csstype")
NPM = ("--offline", "--no-audit", "--no-fund", "--loglevel=error")
STRICT = ("--strict", "--target", "es2022", "--lib", "es2022,dom,dom.iterable")


def run(*command: str | Path, at: Path) -> str:
    """What it printed, once it ended well."""
    done = subprocess.run([*map(str, command)], cwd=at, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def compile_typescript(*arguments: str, at: Path) -> None:
    run(*node(TYPESCRIPT, *STRICT, *arguments), at=at)


def make_project(folder: Path) -> Path:
    """The program's folder, below that one."""
    packages, project = folder / "packages", folder / "project"
    project.mkdir()
    run("make", "package", f"PACKAGES={packages}", at=TESTS.parent)
    [tarball] = packages.glob("*.tgz")
    (project / "package.json").write_text(json.dumps({"private": True, "type": "module"}))
    run("npm", "install", *NPM, tarball, at=project)
    return project


def add_react(project: Path) -> None:
    """As the tests have it, with its types and a document for it."""
    for name in REACT:
        link = project / "node_modules" / name
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(CONTRACTS / name)
