"""Settings of the textbook's chat, from the environment that the benchmarks give it."""

import os

import environ

SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["channels", "tests.load.textbook"]
DATABASES = {"default": environ.Env.db_url_config(os.environ["DATABASE_URL"])}
DATABASES["default"]["CONN_MAX_AGE"] = None  # in its favour: the one thread keeps its connection
DATABASES["default"]["OPTIONS"] = {"isolation_level": "read committed"}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [os.environ["REDIS_URL"]], "prefix": "textbook"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
ROOT_URLCONF = "tests.load.textbook.settings"
urlpatterns: list[object] = []
