"""Keys of the main server: shown once, kept as a hash, good for what they were made for and until they end."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chatproject.server_api.errors import KeyRefused, ScopeMissing
from chatproject.server_api.keys import USE_NOTED_EVERY, make_key, recognise
from chatproject.server_api.models import Scope, ServerKey

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def test_a_key_is_known_by_what_was_shown_and_nothing_of_it_is_kept() -> None:
    new = make_key(name="main", scopes=[Scope.ROOMS])
    assert recognise(new.shown, now=NOW).key_id == new.row.key_id
    prefix, secret = new.shown[:16], new.shown[17:]
    assert (new.row.prefix, len(secret)) == (prefix, 43)
    kept = " ".join(map(str, ServerKey.objects.values_list().get()))
    assert secret not in kept
    assert new.row.digest in kept


def test_whatever_else_is_shown_is_refused_alike() -> None:
    one, other = make_key(name="main", scopes=[]), make_key(name="other", scopes=[])
    mixed = one.shown[:17] + other.shown[17:]
    for shown in ("", "chk_", one.row.prefix, one.shown[:-1], one.shown + "a", one.shown.upper(), mixed, "열쇠"):
        with pytest.raises(KeyRefused):
            recognise(shown, now=NOW)


def test_a_key_ends_when_it_is_to() -> None:
    shown = make_key(name="main", scopes=[], ends_at=NOW).shown
    recognise(shown, now=NOW - timedelta(seconds=1))
    with pytest.raises(KeyRefused):
        recognise(shown, now=NOW)


def test_a_key_opens_what_it_was_made_for() -> None:
    main_server = recognise(make_key(name="main", scopes=["rooms", "notices", "nonsense"]).shown, now=NOW)
    for scope in (Scope.ROOMS, Scope.ROOMS_READ, Scope.NOTICES):
        main_server.require(scope)
    for scope in (Scope.MEMBERS, Scope.SESSIONS):
        with pytest.raises(ScopeMissing):
            main_server.require(scope)
    with pytest.raises(ScopeMissing):
        recognise(make_key(name="reader", scopes=[Scope.ROOMS_READ]).shown, now=NOW).require(Scope.ROOMS)


def test_when_it_was_used_last_is_noted_now_and_then() -> None:
    new = make_key(name="main", scopes=[])
    for later, noted in (
        (timedelta(0), NOW),
        (USE_NOTED_EVERY / 2, NOW),
        (USE_NOTED_EVERY, NOW + USE_NOTED_EVERY),
    ):
        recognise(new.shown, now=NOW + later)
        assert ServerKey.objects.get().last_used_at == noted
