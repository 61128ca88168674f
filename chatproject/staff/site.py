"""The admin's sign-in with its limits, and what the admin's pages may do in a browser."""

import math
from collections.abc import Callable
from secrets import token_urlsafe
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from chatproject.addresses import household
from chatproject.errors import TooManyRequests
from chatproject.http.api import json_failure
from chatproject.http.content_security import allow
from chatproject.staff.sign_in_limits import Attempt, count, give_back

PAGES_MAY = {
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
}
BROWSER_COOKIE = "staff_browser"
BROWSER_SALT = "a browser that signed in"
BROWSER_KNOWN_S = 180 * 86_400


# Django's own Korean of these is none ("보기위한 1메시지 를(을) 선택"): the catalogue has ours, which come first
DJANGOS_WORDS = [gettext_noop("Select %s to view"), gettext_noop("0 of %(cnt)s selected")]


class Banner(NamedTuple):
    """A sentence on top of every page of the admin, and where it leads."""

    text: str
    address: str


class SignInForm(AdminAuthenticationForm):
    """Counts the attempt before the password is checked: checking costs half a second of a processor."""

    refusal: TooManyRequests | None = None
    attempt: Attempt | None = None  # that was counted

    def clean(self) -> dict[str, Any]:
        username = self.cleaned_data.get("username")
        if username is not None and self.cleaned_data.get("password"):
            assert self.request is not None
            self._count(_attempt(self.request, username))
        return super().clean()

    def _count(self, attempt: Attempt) -> None:
        try:
            count(attempt, now=timezone.now())
        except TooManyRequests as refusal:
            self.refusal = refusal
            raise ValidationError(_come_back(refusal)) from refusal
        self.attempt = attempt


class StaffSite(AdminSite):
    """`banners` are asked for each page what staff must not miss; each says None where there is nothing."""

    login_form = SignInForm
    site_header = site_title = gettext_lazy("Community chat: staff")
    index_title = gettext_lazy("What there is to look after")

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.banners: list[Callable[[], Banner | None]] = []

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        if self.has_permission(request):
            context["banners"] = [banner for ask in self.banners if (banner := ask()) is not None]
        return context

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        return allow(PAGES_MAY)(super().admin_view(view, cacheable))

    @method_decorator(allow(PAGES_MAY))
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        answer = super().login(request, extra_context)
        form = (getattr(answer, "context_data", None) or {}).get("form")
        if isinstance(form, SignInForm) and form.refusal is not None:
            return _refuse(request, answer, form.refusal)
        if request.method == "POST" and self.has_permission(request):
            self._remember(request, answer)
        return answer

    def _remember(self, request: HttpRequest, answer: HttpResponse) -> None:
        """Give the attempt back, and have the browser known from now on."""
        username = request.user.get_username()
        attempt = _attempt(request, request.POST["username"])
        give_back(attempt)
        answer.set_cookie(
            BROWSER_COOKIE,
            signing.dumps([username, attempt.browser or token_urlsafe(16)], salt=BROWSER_SALT),
            max_age=BROWSER_KNOWN_S,
            path=reverse("admin:login"),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def _attempt(request: HttpRequest, username: str) -> Attempt:
    address = household(request.META.get("REMOTE_ADDR", ""))
    return Attempt(username, address, _known_browser(request, username))


def _known_browser(request: HttpRequest, username: str) -> str:
    """The browser's own random name, where the account was signed in to with it before; else ""."""
    try:
        known_username, browser = signing.loads(
            request.COOKIES.get(BROWSER_COOKIE, ""), salt=BROWSER_SALT, max_age=BROWSER_KNOWN_S
        )
    except (signing.BadSignature, ValueError):
        return ""
    return str(browser) if known_username == username else ""


def _refuse(request: HttpRequest, page: HttpResponse, refusal: TooManyRequests) -> HttpResponse:
    """The sign-in page with the sentence on it, or the envelope for who asks for JSON."""
    if not request.accepts("text/html"):
        return json_failure(refusal)
    page.status_code = refusal.http_status
    page["Retry-After"] = str(math.ceil(refusal.retry_after or 0))
    return page


def _come_back(refusal: TooManyRequests) -> str:
    minutes = math.ceil((refusal.retry_after or 0) / 60)
    return _("Too many attempts to sign in. Please try again in %(minutes)d min.") % {"minutes": minutes}
