"""The URL map of the whole project. HTTP only; the WebSocket routes are in `messaging.routing`."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from chatproject.demo import demo_token
from chatproject.http.content_security import allow
from chatproject.http.documents import made_once
from chatproject.http.handlers import path_not_found
from chatproject.http.openapi_documents import ServersDocument
from chatproject.views import healthz, home, service_worker, texts, texts_of, web_manifest
from messaging.health import metrics, readyz
from messaging.wire.reference import asyncapi, reference

SWAGGER_UI = {  # it sets styles as it draws, and has its icons in its style sheet
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
}

urlpatterns = [
    path("", home, name="home"),
    path("texts.js", texts, name="texts"),
    path("texts.<str:language>.<str:version>.js", texts_of, name="texts-of"),
    path("service-worker.js", service_worker, name="service-worker"),
    path("chat.webmanifest", web_manifest, name="web-manifest"),
    path("demo/token", demo_token, name="demo-token"),
    path("v1/healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("v2/asyncapi.json", asyncapi, name="asyncapi"),
    path("v2/docs", reference, name="reference"),
    path("v1/schema", made_once(SpectacularJSONAPIView.as_view()), name="schema"),
    # its page and, with this parameter, its script
    path(
        "v1/docs",
        made_once(allow(SWAGGER_UI)(SpectacularSwaggerSplitView.as_view()), switches=("script",)),
        name="swagger",
    ),
    path(
        "v1/server/schema",
        made_once(SpectacularJSONAPIView.as_view(generator_class=ServersDocument)),
        name="server-schema",
    ),
    path(
        "v1/server/docs",
        made_once(
            allow(SWAGGER_UI)(SpectacularSwaggerSplitView.as_view(url_name="server-schema")), switches=("script",)
        ),
        name="server-swagger",
    ),
    path("v1/server/", include("messaging.server_views.urls")),
    path("v1/chat/", include("rooms.urls")),
    path("v1/chat/", include("messaging.urls")),
    path("v1/chat/", include("assistant.urls")),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    re_path("", path_not_found),  # in DEBUG as well, where Django would answer a page of its own
]

handler400 = "chatproject.http.handlers.bad_request"
handler403 = "chatproject.http.handlers.permission_denied"
handler404 = "chatproject.http.handlers.path_not_found"
handler500 = "chatproject.http.handlers.server_error"
