"""What the environment says of how long things are kept, as one value: `settings.KEEPING`.

Why so long, and what else is kept for how long: docs/operations.md, "How long things are kept".
"""

from dataclasses import dataclass

from chatproject.environment import read_integer

MOST_DAYS = 32_767


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepingSettings:
    """Days; 0: for good."""

    messages_days: int  # where a room does not say
    deleted_texts_days: int  # what was deleted, and what a message said before an edit
    cases_days: int  # after their end: reports, sanctions, objections, what was held, who asked to come in
    concerns_days: int  # after they were closed
    assistant_days: int  # what members and rooms used of it, and runs without an answer
    audit_days: int  # the log; also receipts of erasures, ended holds, what staff did in the admin


def read_keeping() -> KeepingSettings:
    return KeepingSettings(
        messages_days=read_integer("MESSAGES_KEEP_DAYS", default=0, maximum=MOST_DAYS),
        deleted_texts_days=read_integer("DELETED_TEXTS_KEEP_DAYS", default=90, maximum=MOST_DAYS),
        cases_days=read_integer("CASES_KEEP_DAYS", default=365, maximum=MOST_DAYS),
        concerns_days=read_integer("CONCERNS_KEEP_DAYS", default=180, maximum=MOST_DAYS),
        assistant_days=read_integer("ASSISTANT_KEEP_DAYS", default=90, maximum=MOST_DAYS),
        audit_days=read_integer("AUDIT_KEEP_DAYS", default=1_095, maximum=MOST_DAYS),
    )
