"""What a report can say is wrong, what of it the law names, and how long each may wait. Pure.

The numbers are those of 정보통신망법 (the Network Act) 44조의7: paragraph ① in its items, ② (false or manipulated
information, in force since July 2026). What stands without one is of other laws, named here, or of the house.
"""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    SELF_HARM = "self_harm", _("worry about suicide or self-harm")
    ABUSE = "abuse", _("insults, bullying, hate")
    STALKING = "stalking", _("repeated threats, causing fear or anxiety")
    DEFAMATION = "defamation", _("defamation")
    PRIVACY = "privacy", _("personal data, exposed or traded")
    SPAM = "spam", _("advertising, flooding, fraud")
    OBSCENE = "obscene", _("obscene content")
    ILLEGAL_FILMING = "illegal_filming", _("illegal filming, sexual exploitation")
    MINORS = "minors", _("harmful to minors")
    GAMBLING = "gambling", _("gambling")
    DRUGS = "drugs", _("drugs")
    HACKING = "hacking", _("hacking, malicious programs")
    FALSIFIED = "falsified", _("false or manipulated information")
    COPYRIGHT = "copyright", _("copyright")
    SECURITY_SECRET = "security_secret", _("state secrets, national security")
    CRIME = "crime", _("other crimes")
    OTHER = "other", _("another reason")


LAW = {
    Reason.OBSCENE: "정보통신망법 44조의7 ①1",
    Reason.DEFAMATION: "정보통신망법 44조의7 ①2",
    Reason.STALKING: "정보통신망법 44조의7 ①3",
    Reason.HACKING: "정보통신망법 44조의7 ①4",
    Reason.MINORS: "정보통신망법 44조의7 ①5",
    Reason.GAMBLING: "정보통신망법 44조의7 ①6",
    Reason.PRIVACY: "정보통신망법 44조의7 ①6의2",
    Reason.SECURITY_SECRET: "정보통신망법 44조의7 ①7·8",
    Reason.DRUGS: "정보통신망법 44조의7 ①9",
    Reason.CRIME: "정보통신망법 44조의7 ①9",
    Reason.FALSIFIED: "정보통신망법 44조의7 ②",
    Reason.ILLEGAL_FILMING: "전기통신사업법 22조의5",
    Reason.COPYRIGHT: "저작권법 103조",
}
URGENT = frozenset(
    {Reason.SELF_HARM, Reason.ILLEGAL_FILMING}
)  # the one for the person's sake, the other "지체 없이"
URGENT_DUE = timedelta(hours=1)


def due_after(reason: str) -> timedelta:
    """How long after its report somebody has to have decided."""
    return URGENT_DUE if reason in URGENT else timedelta(hours=settings.REPORT_DUE_HOURS)


def reason_label(reason: str) -> str:
    """In words, whatever stands in an old row."""
    return str(Reason(reason).label) if reason in Reason.values else reason
