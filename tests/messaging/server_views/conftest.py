"""The main server, with a key for everything."""

import pytest

from tests.messaging.server_views.calling import MainServer


@pytest.fixture
def main_server(db: None) -> MainServer:
    return MainServer()
