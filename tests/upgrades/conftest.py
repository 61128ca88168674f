"""What the tests of migrations share with those of rooms."""

from tests.rooms.conftest import empty_database

__all__ = ["empty_database"]
