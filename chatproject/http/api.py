"""The HTTP edge: who is calling, the envelope around every answer, failures as answers. No domain knowledge."""

import logging
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar, overload

import msgspec
from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from chatproject.access.revoking import require_valid_in_store
from chatproject.errors import (
    ChatError,
    InternalError,
    InvalidInput,
    MethodNotAllowed,
    MissingToken,
    NotAllowed,
    NotAuthenticated,
    PathNotFound,
    StoreUnavailable,
    TooLarge,
    TooManyRequests,
)
from chatproject.strict_json import with_integers
from chatproject.tokens import Caller, TokenVerifier

logger = logging.getLogger(__name__)

# MySQL's: the way in, TLS, read-only servers; no statement has been read yet, or none is quoted
ERRORS_OF_THE_LINK = frozenset({1045, 1049, 1290, 1836, 2002, 2003, 2005, 2026})
STORE_RETRY_AFTER_S = 1.0
BIGINT_MAX = 2**63 - 1
T = TypeVar("T")
_ASCII_INTEGER = re.compile(r"[0-9]{1,19}")  # int() takes "٧" and "1_0" too


# --- who is calling ----------------------------------------------------------------------------


@cache
def token_verifier() -> TokenVerifier:
    """The verifier that the settings ask for, made once per process."""
    return TokenVerifier(
        secret=settings.JWT_SECRET,
        algorithm=settings.JWT_ALGORITHM,
        jwks_url=settings.JWT_JWKS_URL,
        stale_s=settings.JWT_JWKS_STALE_S,
        audiences=settings.JWT_AUDIENCE,
        issuers=settings.JWT_ISSUER,
    )


def bearer_token(authorization: str) -> str:
    """The token of an `Authorization: Bearer …` header, "" for any other scheme."""
    scheme, _space, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def access_token(headers: Mapping[str, str]) -> str:
    """The token of the header `access` or `Authorization: Bearer`. Raises MissingToken, NotAuthenticated."""
    candidates = {headers.get("access", ""), bearer_token(headers.get("authorization", ""))} - {""}
    if not candidates:
        raise MissingToken
    if len(candidates) > 1:
        raise NotAuthenticated(_("Two different access tokens in one request."))
    return candidates.pop()


class AccessTokenAuthentication(BaseAuthentication):
    """`request.user` is whom the token speaks for; under ASGI `member_share` has found that out."""

    def authenticate(self, request: Request) -> tuple[Caller, None]:
        found: Caller | ChatError | None = getattr(request, "scope", {}).get("caller")
        if isinstance(found, ChatError):
            raise found
        if found is None:
            found = token_verifier().verify(access_token(request.headers))
            require_valid_in_store(found)
        return found, None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def caller_of(request: Request) -> Caller:
    """The authenticated caller of a request, typed."""
    caller = request.user
    assert isinstance(caller, Caller)
    return caller


# --- parameters --------------------------------------------------------------------------------


def parse_integer(raw: str, *, name: str, minimum: int = 0, maximum: int = BIGINT_MAX) -> int:
    """`raw` as a plain ASCII integer in range, or InvalidInput naming the parameter."""
    if _ASCII_INTEGER.fullmatch(raw) and minimum <= (value := int(raw)) <= maximum:
        return value
    raise InvalidInput(
        _("%(name)s must be an integer from %(minimum)d to %(maximum)d.")
        % {"name": name, "minimum": minimum, "maximum": maximum}
    )


def parse_id(raw: str, *, name: str = "roomId") -> int:
    return parse_integer(raw, name=name, minimum=1)


def query_text(request: Request, name: str) -> str:
    """The query parameter `name`, or InvalidInput where it is missing."""
    value = request.query_params.get(name)
    if value is None:
        raise InvalidInput(_("The parameter %(name)s is missing.") % {"name": name})
    return value


@overload
def query_integer(request: Request, name: str, *, minimum: int = ..., maximum: int = ..., default: int) -> int: ...
@overload
def query_integer(
    request: Request, name: str, *, minimum: int = ..., maximum: int = ..., default: None = None
) -> int | None: ...
def query_integer(
    request: Request, name: str, *, minimum: int = 0, maximum: int = BIGINT_MAX, default: int | None = None
) -> int | None:
    """The query parameter `name` as an integer in range, `default` where it is absent or, as forms send it,
    empty: the replaced server took both for the same."""
    raw = request.query_params.get(name, "")
    return parse_integer(raw, name=name, minimum=minimum, maximum=maximum) if raw else default


def parse_body(request: Request, shape: type[T]) -> T:
    """The JSON body as a `shape` (a msgspec struct), or InvalidInput with the reason; ignores unknown keys."""
    try:
        return msgspec.convert(with_integers(request.data), shape)
    except msgspec.ValidationError as error:
        raise InvalidInput(_("The body does not fit: %(reason)s.") % {"reason": error}) from error


# --- answers -----------------------------------------------------------------------------------


class AlwaysJson(BaseContentNegotiation):
    """Whatever a client says it accepts, it gets JSON: an answer is more use than a 406."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return next(iter(parsers), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class EnvelopeRenderer(JSONRenderer):
    """Wraps what a view returns; a failure comes here in its own shape already."""

    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> Any:
        response = (renderer_context or {}).get("response")
        if response is None or not response.exception:
            data = success(data)
        if response is not None:  # whose answer it is a header of our own may say, of which caches know nothing
            response.setdefault("Cache-Control", "no-store")
        return super().render(data, accepted_media_type, renderer_context)


def success(data: Any) -> dict[str, Any]:
    """The success envelope, in the active language."""
    return {"status": "SUCCESS", "code": "S-001", "message": _("Done."), "data": data}


def failure(error: ChatError) -> dict[str, Any]:
    """The failure envelope, in the active language."""
    body = {"status": error.http_status, "code": error.code, "message": str(error.message)}
    if error.retry_after is not None:
        body["retryAfter"] = error.retry_after
    return body | error.details


def answer_exception(exception: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler: whatever a view raises becomes a failure envelope."""
    error = as_chat_error(exception)
    if isinstance(error, InternalError):
        logger.error("a view failed", exc_info=exception)
    elif isinstance(exception, OperationalError | InterfaceError):
        logger.warning("the database did not serve a view: %s", describe_database_error(exception))
    response = Response(failure(error), status=error.http_status, headers=_headers(error))
    response.exception = True
    return response


def as_chat_error(exception: BaseException) -> ChatError:
    """The ChatError that a client is shown for any exception; InternalError for what nobody foresaw."""
    match exception:
        case ChatError():
            return exception
        case OperationalError() | InterfaceError():
            return StoreUnavailable(retry_after=STORE_RETRY_AFTER_S)
        case RequestDataTooBig():
            return TooLarge()
        case exceptions.MethodNotAllowed():
            return MethodNotAllowed()
        case exceptions.Throttled():
            return TooManyRequests(retry_after=STORE_RETRY_AFTER_S)
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return NotAuthenticated()
        case exceptions.PermissionDenied() | PermissionDenied():
            return NotAllowed()
        case exceptions.NotFound() | Http404():
            return PathNotFound()
        case exceptions.APIException() | BadRequest() | SuspiciousOperation():
            return InvalidInput()
        case _:
            return InternalError()


def describe_database_error(error: BaseException) -> str:
    """The error's class and number, or few words: none quotes what anybody said."""
    said = error.args[:2] if error.args and error.args[0] in ERRORS_OF_THE_LINK else error.args[:1]
    return " ".join([type(error).__name__, *map(str, said)])


def _headers(error: ChatError) -> dict[str, str]:
    headers = {"WWW-Authenticate": "Bearer"} if error.http_status == 401 else {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(max(1, round(error.retry_after)))
    return headers


def json_failure(error: ChatError) -> JsonResponse:
    """The failure envelope as a plain Django response."""
    return JsonResponse(
        failure(error),
        status=error.http_status,
        headers=_headers(error),
        json_dumps_params={"ensure_ascii": False},
    )
