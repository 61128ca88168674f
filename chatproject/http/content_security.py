"""The Content-Security-Policy of a page: what it may load, run and reach. Each page states its own rules."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

# what no page here does, whatever else it may
_NOTHING = {"default-src": "'none'", "base-uri": "'none'", "form-action": "'none'", "frame-ancestors": "'none'"}


def content_security_policy(rules: dict[str, str]) -> str:
    """The header's value: nothing at all but what the rules allow."""
    return "; ".join(f"{name} {value}" for name, value in {**_NOTHING, **rules}.items())


def allow(rules: dict[str, str]) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Let the view's pages do what the rules allow, and nothing else."""
    policy = content_security_policy(rules)

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            page = view(request, *args, **kwargs)
            page["Content-Security-Policy"] = policy
            return page

        return answer

    return decorate
