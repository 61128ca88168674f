"""What staff read in the admin is Korean: names of tables and columns."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets, label_for_field
from django.contrib.auth.models import User
from django.test import RequestFactory
from django.utils import translation
from django.utils.translation import gettext

HANGUL = re.compile("[가-힣]")
CHECKBOX = "action_checkbox"


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_tables_and_columns_have_korean_names(model: type[Any]) -> None:
    request = RequestFactory().get("/")
    request.user = User(is_staff=True, is_superuser=True)
    page: Any = admin.site._registry[model]
    with translation.override("ko"):
        form = page.get_form(request, change=True)()
        fields = [name for name in flatten_fieldsets(page.get_fieldsets(request)) if isinstance(name, str)]
        own = {name: str(field.label) for name, field in form.fields.items()}
        labels = {str(model._meta.verbose_name), *(own[name] for name in fields if name in own)}
        for name in [*page.list_display, *fields]:
            if name != CHECKBOX and name not in own:
                labels.add(str(label_for_field(name, model, page, form=form)))
    assert not [label for label in labels if not HANGUL.search(label)]


def test_what_django_says_badly_we_say_ourselves() -> None:
    with translation.override("ko"):
        assert gettext("Select %s to view") % "메시지" == "메시지"
