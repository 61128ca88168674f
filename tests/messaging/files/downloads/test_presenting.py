"""As what browsers are given files: nothing is opened in place but pictures that we wrote."""

import pytest

from messaging.files.downloads.presenting import disposition, is_picture, shown_type


@pytest.mark.parametrize(
    ("media_type", "size", "shown"),
    [
        ("image/jpeg", "", "image/jpeg"),
        ("image/png", "320", "image/webp"),
        ("application/pdf", "", "application/pdf"),
        ("text/markdown", "", "text/plain; charset=utf-8"),
        ("text/html", "", "text/plain; charset=utf-8"),
        ("image/svg+xml", "", "application/octet-stream"),
        ("application/xhtml+xml", "", "application/octet-stream"),
        ("", "", "application/octet-stream"),
    ],
)
def test_a_browser_is_told_no_type_that_it_would_run(media_type: str, size: str, shown: str) -> None:
    assert shown_type(media_type, size) == shown  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "media_type", "size", "header"),
    [
        ("cat.jpg", "image/jpeg", "", 'inline; filename="cat.jpg"'),
        ("노을.jpg", "image/jpeg", "", "inline; filename*=utf-8''%EB%85%B8%EC%9D%84.jpg"),
        ("노을.jpg", "image/jpeg", "320", "inline; filename*=utf-8''%EB%85%B8%EC%9D%84.webp"),
        ("IMG_1.HEIC", "image/jpeg", "", 'inline; filename="IMG_1.jpg"'),
        ('a"b\\c.pdf', "application/pdf", "", 'attachment; filename="a\\"b_c.pdf"'),
        ("a.html", "text/plain", "", 'attachment; filename="a.html.txt"'),
        ("a.svg", "image/svg+xml", "", 'attachment; filename="a.svg"'),
        ("notes.log", "text/plain", "", 'attachment; filename="notes.log"'),
        ("photo\u202egpj.exe", "application/zip", "", 'attachment; filename="photogpj.exe.zip"'),
        ("a\r\nSet-Cookie: x=1.txt", "text/plain", "", 'attachment; filename="aSet-Cookie: x=1.txt"'),
        ("../../etc/passwd", "text/plain", "", 'attachment; filename="_.._etc_passwd.txt"'),
        ("\u202e", "application/pdf", "", 'attachment; filename="file.pdf"'),
    ],
)
def test_what_is_saved_has_the_senders_name_and_an_honest_end(
    name: str, media_type: str, size: str, header: str
) -> None:
    assert disposition(name, media_type, size) == header  # type: ignore[arg-type]


def test_only_pictures_have_smaller_ones() -> None:
    assert is_picture("image/gif")
    assert not is_picture("image/heic")
    assert not is_picture("application/pdf")
