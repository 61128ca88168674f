"""The URL map of the whole project. HTTP only; the WebSocket routes are in `messaging.routing`."""

from django.contrib import admin
from django.urls import include, path

from chatproject.views import healthz, home
from messaging.health import metrics, readyz

urlpatterns = [
    path("", home, name="home"),
    path("v1/healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("v1/chat/", include("rooms.urls")),
    path("v1/chat/", include("messaging.urls")),
    path("v1/chat/", include("assistant.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "chatproject.api.bad_request"
handler403 = "chatproject.api.permission_denied"
handler404 = "chatproject.api.path_not_found"
handler500 = "chatproject.api.server_error"
