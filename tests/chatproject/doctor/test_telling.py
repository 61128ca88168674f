"""How findings are told."""

import json
from types import SimpleNamespace

from chatproject.doctor.findings import Looked, broken, note, ok, warning
from chatproject.doctor.telling import in_json, in_words, secrets_in

LOOKED = [
    Looked("clocks", [ok("agree"), ok("all")]),
    Looked("redis", [warning("is odd", "mend it"), note("by the way")]),
    Looked("database", [broken("refused hunter22", "change hunter22")]),
]


def test_the_worst_comes_first_and_what_is_well_is_one_line() -> None:
    assert in_words(LOOKED, secrets=[]).splitlines() == [
        "BROKEN  database: refused hunter22",
        "        → change hunter22",
        "WARNING redis: is odd",
        "        → mend it",
        "note    redis: by the way",
        "ok      clocks: agree; all",
        "",
        "1 broken, 1 to be mended",
    ]
    assert in_words([], secrets=[]).strip() == "All is well: 0 parts were looked at."


def test_scripts_get_the_same_and_no_secret_is_in_either() -> None:
    told = json.loads(in_json(LOOKED, secrets=["hunter22"]))
    assert (told["worst"], told["exitCode"]) == ("broken", 2)
    assert {"about": "database", "level": "broken", "says": "refused …", "mend": "change …"} in told["findings"]
    assert "hunter22" not in in_words(LOOKED, secrets=["hunter22"])


def test_every_secret_of_the_settings_is_known_as_one() -> None:
    settings = SimpleNamespace(
        SECRET_KEY="django-secret",
        JWT_SECRET=b"jwt-secret",
        LLM_KEY="llm-key",
        PUSH=SimpleNamespace(private_key="push-key"),
        DATABASES={"default": {"PASSWORD": "database-password"}, "file": {}},
        REDIS_URLS=[
            "redis://user:redis%40password@host:6379",
            "redis+sentinel://:watched@one:26379,two:26379/name?sentinel_password=sentinels",
            "redis://host",
        ],
        STORAGES={"default": {"OPTIONS": {"secret_key": "s3-secret", "access_key": "s3-key"}}},
    )
    assert secrets_in(settings) == {
        *("django-secret", "jwt-secret", "llm-key", "push-key", "database-password", "redis%40password"),
        *("redis@password", "watched", "sentinels", "s3-secret", "s3-key"),
    }
