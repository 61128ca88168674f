"""What staff say of an endpoint, and what is refused with its reason."""

import ipaddress
from typing import Any

import pytest

from chatproject.outgoing.admin_forms import KINDS, PRESELECTED, EndpointForm
from chatproject.outgoing.models import Endpoint


def form_of(**fields: Any) -> EndpointForm:
    return EndpointForm({"url": "https://8.8.8.8/hook", "kinds": ["message", "left"], **fields})


def test_all_kinds_but_read_marks_are_preselected() -> None:
    assert {value for value, _label in KINDS} - set(PRESELECTED) == {"read"}
    assert "test" not in PRESELECTED


def test_kinds_are_kept_as_they_are_called_outside() -> None:
    form = form_of(description="main server")
    assert form.is_valid(), form.errors
    endpoint: Endpoint = form.save(commit=False)
    assert (endpoint.url, endpoint.kinds, endpoint.with_text) == (
        "https://8.8.8.8/hook",
        ["message", "left"],
        False,
    )


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://127.0.0.1/hook", "EVENTS_ALLOWED_NETWORKS"),
        ("https://169.254.169.254/latest/meta-data", "EVENTS_ALLOWED_NETWORKS"),
        ("https://[::ffff:10.0.0.1]/", "EVENTS_ALLOWED_NETWORKS"),
        ("http://8.8.8.8/hook", "https://"),
        ("https://sofia:secret@8.8.8.8/", "비밀번호"),
        ("ftp://8.8.8.8/", "https://"),
    ],
)
def test_an_address_that_nothing_is_sent_to_says_why(settings: Any, url: str, why: str) -> None:
    settings.DEBUG = False
    form = form_of(url=url)
    assert not form.is_valid()
    assert why in str(form.errors["url"])


def test_an_address_inside_is_taken_where_its_network_is_named(settings: Any) -> None:
    settings.EVENTS_ALLOWED_NETWORKS = [ipaddress.ip_network("10.0.0.0/8")]
    assert form_of(url="http://10.1.2.3/hook").is_valid()


@pytest.mark.parametrize("kinds", [[], ["test"], ["everything"]])
def test_something_is_subscribed_to_that_there_is(kinds: list[str]) -> None:
    assert "kinds" in form_of(kinds=kinds).errors
