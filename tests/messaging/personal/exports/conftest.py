"""Fixtures of these tests: a store in a folder, and in a bucket."""

from tests.messaging.files.conftest import store as store
from tests.messaging.files.conftest import store_url as store_url
