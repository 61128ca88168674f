"""The library costs nothing where nobody asked for traces: it is not even imported."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

LOOK = "import chatproject.asgi, sys; print(*(name for name in sys.modules if name.startswith('opentelemetry')))"


@pytest.mark.parametrize(("endpoint", "is_imported"), [("", False), ("http://127.0.0.1:1", True)])
def test_the_library_is_imported_only_where_an_endpoint_is_set(endpoint: str, is_imported: bool) -> None:
    environment = os.environ | {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}
    command = [sys.executable, "-c", LOOK]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=True
    )
    assert bool(done.stdout.strip()) == is_imported
