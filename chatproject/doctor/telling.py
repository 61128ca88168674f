"""How what was found is told: in words for people, as JSON for scripts. What is secret is taken out in both."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from chatproject.doctor.findings import EXIT_CODES, LEVELS, Looked, worst_of

SECRET_MIN_CHARACTERS = 4  # shorter ones would blot out words
WORDS = {"broken": "BROKEN ", "warning": "WARNING", "note": "note   ", "ok": "ok     "}


def secrets_in(settings: Any) -> set[str]:
    """Whatever of the settings nobody may read in a terminal or a ticket."""
    found: set[Any] = {settings.SECRET_KEY, settings.JWT_SECRET, settings.LLM_KEY, settings.PUSH.private_key}
    for database in settings.DATABASES.values():
        found.add(database.get("PASSWORD"))
    for url in settings.REDIS_URLS:
        found |= set(_of_url(url))
    options = settings.STORAGES["default"].get("OPTIONS", {})
    found |= {options.get("secret_key"), options.get("access_key")}
    texts = {one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one or "") for one in found}
    return {text for text in texts if len(text) >= SECRET_MIN_CHARACTERS}


def _of_url(url: str) -> Iterator[str]:
    account = url.partition("://")[2].rpartition("@")[0]
    password = account.partition(":")[2]
    yield from {password, unquote(password)}
    for pair in urlsplit(url).query.split("&"):
        word, _, value = pair.partition("=")
        if "password" in word:
            yield from {value, unquote(value)}


def in_words(looked: Sequence[Looked], *, secrets: Iterable[str]) -> str:
    """The worst first, each with how to mend it; what is well in a line for each check."""
    lines: list[str] = []
    for level in LEVELS:
        for one in looked:
            found = [finding for finding in one.findings if finding.level == level]
            if level == "ok":
                if found:
                    lines.append(f"{WORDS[level]} {one.about}: {'; '.join(finding.says for finding in found)}")
                continue
            for finding in found:
                lines.append(f"{WORDS[level]} {one.about}: {finding.says}")
                if finding.mend:
                    lines.append(f"{' ' * len(WORDS[level])} → {finding.mend}")
    return _without(secrets, "\n".join([*lines, "", _sum(looked)]))


def _sum(looked: Sequence[Looked]) -> str:
    levels = [finding.level for one in looked for finding in one.findings]
    broken, warnings = levels.count("broken"), levels.count("warning")
    counts = [f"{broken} broken"] * (broken > 0) + [f"{warnings} to be mended"] * (warnings > 0)
    return ", ".join(counts) or f"All is well: {len(looked)} parts were looked at."


def in_json(looked: Sequence[Looked], *, secrets: Iterable[str]) -> str:
    worst = worst_of(looked)
    told = {
        "worst": worst,
        "exitCode": EXIT_CODES[worst],
        "findings": [{"about": one.about, **finding._asdict()} for one in looked for finding in one.findings],
    }
    return _without(secrets, json.dumps(told, ensure_ascii=False, indent=2))


def _without(secrets: Iterable[str], text: str) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "…")
    return text
