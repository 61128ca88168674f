"""What REST framework, the OpenAPI document made of its views, and templates are told. Only for the settings."""

from typing import Any

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["chatproject.http.api.AccessTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["chatproject.http.api.EnvelopeRenderer"],
    "DEFAULT_PARSER_CLASSES": ["chatproject.http.bodies.JSONBodyParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "chatproject.http.api.AlwaysJson",
    "DEFAULT_METADATA_CLASS": None,  # OPTIONS is for CORS, which answers it before
    "EXCEPTION_HANDLER": "chatproject.http.api.answer_exception",
    "DEFAULT_SCHEMA_CLASS": "chatproject.http.openapi.Schema",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Community chat",
    "DESCRIPTION": "Rooms, history and the assistant over REST. The WebSocket is described at /v2/docs.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "DEFAULT_GENERATOR_CLASS": "chatproject.http.openapi_documents.MembersDocument",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "POSTPROCESSING_HOOKS": ["chatproject.http.openapi.say_what_annotations_cannot"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
