"""What the page of a case is made of: the form by which staff decide it, its time, what was done before."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from messaging import deciding
from messaging.moderation_models import Case
from rooms.moderation.rights import Rank
from rooms.moderation.sanctions import REASON_MAX_CHARACTERS
from rooms.moderation_models import Sanction

UNTIL_LIFTED = 0
EARLIER_MAX = 10  # sanctions that a page shows
LENGTHS_MINUTES = (UNTIL_LIFTED, 10, 60, 1_440, 4_320, 10_080, 40_320, 43_200)  # first what is meant by nothing


class DecisionForm(forms.Form):
    """What is done, why, and for how long; whether that may be is asked of `deciding`."""

    outcome = forms.ChoiceField(label=gettext_lazy("What is done"), widget=forms.RadioSelect)
    minutes = forms.TypedChoiceField(
        label=gettext_lazy("For how long"), coerce=int, required=False, empty_value=None
    )
    hide = forms.BooleanField(label=gettext_lazy("Hide the message as well"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason, told to both sides"),
        max_length=REASON_MAX_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
    )

    def __init__(self, data: Any, *, case: Case) -> None:
        super().__init__(data)
        outcomes = deciding.outcomes_for(case, rank=Rank.STAFF)
        self.fields["outcome"].choices = [(value, Case.Outcome(value).label) for value in outcomes]  # type: ignore[attr-defined]
        self.fields["minutes"].choices = [(minutes, _length(minutes)) for minutes in LENGTHS_MINUTES]  # type: ignore[attr-defined]
        if case.subject != Case.Subject.MESSAGE:
            del self.fields["hide"]


def _length(minutes: int) -> str:
    if minutes == UNTIL_LIFTED:
        return _("until it is lifted")
    now = timezone.now()
    return timesince(now - timedelta(minutes=minutes), now)


def earlier_sanctions(case: Case) -> QuerySet[Sanction]:
    """What was done to the reported member before, anywhere; the newest."""
    if case.member_id is None:
        return Sanction.objects.none()
    met = Sanction.objects.filter(member_id=case.member_id, since__lt=case.decided_at or timezone.now())
    return met.exclude(case_id=case.pk).select_related("room").order_by("-sanction_id")[:EARLIER_MAX]


def due_in_words(case: Case) -> str:
    """How long there is, or how late it is or was."""
    end = case.decided_at or timezone.now()
    if end <= case.due_at:
        return "-" if case.decided_at else _("in %(time)s") % {"time": timesince(end, case.due_at)}
    return _("%(time)s late") % {"time": timesince(case.due_at, end)}
