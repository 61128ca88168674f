"""What operators are shown of files."""

from prometheus_client import CollectorRegistry, generate_latest

from messaging.files.ending.ends import Ending
from messaging.files.ending.figures import FileFigures
from messaging.files.ending.straying import Figures


def lines(registry: CollectorRegistry) -> set[str]:
    return {line for line in generate_latest(registry).decode().splitlines() if not line.startswith("#")}


def test_how_many_there_are_is_said_by_who_knows() -> None:
    registry = CollectorRegistry()
    is_up = [True]
    figures = FileFigures(registry, is_store_up=lambda: is_up[0])
    assert {"chat_file_store_up 1.0", 'chat_files_ended_total{how="removed"} 0.0'} <= lines(registry)
    assert not [line for line in lines(registry) if line.startswith("chat_files{")]
    figures.show(Figures({"ready": 3, "gone": 1}, 4_500))
    figures.count(Ending({1: "a"}, {2: "b", 3: "c"}, frozenset()))
    figures.count_leftovers(4)
    is_up[0] = False
    assert {
        'chat_files{state="ready"} 3.0',
        "chat_files_kept_bytes 4500.0",
        'chat_files_ended_total{how="expired"} 2.0',
        'chat_files_ended_total{how="leftover"} 4.0',
        "chat_file_store_up 0.0",
    } <= lines(registry)
