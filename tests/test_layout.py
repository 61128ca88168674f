"""The shape of the project, held by tests: where tests stand, how large files are, what imports what."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

ROOT = Path(settings.BASE_DIR)
APPS = ("chatproject", "rooms", "messaging", "assistant")
LINES_MAX = 250
TEST_LINES_MAX = 400  # a table of cases is read from the top
# modules without a test module of their own, and where they are tested
TESTED_ELSEWHERE = {
    "assistant/providers/model_spans.py": "e2e/test_traces.py",
    "chatproject/outgoing/means.py": "chatproject/outgoing/test_sender.py",
    "messaging/sockets/frame_spans.py": "e2e/test_traces.py",
    "messaging/store/traced_batches.py": "e2e/test_traces.py",
    "chatproject/apps.py": "chatproject/test_logs.py",
    "chatproject/asgi.py": "chatproject/test_serve.py",
    "chatproject/models.py": "chatproject/staff/test_sign_in_limits.py",
    "chatproject/http/framework.py": "chatproject/http/test_api.py",
    "chatproject/management/commands/runserver.py": "e2e/test_other_servers.py",
    "chatproject/management/commands/send_events.py": "chatproject/test_serve_events.py",
    "chatproject/management/commands/check_files.py": "chatproject/test_serve_files.py",
    "messaging/personal/erasing/exported.py": "messaging/personal/erasing/test_job.py",
    "messaging/personal/erasing/foreseeing.py": "messaging/test_admin_erasures.py",
    "messaging/personal/erasing/parts.py": "messaging/personal/erasing/test_job.py",
    "messaging/personal/erasing/places.py": "messaging/personal/erasing/test_job.py",
    "messaging/personal/erasing/progress.py": "messaging/personal/erasing/test_job.py",
    "messaging/personal/erasing/rows.py": "messaging/personal/erasing/test_job.py",
    "messaging/personal/erasing/said.py": "messaging/personal/erasing/test_job.py",
    "messaging/personal/erasing/sent.py": "messaging/personal/erasing/test_job.py",
    "messaging/personal/erasing/traces.py": "messaging/personal/erasing/test_job.py",
    "assistant/erasing.py": "messaging/personal/erasing/test_job.py",
    "messaging/files/downloads/streaming.py": "messaging/files/downloads/test_serving.py",
    "messaging/personal/exports/answers.py": "messaging/test_views_exports.py",
    "messaging/personal/exports/assistant_tables.py": "messaging/personal/exports/test_tables.py",
    "messaging/personal/exports/left_out.py": "messaging/personal/exports/test_tables.py",
    "messaging/personal/exports/json_lists.py": "messaging/personal/exports/test_making.py",
    "messaging/personal/exports/messages.py": "messaging/personal/exports/test_making.py",
    "messaging/personal/exports/reading.py": "messaging/personal/exports/test_making.py",
    "messaging/personal/exports/schema.py": "messaging/personal/exports/test_making.py",
    "messaging/personal/exports/table.py": "messaging/personal/exports/test_tables.py",
    "messaging/personal/exports/text_parts.py": "messaging/personal/exports/test_making.py",
    "messaging/personal/exports/wording.py": "messaging/personal/exports/test_making.py",
    "messaging/events/sending.py": "chatproject/test_serve_events.py",
    "chatproject/outgoing/apps.py": "chatproject/outgoing/test_models.py",
    "chatproject/outgoing/composing.py": "chatproject/outgoing/test_sender.py",
    "chatproject/outgoing/bodies.py": "chatproject/outgoing/test_sender.py",
    "chatproject/outgoing/courier.py": "chatproject/outgoing/test_sender.py",
    "chatproject/outgoing/line.py": "chatproject/outgoing/test_lines.py",
    "chatproject/outgoing/metrics.py": "chatproject/outgoing/test_sender.py",
    "chatproject/outgoing/outcomes.py": "chatproject/outgoing/test_queue.py",
    "chatproject/server_api/apps.py": "chatproject/server_api/test_models.py",
    "chatproject/server_api/errors.py": "chatproject/test_errors.py",
    "messaging/server_views/described.py": "messaging/server_views/test_rooms.py",
    "rooms/deleted_models.py": "rooms/test_models.py",
    "rooms/invite_models.py": "rooms/test_models.py",
    "rooms/member_models.py": "rooms/test_models.py",
    "rooms/audit_models.py": "rooms/test_models.py",
    "rooms/moderation_models.py": "rooms/test_models.py",
    "rooms/moderation/renaming.py": "rooms/moderation/test_rules.py",
    "rooms/apps.py": "rooms/test_admin.py",
    "rooms/urls.py": "chatproject/test_urls.py",
    "messaging/apps.py": "rooms/test_admin.py",
    "messaging/limits.py": "e2e/test_limits.py",
    "messaging/care_models.py": "messaging/test_models.py",
    "messaging/filter_models.py": "messaging/test_models.py",
    "messaging/mention_models.py": "messaging/test_models.py",
    "messaging/moderation_models.py": "messaging/test_models.py",
    "messaging/wire/room_frames.py": "messaging/wire/test_protocol.py",
    "chatproject/file_errors.py": "chatproject/test_errors.py",
    "chatproject/room_errors.py": "chatproject/test_errors.py",
    "messaging/file_models.py": "messaging/test_models.py",
    "messaging/files/service.py": "messaging/test_views_files.py",
    "messaging/files/storage/places.py": "messaging/files/storage/test_store.py",
    "messaging/files/checks/metrics.py": "chatproject/test_serve_files.py",
    "messaging/files/examining/__main__.py": "messaging/files/examining/test_running.py",
    "messaging/files/examining/bounds.py": "messaging/files/examining/test_running.py",
    "messaging/files/examining/verdict.py": "messaging/files/examining/test_running.py",
    "messaging/delivery/teller.py": "messaging/test_server_ephemeral.py",
    "messaging/hearing.py": "messaging/test_server_ephemeral.py",
    "messaging/views_filter.py": "messaging/test_views_held.py",
    "messaging/store/held_statements.py": "messaging/store/test_screened.py",
    "messaging/push_models.py": "messaging/push/test_subscriptions.py",
    "messaging/search_models.py": "messaging/search/test_index.py",
    "messaging/report_models.py": "messaging/moderation/test_slowing.py",
    "messaging/urls.py": "chatproject/test_urls.py",
    "assistant/apps.py": "assistant/test_admin.py",
    "assistant/urls.py": "chatproject/test_urls.py",
}


def python_files(folder: str) -> Iterator[Path]:
    return (ROOT / folder).rglob("*.py")


def source_modules() -> list[str]:
    """Paths of the modules that hold code, relative to the project."""
    files = (path.relative_to(ROOT) for app in APPS for path in python_files(app))
    return sorted(str(path) for path in files if path.name != "__init__.py" and "migrations" not in path.parts)


def test_modules(module: str) -> list[Path]:
    """Where a module's tests may stand: in the same folder of `tests`, in its own file or several in its name.

    Those of commands and what is beside them are in the app's, commands' in one file where they are small.
    """
    path = Path(module)
    folder = ROOT / "tests" / Path(*(part for part in path.parent.parts if part not in ("management", "commands")))
    names = [f"test_{path.stem}.py", f"test_{path.stem}_*.py"]
    if "commands" in path.parts:
        names.append("test_commands.py")
    return [found for name in names for found in folder.glob(name)]


test_modules.__test__ = False  # type: ignore[attr-defined]  # no test itself


@pytest.mark.parametrize("module", source_modules())
def test_every_module_has_its_tests(module: str) -> None:
    elsewhere = TESTED_ELSEWHERE.get(module)

    assert test_modules(module) or elsewhere, f"write tests/{Path(module).parts[0]}/test_{Path(module).name}"
    assert elsewhere is None or (ROOT / "tests" / elsewhere).exists()


def test_the_exceptions_are_modules_that_exist() -> None:
    assert set(TESTED_ELSEWHERE) <= set(source_modules())


@pytest.mark.parametrize(("folder", "longest"), [*((app, LINES_MAX) for app in APPS), ("tests", TEST_LINES_MAX)])
def test_no_file_is_longer_than_a_reader_bears(folder: str, longest: int) -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in python_files(folder)}

    assert {path: lines for path, lines in lengths.items() if lines > longest} == {}


@pytest.mark.parametrize("module", source_modules())
def test_every_module_says_what_lives_there(module: str) -> None:
    assert (ROOT / module).read_text().startswith('"""'), f"{module} begins without a docstring"


def test_what_starts_servers_says_so() -> None:
    modules = (ROOT / "tests/e2e").glob("test_*.py")
    assert not [path.name for path in modules if "pytestmark = pytest.mark.e2e" not in path.read_text()]


def test_imports_keep_the_contracts() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-4000:]


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True)


def test_the_top_level_holds_what_such_a_project_needs_and_no_more() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert {line.partition("/")[0] for line in tracked.splitlines()} - {".gitignore", ".dockerignore"} <= {
        *APPS,
        "tests",
        "docs",
        "findings",
        ".ci",
        ".github",
        "manage.py",
        "requirements.txt",
        "requirements-dev.txt",
        "docker-compose.yml",
        "Dockerfile",
        "Makefile",
        "pyproject.toml",
        "README.md",
        "CHANGELOG.md",
    }
