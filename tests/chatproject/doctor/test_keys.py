"""Where tokens' keys come from: a real HTTP server."""

from types import SimpleNamespace

from chatproject.doctor.keys import look_at_push, look_at_tokens
from tests.chatproject.doctor.asking import said
from tests.chatproject.key_server import EC_KEY, RSA_KEY, KeyServer, described, key_set


def found(url: str) -> list[str]:
    settings = SimpleNamespace(JWT_JWKS_URL=url, JWT_AUDIENCE=["chat"], JWT_ISSUER=[])
    return said(look_at_tokens(settings), "broken", "warning", "note", "ok")


def test_keys_that_come_are_counted_and_those_that_do_not_are_told_why() -> None:
    server = KeyServer()
    with server.running():
        assert found(server.url) == [f"ok: 2 keys (ES256, RS256) from {server.url}"]
        server.body = key_set(described(RSA_KEY, "r1"), described(EC_KEY))
        assert "warning: several keys and one without a name (kid)" in found(server.url)
        server.status = 503
        [words] = found(server.url)
    assert words.startswith(f"broken: the keys at {server.url} cannot be had: the answer is 503")
    assert found(server.url)[0].startswith("broken: ")  # nobody is there any more


def test_of_a_shared_secret_and_of_no_audience_it_says_so() -> None:
    settings = SimpleNamespace(JWT_JWKS_URL="", JWT_AUDIENCE=[], JWT_ISSUER=[])
    lines = said(look_at_tokens(settings), "note", "ok")
    assert [line.partition(":")[0] for line in lines] == ["ok", "note"]


def test_whether_anybody_is_notified_is_said() -> None:
    off = SimpleNamespace(PUSH=SimpleNamespace(is_on=False))
    on = SimpleNamespace(PUSH=SimpleNamespace(is_on=True, subject="mailto:ops@example.com"))
    assert said(look_at_push(off), "note")
    assert said(look_at_push(on), "ok") == [
        "ok: notifications are signed; push services may write to mailto:ops@example.com"
    ]
