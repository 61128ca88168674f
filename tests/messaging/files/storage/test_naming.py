import pytest

from messaging.files.storage.naming import (
    coming_name,
    export_name,
    kept_name,
    key_of_export,
    key_of_file,
    names_of,
)

KEY = "0123456789abcdef0123456789abcdef"


def test_what_comes_lies_apart_from_what_is_kept() -> None:
    assert coming_name(KEY) == f"coming/{KEY}"
    assert kept_name(KEY) == f"kept/01/{KEY}/file"
    assert kept_name(KEY, "320") == f"kept/01/{KEY}/320.webp"


def test_all_that_may_lie_there_of_a_file_is_named() -> None:
    sizes = (kept_name(KEY, "320"), kept_name(KEY, "1280"))
    assert names_of(KEY) == (coming_name(KEY), kept_name(KEY), *sizes)


def test_a_name_tells_whose_it_is() -> None:
    assert {key_of_file(name) for name in names_of(KEY)} == {KEY}
    assert key_of_export(export_name(KEY)) == KEY


@pytest.mark.parametrize(
    "name",
    [
        *("check", KEY, f"coming/{KEY}.zip", f"coming/{KEY.upper()}", f"coming/x/{KEY}", f"staging/coming/{KEY}"),
        *(f"kept/02/{KEY}/file", f"kept/01/{KEY}", f"kept/01/{KEY}/640.webp", "kept/", "kept/01/report.pdf", ""),
        *(f"exports/{KEY}", f"exports/{KEY[1:]}.zip", f"exports/{KEY}.zip.zip", f"exports/old/{KEY}.zip"),
        *(f"unfinished/{KEY}", "exports/2026-11.zip", f"backup/exports/{KEY}.zip"),
    ],
)
def test_what_others_put_there_is_nobodys_of_ours(name: str) -> None:
    assert key_of_file(name) is None
    assert key_of_export(name) is None
