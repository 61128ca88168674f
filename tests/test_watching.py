"""What operators are given to watch the chat by: every name in it is on /metrics of a real server, and says so."""

import json
import re
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from chatproject.database.replica import replica
from tests.chatproject.chat_server import chat_server
from tests.chatproject.conftest import migrated as migrated
from tests.servers import RedisServer, running
from tests.times import POLL_S, WAIT_S

pytestmark = pytest.mark.e2e

DOCS = Path(settings.BASE_DIR) / "docs"
NAME = re.compile(r"\b(?:chat|process|python)_[a-z_]+\b")
OF_EACH_MACHINE = {"up", "process_start_time_seconds"}  # Prometheus' own, and Linux'
# counted alike by every process: a sum over them says nothing
SAME_EVERYWHERE = (
    "chat_concerns_open",
    "chat_files",
    "chat_files_kept_bytes",
    "chat_files_waiting",
    "chat_file_store_up",
    "chat_limits_up",
    "chat_presence_up",
    "chat_relay_up",
    "chat_replica_up",
    "chat_signals_failing",
    "chat_worker_up",
)
LEFT_OUT: set[str] = set()  # of ours: not on the dashboard


def expressions() -> list[str]:
    dashboard = json.loads((DOCS / "grafana.json").read_text())
    return [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]


def alerts() -> list[dict[str, Any]]:
    rules = yaml.safe_load((DOCS / "alerts.yml").read_text())
    return [rule for group in rules["groups"] for rule in group["rules"]]


def names_in(texts: list[str]) -> set[str]:
    return {name for text in texts for name in NAME.findall(re.sub(r"\[[^\]]*\]|by \([^)]*\)", "", text))}


def names_told(text: str) -> set[str]:
    """Of samples, and of what has none yet."""
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    buckets = {
        f"{name}_{part}" for name, kind in kinds.items() if kind == "histogram" for part in ("bucket", "sum")
    }
    return set(kinds) | buckets | set(re.findall(r"^(\w+)", text, re.MULTILINE))


@pytest.fixture(scope="module")
def told(
    tmp_path_factory: pytest.TempPathFactory, migrated: Path, redis_server: RedisServer
) -> Iterator[set[str]]:
    """What two workers tell that do everything which may be turned on; a replica is beside them in production."""
    directory = tmp_path_factory.mktemp("watched")
    server = chat_server(directory, migrated, "--workers", "2", redis_url=redis_server.url)
    server.environment |= {
        "VAPID_PRIVATE_KEY": urlsafe_b64encode(bytes([1] * 32)).decode(),
        "VAPID_SUBJECT": "mailto:alice@example.com",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
        "FILES_URL": f"file://{directory}",
        "LINK_PREVIEWS": "1",
    }
    of_replicas = {f"{metric.name}_total" for metric in replica.reads.describe()}
    of_replicas |= {metric.name for metric in replica.up.describe()}
    with running(server):
        server.wait_for_log("Application startup complete", times=2)
        deadline = time.monotonic() + WAIT_S
        while True:  # files are counted when they were gone through
            with server.get("/metrics") as answer:
                found = names_told(answer.read().decode())
            if {"chat_files", "chat_worker_up"} <= found or time.monotonic() > deadline:
                break
            time.sleep(POLL_S)
        yield found | of_replicas


def test_every_name_on_the_dashboard_and_in_the_alerts_is_told(told: set[str]) -> None:
    asked = names_in(expressions()) | names_in([alert["expr"] for alert in alerts()])
    assert asked - OF_EACH_MACHINE <= told


def test_every_number_of_ours_is_on_the_dashboard(told: set[str]) -> None:
    shown = {re.sub(r"_(bucket|sum|count)$", "", name) for name in names_in(expressions())}
    ours = {re.sub(r"_(bucket|sum|count|created)$", "", name) for name in told if name.startswith("chat_")}
    ours = {name for name in ours if f"{name}_total" not in ours}
    assert ours - shown == LEFT_OUT


def test_what_every_process_counts_alike_is_never_added_up() -> None:
    for expression in [*expressions(), *(alert["expr"] for alert in alerts())]:
        for name in SAME_EVERYWHERE:
            if re.search(rf"\b{name}\b(?!_)", expression):
                assert "sum" not in expression.split(name)[0].rsplit(" or ", 1)[-1], expression


def test_each_alert_says_what_it_is_about_and_the_handbook_what_to_do() -> None:
    handbook = (DOCS / "operations.md").read_text()
    section = handbook.split("## Alerts, and what to do")[1].split("\n## ")[0]
    assert len({alert["alert"] for alert in alerts()}) == len(alerts())
    for alert in alerts():
        assert alert["annotations"]["summary"]
        assert alert["labels"]["severity"] in ("page", "ticket", "info")
        assert f"| `{alert['alert']}` |" in section
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == {alert["alert"] for alert in alerts()}
