"""What the environment says of Web Push: each wrong value ends the start with a sentence that names it."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from chatproject.push_settings import NO_PUSH, decode, encode, make_private_key, public_key_of, read_push

# of RFC 8291, 5: the application server's
PRIVATE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
PUBLIC = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"


def read(monkeypatch: pytest.MonkeyPatch, key: str, subject: str) -> object:
    monkeypatch.setenv("VAPID_PRIVATE_KEY", key)
    monkeypatch.setenv("VAPID_SUBJECT", subject)
    return read_push()


def test_nobody_is_notified_unless_both_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, "", "") == NO_PUSH
    assert not NO_PUSH.is_on


@pytest.mark.parametrize("subject", ["mailto:ops@example.com", "https://example.com/contact"])
def test_the_public_key_is_made_of_the_private_one(monkeypatch: pytest.MonkeyPatch, subject: str) -> None:
    for written in (PRIVATE, f"{PRIVATE}="):
        push = read(monkeypatch, written, subject)
        assert (push.public_key, push.subject, push.is_on) == (PUBLIC, subject, True)  # type: ignore[attr-defined]
        assert PRIVATE not in repr(push)


@pytest.mark.parametrize("key", ["", "abc", f"{PRIVATE}AA", "A" * 43, "_" * 43, f"{PRIVATE[:-1]}!"])
def test_what_is_no_key_is_refused_without_repeating_it(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^Set VAPID_PRIVATE_KEY to what") as refusal:
        read(monkeypatch, key, "mailto:ops@example.com")
    assert not key or key not in str(refusal.value)


@pytest.mark.parametrize(
    "subject",
    ["", "ops@example.com", "mailto:", "mailto:ops", "mailto:@", "http://example.com", "https://", "mailto:a b@c"],
)
def test_a_subject_is_a_mail_address_or_a_page(monkeypatch: pytest.MonkeyPatch, subject: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^Set VAPID_SUBJECT to mailto:"):
        read(monkeypatch, PRIVATE, subject)


def test_a_made_key_is_one() -> None:
    private_key = make_private_key()
    assert len(decode(private_key)) == 32
    assert len(decode(public_key_of(private_key))) == 65


def test_what_is_read_is_base64url_and_nothing_beside() -> None:
    assert decode(encode(b"\xfb\xff")) == b"\xfb\xff" == decode("-_8=")
    for written in ("+/8", "-_9", "-_8 ", "-_8\n", "-"):
        with pytest.raises(ValueError):
            decode(written)
