"""Every setting, read from the environment once. What is missing or weak ends the start with one sentence."""

from logging import captureWarnings
from pathlib import Path
from typing import Any
from warnings import filterwarnings

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from jwt.warnings import InsecureKeyLengthWarning

from chatproject.database.connecting import REPLICA_ALIAS, connection_options, read_replica
from chatproject.database.url import read_database
from chatproject.environment import (
    check_one_way,
    read_algorithm,
    read_base64_secret,
    read_choice,
    read_flag,
    read_hosts,
    read_integer,
    read_key,
    read_list,
    read_networks,
    read_origins,
    read_proxies,
    read_reaction_keys,
    read_secret,
    read_text,
    read_url,
)
from chatproject.file_settings import host_of_files, read_files, read_storages
from chatproject.http import framework
from chatproject.keeping_settings import read_keeping
from chatproject.logs import logging_settings
from chatproject.push_settings import read_push
from chatproject.redis_servers import layer_host, read_redis_urls
from chatproject.tracing_settings import read_tracing

BASE_DIR = Path(__file__).resolve().parent.parent
DEBUG = read_flag("DEBUG")
DEMO = read_flag("DEMO") and DEBUG  # whoever opens the page is whom they like

# --- secrets -----------------------------------------------------------------------------------

DEMO_DJANGO_SECRET_KEY = "demo-only-django-secret-key-never-in-production"
DEMO_JWT_SECRET = "demo-only-jwt-secret-never-in-production"
SECRET_KEY = read_secret("DJANGO_SECRET_KEY", demo=DEMO_DJANGO_SECRET_KEY, debug=DEBUG)
check_one_way("JWT_SECRET", "JWT_SECRET_BASE64", "JWT_JWKS_URL")
JWT_JWKS_URL = read_url("JWT_JWKS_URL", is_base=False)
JWT_JWKS_STALE_S = read_integer("JWT_JWKS_STALE_S", default=86_400)  # known keys go on while they cannot be had
JWT_ALGORITHM = read_algorithm("JWT_ALGORITHM", is_by_key_set=bool(JWT_JWKS_URL))
JWT_SECRET: str | bytes = read_base64_secret("JWT_SECRET_BASE64")  # bytes: written as base64
if not (JWT_SECRET or JWT_JWKS_URL):
    JWT_SECRET = read_secret("JWT_SECRET", demo=DEMO_JWT_SECRET, debug=DEBUG)
JWT_AUDIENCE = read_list("JWT_AUDIENCE")  # a token must be meant for one of them, where any is named
JWT_ISSUER = read_list("JWT_ISSUER")  # and be of one of these

# --- who may call ------------------------------------------------------------------------------

ALLOWED_HOSTS = read_hosts("ALLOWED_HOSTS") or (["*"] if DEBUG else [])
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("Set ALLOWED_HOSTS: the host names this server answers to, comma-separated.")
ALLOWED_HOSTS += ["localhost", "127.0.0.1"]  # the health checks of containers ask there
ROUTE_FRONT = read_origins("ROUTE_FRONT")
CORS_ALLOW_ALL_ORIGINS = "*" in ROUTE_FRONT
CORS_ALLOWED_ORIGINS = [] if CORS_ALLOW_ALL_ORIGINS else ROUTE_FRONT
# for front-ends that send each call with `credentials: "include"`; no cookie counts here, and any page gets none
CORS_ALLOW_CREDENTIALS = not CORS_ALLOW_ALL_ORIGINS
CORS_ALLOW_HEADERS = ["accept", "accept-language", "access", "authorization", "content-type"]
CORS_EXPOSE_HEADERS = ["x-request-id", "retry-after", "chat-epoch"]
CORS_URLS_REGEX = r"^/v\d+/(?!server/)"  # no page holds a key of the main server

# --- applications ------------------------------------------------------------------------------

INSTALLED_APPS = [
    "chatproject",
    "chatproject.apps.StaffAdminConfig",  # Django's admin, with our sign-in
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "corsheaders",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",  # Swagger UI's files
    "chatproject.outgoing",
    "chatproject.server_api",
    "rooms",
    "messaging",
    "assistant",
]
MIDDLEWARE = [
    "chatproject.http.middleware.any_host_for_health",
    "chatproject.http.middleware.length_of_chunked_body",
    "django.middleware.security.SecurityMiddleware",
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
TEMPLATES = framework.TEMPLATES
STATIC_URL = "static/"
# what `collectstatic` made; empty: served from where they are, nothing has to be made before the start
STATIC_ROOT = read_text("STATIC_ROOT") or None
WHITENOISE_USE_FINDERS, WHITENOISE_AUTOREFRESH = not STATIC_ROOT, DEBUG and not STATIC_ROOT
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- REST --------------------------------------------------------------------------------------

REST_FRAMEWORK, SPECTACULAR_SETTINGS = framework.REST_FRAMEWORK, framework.SPECTACULAR_SETTINGS

# --- database ----------------------------------------------------------------------------------

_database = read_database("DATABASE_URL", default_file=BASE_DIR / "db.sqlite3")
_database["CONN_MAX_AGE"] = 0  # above 0, every request thread under ASGI would keep one
_database["OPTIONS"] = connection_options(engine=_database["ENGINE"]) | _database.get("OPTIONS", {})
DATABASES = {"default": _database}
if _replica := read_replica("DATABASE_READ_URL", primary=_database):
    DATABASES[REPLICA_ALIAS] = _replica
    DATABASE_ROUTERS = ["chatproject.database.replica.ReplicaRouter"]
DB_THREADS = read_integer("DB_THREADS", default=4, minimum=1, maximum=64)

# --- between processes -------------------------------------------------------------------------

REDIS_URLS = read_redis_urls("REDIS_URL")
if REDIS_URLS:
    CHANNEL_LAYERS: dict[str, Any] = {
        f"redis-{number}": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [layer_host(url)], "prefix": "chat"},
        }
        for number, url in enumerate(REDIS_URLS)
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

# --- limits, 0 meaning none --------------------------------------------------------------------

LIMIT_FRAMES_PER_SECOND = read_integer("LIMIT_FRAMES_PER_SECOND", default=50)  # a socket; burst twice that
LIMIT_SENDS_PER_SECOND = read_integer(
    "LIMIT_SENDS_PER_SECOND", default=10
)  # a member and process; burst thrice that
LIMIT_SOCKETS_PER_MEMBER = read_integer("LIMIT_SOCKETS_PER_MEMBER", default=20)
LIMIT_ROOMS_PER_SOCKET = read_integer("LIMIT_ROOMS_PER_SOCKET", default=128)
FLOOD_REPEATS = read_integer("FLOOD_REPEATS", default=5)  # of nearly the same text; more is held for a manager
FLOOD_MINUTES = read_integer("FLOOD_MINUTES", default=30)
LIMIT_WRITES_PER_SECOND = read_integer(
    "LIMIT_WRITES_PER_SECOND", default=10
)  # a member, over HTTP, over all processes; burst thrice that
LIMIT_REQUESTS_PER_MEMBER = read_integer("LIMIT_REQUESTS_PER_MEMBER", default=16)  # at once, in a process
# of a member, over all processes; then one whenever that part of the time has passed
LIMIT_JOINS_PER_HOUR = read_integer("LIMIT_JOINS_PER_HOUR", default=30)
LIMIT_JOIN_CODES_PER_HOUR = read_integer("LIMIT_JOIN_CODES_PER_HOUR", default=10)  # joins that name a code
LIMIT_SEARCHES_PER_MINUTE = read_integer("LIMIT_SEARCHES_PER_MINUTE", default=30)
LIMIT_ROOM_SEARCHES_PER_MINUTE = read_integer("LIMIT_ROOM_SEARCHES_PER_MINUTE", default=120)  # as one types
LIMIT_INVITES_PER_HOUR = read_integer("LIMIT_INVITES_PER_HOUR", default=30)
LIMIT_FILES_PER_HOUR = read_integer("LIMIT_FILES_PER_HOUR", default=200)  # each is checked, however small
LIMIT_REPORTS_PER_DAY = read_integer("LIMIT_REPORTS_PER_DAY", default=20)
LIMIT_ROOMS_PER_DAY = read_integer("LIMIT_ROOMS_PER_DAY", default=50)  # that a member makes; days of TIME_ZONE
# private rooms among them, with members in no group room of one's own
LIMIT_STRANGERS_PER_DAY = read_integer("LIMIT_STRANGERS_PER_DAY", default=10)

# of a key; burst thrice
LIMIT_SERVER_CALLS_PER_SECOND = read_integer("LIMIT_SERVER_CALLS_PER_SECOND", default=100)

# --- the main server ---------------------------------------------------------------------------

SEND_EVENTS = read_flag("SEND_EVENTS", default=True)  # off: `manage.py send_events` does, apart
EVENTS_KEEP_DAYS = read_integer("EVENTS_KEEP_DAYS", default=3, minimum=1)  # delivered ones, to be sent again
EVENTS_ALLOWED_NETWORKS = read_networks("EVENTS_ALLOWED_NETWORKS")  # private ones that events may be sent to
PRESENCE = read_flag("PRESENCE", default=True)  # whether members see who is online
TRACING = read_tracing()  # by the variables of OpenTelemetry
PUSH = read_push()  # how browsers of members are notified while no page of ours is open in them

# --- what was said ----------------------------------------------------------------------------

EDIT_WITHIN_HOURS = read_integer("EDIT_WITHIN_HOURS", default=24)  # by its author; 0: nobody edits
DELETE_WITHIN_HOURS = read_integer("DELETE_WITHIN_HOURS", default=24)  # by its author; managers at any time
REPORT_DUE_HOURS = read_integer("REPORT_DUE_HOURS", default=24, minimum=1)  # until it counts as late
REACTION_KEYS = read_reaction_keys("REACTION_KEYS", default="heart,thumb,check,laugh,surprise,sad")

FILES = read_files()
STORAGES = read_storages("FILES_URL", default_folder=BASE_DIR / "files", collected=bool(STATIC_ROOT))
ALLOWED_HOSTS += host_of_files(FILES.origin, others=ALLOWED_HOSTS)
KEEPING = read_keeping()

# --- the assistant -----------------------------------------------------------------------------

ASSISTANT_PROVIDER = read_choice("ASSISTANT_PROVIDER", "gemini", "openai")
LLM_KEY = read_key("LLM_KEY")
GEMINI_BASE_URL = read_url("GEMINI_BASE_URL", default="https://generativelanguage.googleapis.com")
GEMINI_MODEL = read_text("GEMINI_MODEL", default="gemini-2.5-flash-lite")
GEMINI_FALLBACK_MODEL = read_text("GEMINI_FALLBACK_MODEL", default="gemini-3.5-flash-lite")
OPENAI_BASE_URL = read_url("OPENAI_BASE_URL")
OPENAI_MODEL = read_text("OPENAI_MODEL")
OPENAI_FALLBACK_MODEL = read_text("OPENAI_FALLBACK_MODEL")
if ASSISTANT_PROVIDER == "openai" and not (OPENAI_BASE_URL and OPENAI_MODEL):
    raise ImproperlyConfigured("Set OPENAI_BASE_URL and OPENAI_MODEL: ASSISTANT_PROVIDER=openai asks them.")
ASSISTANT_NEEDS_AGE = read_flag("ASSISTANT_NEEDS_AGE")  # the assistant is for whom a token says `under14: false`
ASSISTANT_NAME, ASSISTANT_WHOSE = read_text("ASSISTANT_NAME", default="도우미"), read_text("ASSISTANT_WHOSE")

# --- languages and time ------------------------------------------------------------------------

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
USE_TZ = True
TIME_ZONE = "Asia/Seoul"  # whose days count, and what the admin shows; the wire is UTC
FORMAT_MODULE_PATH = "chatproject.formats"

# --- serving -----------------------------------------------------------------------------------

PORT = read_integer("PORT", default=8081, minimum=1, maximum=65535)
# whose X-Forwarded-For and -Proto count: `chatproject.http.proxies` looks, and Django itself at no such header
TRUSTED_PROXIES = read_proxies("TRUSTED_PROXIES", default="127.0.0.1")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# off: TLS ends at a proxy, which redirects, and which says HSTS for all that the host serves
SECURE_HSTS_SECONDS = read_integer("SECURE_HSTS_SECONDS", default=0, maximum=2 * 365 * 86_400)
SECURE_SSL_REDIRECT = read_flag("SECURE_SSL_REDIRECT")
SECURE_REDIRECT_EXEMPT = ["^v1/healthz$", "^readyz$", "^metrics$"]  # asked from inside, without TLS
SILENCED_SYSTEM_CHECKS = [
    "security.W009",  # asks for 50 characters; what is too weak to sign with has ended the start already
    "security.W004",  # HSTS is off: see above
    "security.W008",  # so is the redirect
    "security.W005",  # what other hosts of the domain do is not this service's to promise
    "security.W021",  # nor is the browsers' preload list, which nobody gets out of for months
]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG  # the admin's; over plain http nobody signs in there

LOGGING = logging_settings(debug=DEBUG)
captureWarnings(True)  # Python's own become lines of that log
# about HS384 and HS512 with 32 bytes, which some main servers sign with: random ones are enough
filterwarnings("ignore", category=InsecureKeyLengthWarning)
