"""How a secret is written in the settings."""

import base64

import pytest

from chatproject.signing.shared_secrets import decode_base64

BYTES = bytes(range(200, 232))  # 32; in base64 with characters of which each alphabet has its own


@pytest.mark.parametrize(
    "text",
    [
        base64.b64encode(BYTES).decode(),
        base64.urlsafe_b64encode(BYTES).decode(),
        base64.b64encode(BYTES).decode().rstrip("="),
        base64.encodebytes(BYTES).decode().replace("z", "z\r\n"),
        "  " + base64.b64encode(BYTES).decode() + "\n",
    ],
)
def test_base64_is_read_however_it_is_written(text: str) -> None:
    assert decode_base64(text) == BYTES


@pytest.mark.parametrize("text", ["", "=", "a", "abcde", "비밀비밀", "not base64!", "ab=cd", "\x00\x00"])
def test_what_is_no_base64_is_none(text: str) -> None:
    assert decode_base64(text) is None
