"""Environment variables as typed values; a wrong one ends with a sentence that names it and never repeats it."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from chatproject.environment import (
    read_choice,
    read_flag,
    read_hosts,
    read_integer,
    read_key,
    read_list,
    read_origins,
    read_proxies,
    read_reaction_keys,
    read_secret,
    read_text,
    read_url,
)

NAME = "SOME_SETTING"
DEMO = "demo-only-secret-never-in-production"


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv(NAME, raising=False)
    return monkeypatch


def test_an_empty_value_counts_as_missing(given: pytest.MonkeyPatch) -> None:
    given.setenv(NAME, "  ")

    assert read_text(NAME, default="otherwise") == "otherwise"


def test_a_choice_is_one_of_few(given: pytest.MonkeyPatch) -> None:
    assert read_choice(NAME, "tea", "coffee") == "tea"

    given.setenv(NAME, "Coffee")
    assert read_choice(NAME, "tea", "coffee") == "coffee"

    given.setenv(NAME, "a-secret")
    with pytest.raises(ImproperlyConfigured, match=r"^Set SOME_SETTING to tea or coffee.$"):
        read_choice(NAME, "tea", "coffee")


def test_a_value_is_taken_as_it_stands(given: pytest.MonkeyPatch) -> None:
    given.setenv(NAME, "$HOME/{x}%20")

    assert read_text(NAME) == "$HOME/{x}%20"


def test_a_list_is_comma_separated_and_forgives_spaces(given: pytest.MonkeyPatch) -> None:
    given.setenv(NAME, " a, b ,,c,")

    assert read_list(NAME) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("raw", "flag"),
    [
        ("1", True),
        ("true", True),
        ("YES", True),
        ("on", True),
        ("0", False),
        ("False", False),
        ("no", False),
        ("", False),
    ],
)
def test_a_flag_is_said_in_many_ways(given: pytest.MonkeyPatch, raw: str, flag: bool) -> None:
    given.setenv(NAME, raw)

    assert read_flag(NAME) is flag


@pytest.mark.parametrize("raw", ["2", "maybe", "tru"])
def test_an_unclear_flag_is_refused(given: pytest.MonkeyPatch, raw: str) -> None:
    given.setenv(NAME, raw)

    with pytest.raises(ImproperlyConfigured, match="Set SOME_SETTING to 1 or 0"):
        read_flag(NAME)


def test_reactions_are_offered_in_their_order_each_once(given: pytest.MonkeyPatch) -> None:
    assert read_reaction_keys(NAME, default="heart,thumb") == ("heart", "thumb")

    given.setenv(NAME, " +1, heart ,+1,party_popper")

    assert read_reaction_keys(NAME, default="heart,thumb") == ("+1", "heart", "party_popper")


@pytest.mark.parametrize("raw", ["❤", "Heart", "two words", "a" * 33, ",".join(map(str, range(101)))])
def test_a_reaction_that_no_address_carries_is_refused(given: pytest.MonkeyPatch, raw: str) -> None:
    given.setenv(NAME, raw)

    with pytest.raises(ImproperlyConfigured, match=f"Set {NAME} to at most 100"):
        read_reaction_keys(NAME, default="heart")


@pytest.mark.parametrize("raw", ["-1", "1.5", "ten", "٧", "11", "1e1", "99999999"])
def test_a_number_out_of_range_is_refused(given: pytest.MonkeyPatch, raw: str) -> None:
    given.setenv(NAME, raw)

    with pytest.raises(ImproperlyConfigured, match="Set SOME_SETTING to a whole number from 0 to 10"):
        read_integer(NAME, default=5, maximum=10)


def test_a_missing_number_has_its_default(given: pytest.MonkeyPatch) -> None:
    assert read_integer(NAME, default=5) == 5


@pytest.mark.parametrize("raw", ["example.com/keys", "ftp://example.com", "https://", "swordfish"])
def test_what_is_no_url_of_the_right_kind_is_refused_unrepeated(given: pytest.MonkeyPatch, raw: str) -> None:
    given.setenv(NAME, raw)

    with pytest.raises(
        ImproperlyConfigured, match="Set SOME_SETTING to a URL that begins with http://"
    ) as refusal:
        read_url(NAME)
    assert raw not in str(refusal.value) or raw == "https://"


def test_a_url_loses_the_slash_at_its_end(given: pytest.MonkeyPatch) -> None:
    given.setenv(NAME, "https://example.com/v1/")

    assert read_url(NAME) == "https://example.com/v1"


@pytest.mark.parametrize("raw", ["http://[", "http://x:abc", "http://x:99999", "http://u:swordfish@x:y"])
def test_a_url_that_cannot_be_read_is_refused_unrepeated(given: pytest.MonkeyPatch, raw: str) -> None:
    given.setenv(NAME, raw)

    with pytest.raises(ImproperlyConfigured) as refusal:
        read_url(NAME)
    assert str(refusal.value) == "Set SOME_SETTING to a URL that can be read: its host or its port is wrong."


def test_origins_are_urls_without_anything_behind_the_host(given: pytest.MonkeyPatch) -> None:
    given.setenv(NAME, "https://a.example/,http://b.example:3000,*")

    assert read_origins(NAME) == ["https://a.example", "http://b.example:3000", "*"]


@pytest.mark.parametrize("raw", ["https://a.example/app", "https://a.example?x", "https://a.example#x"])
def test_an_origin_with_a_path_is_refused(given: pytest.MonkeyPatch, raw: str) -> None:
    given.setenv(NAME, raw)

    with pytest.raises(ImproperlyConfigured, match="Set SOME_SETTING to origins without a path"):
        read_origins(NAME)


@pytest.mark.parametrize(
    ("raw", "origins"),
    [
        ("https://커뮤니티.한국", ["https://xn--9i1b01onwqqzd.xn--3e0b707e"]),
        ("HTTPS://Community.Example.com", ["https://community.example.com"]),
        ("https://a.example:443,http://a.example:80", ["https://a.example", "http://a.example"]),
        ("https://a.example:8443", ["https://a.example:8443"]),
        ("https://a.example., https://A.example/ ,", ["https://a.example"]),
        ("capacitor://localhost,ionic://localhost", ["capacitor://localhost", "ionic://localhost"]),
        (
            "tauri://localhost,app://bundle,http://localhost",
            ["tauri://localhost", "app://bundle", "http://localhost"],
        ),
        ("http://[::1]:3000", ["http://[::1]:3000"]),
    ],
)
def test_origins_are_made_what_browsers_send(given: pytest.MonkeyPatch, raw: str, origins: list[str]) -> None:
    given.setenv(NAME, raw)

    assert read_origins(NAME) == origins


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ("null", "Set SOME_SETTING without null: any page can have that origin, in a sandboxed frame."),
        ("https://*.example.com", "Set SOME_SETTING to each origin by its whole name, or to * alone."),
        ("https://u:swordfish@a.example", "Set SOME_SETTING to origins without a path or a user name, "),
        ("https://a.example//", "Set SOME_SETTING to origins without a path or a user name, "),
        ("https://a b.example", "Set SOME_SETTING to origins without a path or a user name, "),
        ("https://a.example:0", "Set SOME_SETTING to origins without a path or a user name, "),
        ("capacitor://", "Set SOME_SETTING to origins without a path or a user name, "),
        ("file:///app/index.html", "Set SOME_SETTING to a URL that begins with https:// or http://"),
        ("wss://a.example", "Set SOME_SETTING to a URL that begins with https:// or http://"),
        ("a.example", "Set SOME_SETTING to a URL that begins with https:// or http://"),
    ],
)
def test_an_origin_that_no_page_has_is_refused(given: pytest.MonkeyPatch, raw: str, sentence: str) -> None:
    given.setenv(NAME, f"https://fine.example,{raw}")

    with pytest.raises(ImproperlyConfigured) as refusal:
        read_origins(NAME)
    assert str(refusal.value).startswith(sentence)
    assert "swordfish" not in str(refusal.value)


@pytest.mark.parametrize(
    ("raw", "hosts"),
    [
        ("chat.example.com", ["chat.example.com"]),
        ("Chat.Example.com., .Example.org", ["chat.example.com", ".example.org"]),
        ("커뮤니티.한국", ["xn--9i1b01onwqqzd.xn--3e0b707e"]),
        (".커뮤니티.한국", [".xn--9i1b01onwqqzd.xn--3e0b707e"]),
        ("192.0.2.1,2001:DB8::1,[::1]", ["192.0.2.1", "[2001:db8::1]", "[::1]"]),
        ("*", ["*"]),
    ],
)
def test_hosts_are_made_what_django_compares(given: pytest.MonkeyPatch, raw: str, hosts: list[str]) -> None:
    given.setenv(NAME, raw)

    assert read_hosts(NAME) == hosts


@pytest.mark.parametrize(
    "raw",
    [
        *("https://chat.example.com", "chat.example.com:8080", "chat.example.com/chat", "*.example.com", "chat_1"),
        *("[::1]:8081", "u@chat.example.com", "chat example", ".", "chat..example"),
    ],
)
def test_a_host_that_no_request_could_name_is_refused(given: pytest.MonkeyPatch, raw: str) -> None:
    given.setenv(NAME, raw)

    with pytest.raises(ImproperlyConfigured, match="Set SOME_SETTING to host names alone, such as"):
        read_hosts(NAME)


@pytest.mark.parametrize(
    ("raw", "url"),
    [
        ("https://Keys.커뮤니티.한국:8443/v1/", "https://keys.xn--9i1b01onwqqzd.xn--3e0b707e:8443/v1"),
        ("http://[::1]:11434/v1", "http://[::1]:11434/v1"),
        ("http://ollama_1:11434/v1", "http://ollama_1:11434/v1"),
        ("https://example.com/열쇠", "https://example.com/%EC%97%B4%EC%87%A0"),
    ],
)
def test_a_url_is_made_what_travels(given: pytest.MonkeyPatch, raw: str, url: str) -> None:
    given.setenv(NAME, raw)

    assert read_url(NAME) == url


def test_where_nothing_is_written_behind_a_url_its_end_stays(given: pytest.MonkeyPatch) -> None:
    given.setenv(NAME, "https://main.example/keys/?set=chat")

    assert read_url(NAME, is_base=False) == "https://main.example/keys/?set=chat"


@pytest.mark.parametrize(
    "raw",
    [
        "https://u:swordfish@x.example/v1",
        "https://u@x.example",
        "https://x.example/v1?a=b",
        "https://x.example/#v1",
    ],
)
def test_a_url_with_what_no_client_of_ours_sends_is_refused(given: pytest.MonkeyPatch, raw: str) -> None:
    given.setenv(NAME, raw)

    with pytest.raises(ImproperlyConfigured) as refusal:
        read_url(NAME)
    assert str(refusal.value) == "Set SOME_SETTING to a URL without a user name, white space, ? or #."


@pytest.mark.parametrize("raw", ["열쇠", "key\nX-Other: 1", "two keys"])
def test_a_key_that_no_header_carries_is_refused(given: pytest.MonkeyPatch, raw: str) -> None:
    given.setenv(NAME, raw)

    with pytest.raises(ImproperlyConfigured, match="Set SOME_SETTING to the key alone"):
        read_key(NAME)


@pytest.mark.parametrize("raw", ["*", "*,10.0.0.0/8", "10.0.0.0/8,127.0.0.1", "::1,fd00::/8"])
def test_proxies_are_addresses_and_networks(given: pytest.MonkeyPatch, raw: str) -> None:
    given.setenv(NAME, raw)

    assert read_proxies(NAME, default="127.0.0.1") == raw.split(",")


@pytest.mark.parametrize("raw", ["nginx", "10.0.0.300", "10.0.0.1/8", "127.0.0.1,10.0.0.0/33"])
def test_a_proxy_that_no_address_could_match_is_refused(given: pytest.MonkeyPatch, raw: str) -> None:
    given.setenv(NAME, raw)

    with pytest.raises(ImproperlyConfigured, match="Set SOME_SETTING to addresses and networks such as"):
        read_proxies(NAME, default="127.0.0.1")


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ("", "Set SOME_SETTING: a random secret of at least 32 bytes."),
        (DEMO, "Set SOME_SETTING to a random secret: the present one is known or guessable."),
        ("x" * 40, "Set SOME_SETTING to a random secret: the present one is known or guessable."),
        ("0123456789abcdef", "Set SOME_SETTING to at least 32 bytes: the present one is shorter."),
    ],
)
def test_in_production_a_weak_secret_is_refused(given: pytest.MonkeyPatch, raw: str, sentence: str) -> None:
    given.setenv(NAME, raw)

    with pytest.raises(ImproperlyConfigured) as refusal:
        read_secret(NAME, demo=DEMO, debug=False)
    assert str(refusal.value) == sentence


def test_a_secret_is_measured_in_bytes(given: pytest.MonkeyPatch) -> None:
    given.setenv(NAME, "가나다라마바사아자차카")

    assert read_secret(NAME, demo=DEMO, debug=False) == "가나다라마바사아자차카"


def test_in_debug_the_demo_secret_stands_in(given: pytest.MonkeyPatch) -> None:
    assert read_secret(NAME, demo=DEMO, debug=True) == DEMO
