"""The log: one JSON object a line in production, readable lines in DEBUG. Never a token, never a message's text.

What may be logged is ids, counts, codes and times, as `extra` of the standard `logging`; values of any other kind
(requests, frames, models) are left out, tracebacks come without local variables, and what looks like a JWT,
a ticket, a key of the main server or the code of an invitation is blotted out last.
"""

import logging
import re
from typing import Any

import stamina
import structlog
from structlog.typing import EventDict, WrappedLogger

PLAIN_TYPES = (str, int, float, bool, type(None))
INTERNAL = ("_record", "_from_structlog", "exc_info")  # structlog's own, turned into plain text later
# begins at the start of a word, with what stands before the token: else "eyJeyJeyJ…" takes quadratic time
JWT = re.compile(r"(?<![\w-])((?:(?!eyJ)[\w-])*)eyJ[\w-]+\.[\w-]+\.[\w-]*")
TICKET = re.compile(r"cht_[\w.-]+")
INVITATION = re.compile(r"(/chat/invite/)[\w-]+")
KEY = re.compile(r"(chk_[0-9A-Za-z]{12})_[\w-]+")  # of the main server; what the admin knows it by may be read

logger = logging.getLogger(__name__)


def drop_objects(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Keep plain values only: the repr of a request holds its query, that of a frame its text."""
    return {
        name: value
        for name, value in event.items()
        # uvicorn says each thing a second time, in colours
        if (isinstance(value, PLAIN_TYPES) or name in INTERNAL) and name != "color_message"
    }


def blot_out_tokens(_logger: WrappedLogger, _method: str, line: str) -> str:
    line = INVITATION.sub(r"\1[code]", line)
    return KEY.sub(r"\1_[key]", TICKET.sub("[ticket]", JWT.sub(r"\1[token]", line)))


class FaultsOnly(logging.Filter):
    """Of Django's lines about answers none about a 503: a refusal, which outsiders get as often as they like."""

    def filter(self, record: logging.LogRecord) -> bool:
        return getattr(record, "status_code", None) != 503


def logging_settings(*, debug: bool) -> dict[str, Any]:
    """Django's LOGGING."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "faults": {"()": "chatproject.logs.FaultsOnly"},
            "quiet": {"()": "chatproject.log_filters.QuietRefusals"},
        },
        "formatters": {"line": {"()": "chatproject.logs.make_formatter", "debug": debug}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["quiet"]}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django": {"handlers": [], "level": "INFO"},
            "django.request": {"level": "ERROR", "filters": ["faults"]},  # a refusal is in the request's own line
            "django.server": {"handlers": [], "level": "ERROR", "propagate": True},  # its lines carry ?access=…
            "channels_redis.pubsub": {
                "level": "CRITICAL"
            },  # Redis away: the relay says so once, this one each second
            "opentelemetry": {"level": "CRITICAL"},  # a collector away: `tracing.exporting` says so once
            "daphne.http_protocol": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},  # its INFO line carries whole URLs
            "httpcore": {"level": "WARNING"},
        },
    }


def make_formatter(*, debug: bool) -> logging.Formatter:
    """The formatter of every line, whichever library wrote it."""
    render: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if debug:
        plain = structlog.dev.plain_traceback  # the pretty one prints local variables
        render += [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain)]
    else:
        render += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    render += [blot_out_tokens]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.ExtraAdder(),
            drop_objects,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=render,
    )


def log_retry(details: stamina.instrumentation.RetryDetails) -> None:
    """Instead of stamina's own line, which prints the arguments: texts among them."""
    cause = type(details.caused_by).__name__
    logger.warning("trying again", extra={"retry": details.retry_num, "cause": cause, "what": details.name})
