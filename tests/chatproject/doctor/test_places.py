"""What is on this machine."""

from chatproject.doctor.places import is_here


def test_this_machine_is_told_from_others_by_the_name() -> None:
    assert all(map(is_here, (None, "", "localhost", "127.0.0.1", "::1", "/run/mysqld/mysqld.sock")))
    assert not any(map(is_here, ("mysql", "127.0.0.2", "localhost.example.com")))
