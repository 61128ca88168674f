from messaging.files.storage.naming import coming_name, kept_name, names_of

KEY = "0123456789abcdef0123456789abcdef"


def test_what_comes_lies_apart_from_what_is_kept() -> None:
    assert coming_name(KEY) == f"coming/{KEY}"
    assert kept_name(KEY) == f"kept/01/{KEY}/file"
    assert kept_name(KEY, "320") == f"kept/01/{KEY}/320.webp"


def test_all_that_may_lie_there_of_a_file_is_named() -> None:
    sizes = (kept_name(KEY, "320"), kept_name(KEY, "1280"))
    assert names_of(KEY) == (coming_name(KEY), kept_name(KEY), *sizes)
