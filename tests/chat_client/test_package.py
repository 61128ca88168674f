"""The JavaScript client as others install it: what the package holds, its types, its name."""

from pathlib import Path

import pytest

from tests.javascript import TESTS, node
from tests.packaged import compile_typescript, make_project, run

SOURCES = TESTS.parent / "chatproject/static/chat"
USAGE = (Path(__file__).with_name("usage.ts")).read_text()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody's, with a program that uses the client."""
    project = make_project(tmp_path_factory.mktemp("packaged"))
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
    compile_typescript("--noEmit", "--skipDefaultLibCheck", *how, "usage.ts", at=project)


def test_a_program_imports_it_by_its_name(project: Path) -> None:
    (project / "program.mjs").write_text(
        'import * as client from "community-chat-client"; console.log(Object.keys(client).join());'
    )

    assert run(*node("program.mjs"), at=project) == "ChatClient,ChatError,Room\n"
