"""Where people help, as it is shipped and as staff left it."""

from datetime import date

import pytest

from messaging.care_models import CareText, HelpLine
from messaging.moderation.help_lines import Card, assistant_text, read_card
from tests.messaging.care import ship

pytestmark = pytest.mark.django_db


def test_what_is_shipped_names_who_helps_at_any_hour_each_with_a_date_and_a_source() -> None:
    ship()
    card = read_card()

    assert [(line.kind, line.number) for line in card.lines] == [
        ("call", "109"),
        ("text", "109"),
        ("call", "1388"),
        ("call", "119"),
    ]
    assert all(line.name and line.name_en and line.hours and line.hours_en for line in card.lines)
    assert not any(line.number in line.name + line.name_en for line in card.lines)  # it stands beside the name
    assert all(date.fromisoformat(line.checked_on) for line in card.lines)
    assert HelpLine.objects.exclude(source="").count() == len(card.lines)
    assert card.text
    assert card.text_en
    assert "109" in assistant_text(is_korean=True)
    assert "119" in assistant_text(is_korean=False)


def test_what_staff_changed_stays_and_what_they_switched_off_is_not_shown() -> None:
    HelpLine.objects.all().delete()
    ship()
    HelpLine.objects.filter(number="1388").update(is_active=False)
    CareText.objects.filter(use="card").update(text="우리가 쓴 말")
    ship()

    assert [line.number for line in read_card().lines] == ["109", "109", "119"]
    assert read_card().text == "우리가 쓴 말"


def test_where_there_is_no_text_nothing_is_made_up() -> None:
    for model in (HelpLine, CareText):
        model.objects.all().delete()

    assert read_card() == Card()
    assert assistant_text(is_korean=True) == ""


def test_without_english_the_korean_is_said() -> None:
    CareText.objects.update_or_create(use="assistant", defaults={"text": "사람에게", "text_en": ""})

    assert assistant_text(is_korean=False) == "사람에게"
