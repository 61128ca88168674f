"""What a report can say is wrong: the same list everywhere, and who waits how long."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from messaging.moderation.reasons import LAW, Reason, due_after, reason_label
from messaging.moderation_models import Report

STATIC = Path(django_settings.BASE_DIR) / "chatproject" / "static" / "chat"


def test_whoever_may_be_in_danger_waits_an_hour_and_others_as_the_operator_says(settings: Any) -> None:
    settings.REPORT_DUE_HOURS = 12
    assert due_after(Reason.SELF_HARM) == due_after(Reason.ILLEGAL_FILMING) == timedelta(hours=1)
    assert due_after(Reason.SPAM) == timedelta(hours=12)


def test_every_item_of_the_law_has_a_reason() -> None:
    items = " ".join(LAW.values())
    for item in ("①1", "①2", "①3", "①4", "①5", "①6", "①6의2", "①7·8", "①9", "②"):
        assert f"44조의7 {item}" in items


@pytest.mark.parametrize("reason", Reason.values)
def test_every_reason_has_a_korean_name_and_fits_its_column(reason: str) -> None:
    assert re.search("[가-힣]", reason_label(reason))
    assert len(reason) <= (Report._meta.get_field("reason").max_length or 0)


def test_the_page_and_the_declarations_offer_the_same_reasons() -> None:
    page = (STATIC / "page" / "report-reasons.js").read_text()
    declared = (STATIC / "chat-client.d.ts").read_text().partition("type ReportReason =")[2].partition(";")[0]
    assert set(re.findall(r"(\w+): t\(", page)) == set(Reason.values)
    assert set(re.findall(r'"(\w+)"', declared)) == set(Reason.values)
