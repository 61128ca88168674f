"""What an export has of the assistant's tables, which are of an app that this one does not know. No queries."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from messaging.personal.exports.table import Table

OF_ASSISTANT = (
    Table(
        model="assistant.Consent",
        by="member_id",
        name="assistantConsent",
        title=_("Whether the assistant may read what I say"),
        columns=("readable",),
    ),
    Table(
        model="assistant.AssistantRun",
        by="asker_id",
        name="assistantRuns",
        title=_("What I asked the assistant"),
        columns=("room_id", "trigger_seq", "answer_seq", "state", "model_served", "total_tokens", "created_at"),
        called={"model_served": "model", "total_tokens": "tokens", "created_at": "asked_at"},
    ),
    Table(
        model="assistant.Usage",
        by="subject_id",
        name="assistantUse",
        title=_("How much I used the assistant"),
        columns=("day", "calls", "tokens"),
        only=Q(scope="member"),
        order=("day",),
    ),
)
