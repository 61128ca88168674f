"""Static files by WhiteNoise, read whole. Which files there are is Django's staticfiles' to say."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]  # whitenoise is not typed
    """Under ASGI, Django reads a file response whole anyway, and warns in the log each time that it has to."""

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponse:
        streamed = WhiteNoiseMiddleware.serve(static_file, request)
        whole = HttpResponse(b"".join(streamed.streaming_content), status=streamed.status_code)
        del whole["content-type"]
        for name, value in streamed.items():
            whole[name] = value
        streamed.close()
        return whole
