"""The OpenAPI document against a running server: what it allows is taken, what it does not is refused as it says.

schemathesis makes the requests up, from the document alone, with all its checks on: the same ones in every run,
others with `--hypothesis-profile=random`.
"""

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import hypothesis
import pytest

from tests.e2e import processes
from tests.e2e.conftest import NO_LIMITS
from tests.e2e.processes import Process, environment, manage, migrate, running, serve, with_model
from tests.e2e.secrecy import keep_secret, make_token
from tests.times import WAIT_S

pytestmark = pytest.mark.e2e

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
ORDINARY_SEED = 1
# requests for each operation, beside those for each limit of each parameter; the same ones again need not be many
EXAMPLES, RANDOM_EXAMPLES = 5, 25


class Kept(NamedTuple):
    """A server with the demo's rooms, and what opens its two APIs."""

    process: Process
    token: str  # of a member who is an ADMIN
    key: str  # of the main server


@pytest.fixture(scope="module")
def server(logs: Path) -> Iterator[Kept]:
    """One of its own: other tests do not expect strangers to come and go."""
    env = environment(database_url=f"sqlite:///{logs}/openapi.sqlite3", **NO_LIMITS)
    migrate(env)
    manage(env, "seed_demo", "--force")
    scopes = ("rooms", "members", "notices", "sessions")
    key = manage(env, "make_server_key", "main", *(f"--scope={scope}" for scope in scopes)).strip()
    keep_secret(key)
    model = processes.standin(logs, env)
    process = serve(logs, env | with_model(model.address))
    with running(model, process):
        yield Kept(process, make_token(1, nickname="민수", role="ADMIN"), key)


def assert_keeps_its_word(server: Kept, document: str, header: str, cwd: Path) -> None:
    is_ordinary = hypothesis.settings().derandomize
    seed = ORDINARY_SEED if is_ordinary else random.randrange(2**32)
    examples = EXAMPLES if is_ordinary else RANDOM_EXAMPLES
    command = [str(Path(sys.executable).with_name("schemathesis")), f"--config-file={CONFIGURATION}"]
    command += ["run", f"{server.process.address}{document}"]
    command += [f"--header={header}", "--checks=all", f"--max-examples={examples}"]
    command += [
        f"--request-timeout={WAIT_S}",
        "--suppress-health-check=too_slow",
    ]  # a busy machine may take its time
    command += [f"--seed={seed}", "--no-color", "--continue-on-failure"]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout  # names the seed and every request that broke a promise


def test_the_server_keeps_its_word(server: Kept, tmp_path: Path) -> None:
    assert_keeps_its_word(server, "/v1/schema", f"access: {server.token}", tmp_path)


def test_it_does_to_the_main_server_too(server: Kept, tmp_path: Path) -> None:
    assert_keeps_its_word(server, "/v1/server/schema", f"Authorization: Bearer {server.key}", tmp_path)
