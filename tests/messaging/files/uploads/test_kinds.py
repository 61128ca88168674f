import pytest

from messaging.files.uploads.kinds import KINDS, kind_of, named_as

PICTURES = {"jpg", "jpeg", "jfif", "png", "webp", "gif", "heic", "heif"}


def test_pictures_documents_archives_and_logs_may_be_sent_and_nothing_else() -> None:
    assert set(KINDS) == PICTURES | {"pdf", "zip", "txt", "log", "md"}
    assert {end for end, kind in KINDS.items() if kind.is_picture} == PICTURES


@pytest.mark.parametrize(
    ("name", "declared", "media_type"),
    [
        ("고양이.jpg", "image/jpeg", "image/jpeg"),
        ("IMG_0001.HEIC", "", "image/heic"),  # browsers know no HEIC but Safari
        ("IMG_0001.heif", "image/heic", "image/heic"),
        ("server.2026-11-29.log", "application/octet-stream", "text/plain"),
        ("notes.md", "text/plain; charset=utf-8", "text/markdown"),
        ("logs.ZIP", "Application/X-Zip-Compressed", "application/zip"),  # Windows'
    ],
)
def test_the_end_of_a_name_says_the_kind(name: str, declared: str, media_type: str) -> None:
    kind = kind_of(name, declared)

    assert kind
    assert kind.media_type == media_type


@pytest.mark.parametrize(
    ("name", "declared"),
    [
        ("page.html", "text/html"),
        ("drawing.svg", "image/svg+xml"),
        ("setup.exe", ""),
        ("cat.jpg.exe", "image/jpeg"),
        ("cat.jpg", "text/html"),  # the two say something else
        ("cat.jpg", "image/png"),
        ("jpg", "image/jpeg"),
        (".jpg", "image/jpeg"),
        ("cat.", "image/jpeg"),
        ("", ""),
    ],
)
def test_what_is_not_of_the_list_or_says_two_things_is_none(name: str, declared: str) -> None:
    assert kind_of(name, declared) is None


@pytest.mark.parametrize(
    ("name", "media_type", "becomes"),
    [
        ("IMG_1.HEIC", "image/jpeg", "IMG_1.jpg"),
        ("a.jfif", "image/jpeg", "a.jfif"),
        ("a.log", "text/plain", "a.log"),
        ("noise.gif", "image/webp", "noise.webp"),
        ("long-name.gif", "image/webp", "long-n.webp"),
    ],
)
def test_the_end_of_a_name_is_that_of_what_it_became(name: str, media_type: str, becomes: str) -> None:
    assert named_as(name, media_type, most_characters=11) == becomes
