"""What SHOW GRANTS says, and what that means for us."""

import pytest

from chatproject.doctor.privileges import look_at_privileges
from tests.chatproject.doctor.asking import said


class Cursor:
    def __init__(self, *grants: str) -> None:
        self._grants = grants

    def execute(self, _statement: str) -> None:
        """Nothing to do."""

    def fetchall(self) -> list[tuple[str]]:
        return [(grant,) for grant in self._grants]


DATA = "GRANT SELECT, INSERT, UPDATE, DELETE ON `chat`.* TO `chat`@`%`"
NO_SCHEMA = "note: the user may not CREATE, ALTER, DROP, INDEX, REFERENCES, so it cannot run migrate"
TOO_MANY = "warning: the user may do everything, in every database"


@pytest.mark.parametrize(
    ("grants", "expected"),
    [
        (["GRANT USAGE ON *.* TO `chat`@`%`", "GRANT ALL PRIVILEGES ON `chat`.* TO `chat`@`%`"], []),
        ([DATA], [NO_SCHEMA]),
        ([DATA.replace("`chat`.*", "`ch%`.*")], [NO_SCHEMA]),
        ([DATA.replace("`chat`.*", "`other`.*")], []),  # what a role lets it do is not seen
        (["GRANT ALL PRIVILEGES ON *.* TO `root`@`%`"], [TOO_MANY]),
        (["GRANT SELECT, INSERT, UPDATE, DELETE, SUPER ON *.* TO `root`@`%`"], [TOO_MANY, NO_SCHEMA]),
    ],
)
def test_too_few_and_too_many_are_said(grants: list[str], expected: list[str]) -> None:
    assert said(look_at_privileges(Cursor(*grants), "chat"), "broken", "warning", "note") == expected
