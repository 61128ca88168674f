"""What the checking of files counts in one process."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from messaging.file_models import File

SECONDS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
AWAY = ("store", "scanner", "examiner")


class CheckMetrics:
    def __init__(self, registry: CollectorRegistry) -> None:
        self.checked = Counter("chat_files_checked", "Files checked, by outcome.", ["outcome"], registry=registry)
        self.again = Counter("chat_file_checks_again", "Checks put off, by why.", ["reason"], registry=registry)
        self.seconds = Histogram(
            "chat_file_check_seconds", "From when a process took a file.", buckets=SECONDS, registry=registry
        )
        self.waiting = Gauge("chat_files_waiting", "Files that wait, of all processes.", registry=registry)
        for outcome in ("ready", *File.Reason.values):
            self.checked.labels(outcome)
        for reason in AWAY:
            self.again.labels(reason)

    def count(self, outcome: str, *, seconds: float) -> None:
        self.checked.labels(outcome).inc()
        self.seconds.observe(seconds)
