"""Every setting, read from the environment once. What is missing or weak ends the start with one sentence."""

from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
DEBUG = env.bool("DEBUG", default=False)

# --- secrets -----------------------------------------------------------------------------------

SECRET_MIN_BYTES = 32  # RFC 7518, 3.2: an HS256 key is at least as long as the hash
DEMO_DJANGO_SECRET_KEY = "demo-only-django-secret-key-never-in-production"
DEMO_JWT_SECRET = "demo-only-jwt-secret-never-in-production"


def _secret(name: str, *, demo: str) -> str:
    """The secret `name`; in DEBUG a known one stands in for a missing one."""
    value: str = env.str(name, default=demo if DEBUG else "")
    if not value:
        raise ImproperlyConfigured(f"Set {name}: a random secret of at least {SECRET_MIN_BYTES} bytes.")
    if not DEBUG and (value == demo or len(set(value)) < 8):
        raise ImproperlyConfigured(f"Set {name} to a random secret: the present one is known or guessable.")
    if len(value.encode()) < SECRET_MIN_BYTES:
        raise ImproperlyConfigured(f"Set {name} to at least {SECRET_MIN_BYTES} bytes: the present one is shorter.")
    return value


SECRET_KEY = _secret("DJANGO_SECRET_KEY", demo=DEMO_DJANGO_SECRET_KEY)
JWT_JWKS_URL = env.str("JWT_JWKS_URL", default="")
if JWT_JWKS_URL and env.str("JWT_SECRET", default=""):
    raise ImproperlyConfigured("Set JWT_SECRET or JWT_JWKS_URL, not both: one algorithm family at a time.")
JWT_SECRET = "" if JWT_JWKS_URL else _secret("JWT_SECRET", demo=DEMO_JWT_SECRET)

# --- who may call ------------------------------------------------------------------------------

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"] if DEBUG else [])
if not DEBUG and not ALLOWED_HOSTS:
    raise ImproperlyConfigured("Set ALLOWED_HOSTS: the host names this server answers to, comma-separated.")
ROUTE_FRONT = [origin.rstrip("/") for origin in env.list("ROUTE_FRONT", default=[])]
CORS_ALLOW_ALL_ORIGINS = "*" in ROUTE_FRONT
CORS_ALLOWED_ORIGINS = [] if CORS_ALLOW_ALL_ORIGINS else ROUTE_FRONT
CORS_ALLOW_HEADERS = ["accept", "accept-language", "access", "authorization", "content-type"]
CORS_URLS_REGEX = r"^/v\d+/"
CSRF_TRUSTED_ORIGINS = CORS_ALLOWED_ORIGINS

# --- applications ------------------------------------------------------------------------------

INSTALLED_APPS = [
    "daphne",  # before staticfiles: makes runserver speak WebSocket
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "corsheaders",
    "channels",
    "rest_framework",
    "rooms",
    "messaging",
    "assistant",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "chatproject.urls"
ASGI_APPLICATION = "chatproject.asgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "chatproject" / "templates"],
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
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- REST --------------------------------------------------------------------------------------

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["chatproject.api.AccessTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["chatproject.api.EnvelopeRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "chatproject.api.answer_exception",
    "UNAUTHENTICATED_USER": None,
}

# --- database ----------------------------------------------------------------------------------

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
_database: dict[str, Any] = DATABASES["default"]
_database["CONN_MAX_AGE"] = 0  # above 0, every request thread under ASGI would keep one
if _database["ENGINE"] == "django.db.backends.mysql":
    _database["OPTIONS"] = {
        "charset": "utf8mb4",
        "isolation_level": "read committed",
        "connect_timeout": 3,
        # seconds; a stopped server must not hold one of the few database threads for longer
        "read_timeout": 10,
        "write_timeout": 10,
        **_database.get("OPTIONS", {}),
    }
elif _database["ENGINE"] == "django.db.backends.sqlite3":
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,  # seconds to wait for the one writer
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
else:
    raise ImproperlyConfigured("Set DATABASE_URL to a mysql:// or sqlite:// URL: no other database is supported.")
DB_THREADS = env.int("DB_THREADS", default=4)

# --- between processes -------------------------------------------------------------------------

REDIS_URLS = env.list("REDIS_URL", default=[])
if REDIS_URLS:
    CHANNEL_LAYERS: dict[str, Any] = {
        f"redis-{number}": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [url], "prefix": "chat"},
        }
        for number, url in enumerate(REDIS_URLS)
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

# --- limits, 0 meaning none --------------------------------------------------------------------

LIMIT_FRAMES_PER_SECOND = env.int("LIMIT_FRAMES_PER_SECOND", default=50)  # a socket; burst twice that
LIMIT_SENDS_PER_SECOND = env.int("LIMIT_SENDS_PER_SECOND", default=10)  # a member and process; burst three times
LIMIT_SOCKETS_PER_MEMBER = env.int("LIMIT_SOCKETS_PER_MEMBER", default=20)
LIMIT_ROOMS_PER_SOCKET = env.int("LIMIT_ROOMS_PER_SOCKET", default=128)

# --- the assistant -----------------------------------------------------------------------------

LLM_KEY = env.str("LLM_KEY", default="")
GEMINI_BASE_URL = env.str("GEMINI_BASE_URL", default="https://generativelanguage.googleapis.com").rstrip("/")
GEMINI_MODEL = env.str("GEMINI_MODEL", default="gemini-2.5-flash-lite")
GEMINI_FALLBACK_MODEL = env.str("GEMINI_FALLBACK_MODEL", default="gemini-3.5-flash-lite")
ASSISTANT_NAME = env.str("ASSISTANT_NAME", default="도우미")

# --- languages and time ------------------------------------------------------------------------

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "chatproject" / "locale"]
USE_TZ = True
TIME_ZONE = "Asia/Seoul"  # what the admin shows; the wire is UTC

# --- serving -----------------------------------------------------------------------------------

PORT = env.int("PORT", default=8081)
USE_X_FORWARDED_HOST = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "httpx": {"level": "WARNING"},  # its INFO line carries whole URLs
        "httpcore": {"level": "WARNING"},
        "django.server": {"handlers": [], "level": "ERROR", "propagate": True},  # its lines carry ?access=…
        "daphne.http_protocol": {"level": "WARNING"},
        "uvicorn": {"level": "INFO"},
        "uvicorn.error": {"level": "INFO"},
    },
}
