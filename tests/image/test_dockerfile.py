"""The Dockerfile as `make image-check` reads it. The rest of that is run by hand and in CI."""

from pathlib import Path

import pytest
from django.conf import settings

from tests.image.building import BASE
from tests.image.composed import services_of, variables_of
from tests.image.dockerfile import stages_of
from tests.image.running import GIVEN
from tests.image.variables import BESIDE, VALUES

ROOT = Path(settings.BASE_DIR)


def test_ours_is_read_whole() -> None:
    build, final = stages_of((ROOT / "Dockerfile").read_text())

    assert (build.base, build.name, final.base) == (BASE, "build", BASE)  # what is built in one runs in the other
    assert final.command[:3] == ["python", "manage.py", "serve"]
    assert final.health_check[0] == "python"
    assert final.last("USER") == "chat"


def test_what_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="ENTRYPOINT"):
        stages_of("FROM debian\nENTRYPOINT sh\n")


def test_lines_go_on_and_comments_do_not_count() -> None:
    (stage,) = stages_of("ARG ONE=debian\n# a word\nFROM ${ONE} AS it\nRUN a \\\n    && b \\\n# why\n    && c\n")

    assert (stage.base, stage.name) == ("debian", "it")
    assert stage.instructions == [("RUN", "a && b && c")]


def test_the_compose_file_wants_to_be_given_what_it_cannot_know() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    environment = services_of(text, GIVEN)["chat-2"]["environment"]

    assert environment["DATABASE_URL"] == f"mysql://chat:{GIVEN['MYSQL_PASSWORD']}@mysql:3306/chat"
    assert environment["LLM_KEY"] == ""
    with pytest.raises(KeyError, match="ALLOWED_HOSTS"):
        services_of(text, GIVEN | {"ALLOWED_HOSTS": ""})


def test_other_values_are_there_for_variables_that_are() -> None:
    assert set(VALUES) | set(BESIDE) <= set(variables_of(ROOT / "docker-compose.yml", "chat-1"))
