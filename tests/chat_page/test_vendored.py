"""The scripts of others that the chat page serves: as their packages hold them, with their licences."""

import json
import re
from hashlib import sha256
from pathlib import Path

from tests.chat_page.vendored.files import README, SUMS, VENDOR, grammars

PACKAGES = Path(__file__).parent / "vendored" / "package.json"
NOT_SCRIPTS = {README.name, SUMS.name, "LICENSES.txt"}


def test_every_script_is_the_one_that_was_brought() -> None:
    sums = (line.split("  ") for line in SUMS.read_text().splitlines())
    expected = {name: checksum for checksum, name in sums}
    present = {str(path.relative_to(VENDOR)): path for path in VENDOR.rglob("*") if path.is_file()}

    assert {
        name: sha256(path.read_bytes()).hexdigest() for name, path in present.items() if name not in NOT_SCRIPTS
    } == expected


def test_the_list_names_the_versions_that_are_asked_for_and_their_licences() -> None:
    rows = [re.split(r" *\| *", line)[1:-1] for line in README.read_text().splitlines() if line.startswith("|")][
        2:
    ]
    licences = (VENDOR / "LICENSES.txt").read_text()

    assert {package: version for _here, package, version, *_ in rows} == json.loads(PACKAGES.read_text())[
        "dependencies"
    ]
    assert {row[0] for row in rows} == {line.split("  ")[1] for line in SUMS.read_text().splitlines()}
    for _here, package, version, licence, _there in rows:
        assert f"{package} {version} ({licence})" in licences


def test_every_language_that_the_page_knows_is_there_and_no_other() -> None:
    assert {path.stem for path in (VENDOR / "highlight").iterdir()} == {"core", *grammars()}
