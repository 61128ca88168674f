"""What Django answers outside REST framework: wrong paths and methods, refused requests, crashes. JSON, always."""

from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from chatproject.errors import InternalError, InvalidInput, MethodNotAllowed, NotAllowed, PathNotFound
from chatproject.http.api import as_chat_error, json_failure


def read_only(view: Callable[..., Any]) -> Callable[..., Any]:
    """A plain Django view that answers GET and HEAD, and E-C005 to everything else, whoever asks."""

    def refuse_method(request: HttpRequest) -> JsonResponse | None:
        if request.method in ("GET", "HEAD"):
            return None
        refusal = json_failure(MethodNotAllowed())
        refusal["Allow"] = "GET, HEAD"  # RFC 9110, 15.5.6
        return refusal

    @wraps(view)
    async def answer_async(request: HttpRequest, **of_path: str) -> HttpResponseBase:
        answer: HttpResponseBase = refuse_method(request) or await view(request, **of_path)
        return answer

    @wraps(view)
    def answer(request: HttpRequest, **of_path: str) -> HttpResponseBase:
        answer: HttpResponseBase = refuse_method(request) or view(request, **of_path)
        return answer

    return csrf_exempt(answer_async if iscoroutinefunction(view) else answer)


def bad_request(request: HttpRequest, exception: Exception) -> JsonResponse:
    return json_failure(as_chat_error(exception) if isinstance(exception, RequestDataTooBig) else InvalidInput())


def permission_denied(request: HttpRequest, exception: Exception) -> JsonResponse:
    return json_failure(NotAllowed())


@csrf_exempt  # the last route, too: a wrong path is a wrong path, whatever the method
def path_not_found(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    return json_failure(PathNotFound())


def server_error(request: HttpRequest) -> JsonResponse:
    return json_failure(InternalError())
