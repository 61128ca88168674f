"""The admin's page of the phrases by which people who may hurt themselves are noticed, with a bench to try one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from messaging.care_models import SignalWord
from messaging.models import Message
from messaging.moderation.patterns import TooManyStars, TooShort
from messaging.moderation.signals import EmptyList, SignalList, Word
from rooms.telling import tell

LOOKED_THROUGH = 10_000  # messages of counselling rooms, the newest; about half a second
SHOWN = 10  # of those that would be noticed
SENTENCES_MAX_CHARACTERS = 2_000
NEW = 0  # the number of a phrase that is not stored yet

if TYPE_CHECKING:
    SignalWordAdminBase = admin.ModelAdmin[SignalWord]
    SignalWordFormBase = forms.ModelForm[SignalWord]
else:
    SignalWordAdminBase, SignalWordFormBase = admin.ModelAdmin, forms.ModelForm


@dataclass(frozen=True, slots=True)
class Bench:
    """What came of a try. `said` is how messages begin, for whoever may look at messages."""

    summary: str
    sentences: list[tuple[str, bool]]
    said: list[str]


class SignalWordForm(SignalWordFormBase):
    sentences = forms.CharField(
        label=gettext_lazy("Sentences to try"),
        help_text=gettext_lazy("One a line. Nothing is saved."),
        max_length=SENTENCES_MAX_CHARACTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    class Meta:
        model = SignalWord
        fields = ("pattern", "is_innocent", "note", "is_active")

    def clean_pattern(self) -> str:
        pattern = " ".join(self.cleaned_data["pattern"].split())
        try:
            SignalList([Word(NEW, pattern)])
        except (TooShort, TooManyStars) as error:
            raise ValidationError(_("That would be found nearly everywhere, or nowhere.")) from error
        return pattern

    @property
    def is_try(self) -> bool:
        return "_try" in self.data

    def is_valid(self) -> bool:
        """A try is shown again, and not saved."""
        return super().is_valid() and not self.is_try


@admin.register(SignalWord)
class SignalWordAdmin(SignalWordAdminBase):
    form = SignalWordForm
    fields = ("pattern", "is_innocent", "note", "is_active", "sentences")
    list_display = ("pattern", "is_innocent", "note", "is_active", "updated_at")
    list_filter = ("is_innocent", "is_active")
    ordering = ("signal_id",)
    search_fields = ("pattern", "note")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **about: Any
    ) -> HttpResponse:
        form = context["adminform"].form
        if form.is_bound and form.is_try and not form.errors:
            may_read = request.user.has_perm("messaging.view_message")
            context["bench"] = _bench(form, may_read=may_read)
        return super().render_change_form(request, context, *args, **about)

    def save_model(self, request: HttpRequest, obj: SignalWord, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        tell(request, lambda server: server.care.tell_changed())

    def delete_model(self, request: HttpRequest, obj: SignalWord) -> None:
        super().delete_model(request, obj)
        tell(request, lambda server: server.care.tell_changed())


def _bench(form: SignalWordForm, *, may_read: bool) -> Bench:
    """The sentences by the whole list as it would be; of what was said, what the phrase alone would change."""
    wanted, stored = form.cleaned_data, form.instance.pk or NEW
    others = SignalWord.objects.filter(is_active=True).exclude(pk=stored)
    words = [Word(*row) for row in others.values_list("signal_id", "pattern", "is_innocent")]
    after = [*words, Word(stored, wanted["pattern"], wanted["is_innocent"])] if wanted["is_active"] else words
    now, then = _finder(words), _finder(after)
    sentences = [line.strip() for line in wanted["sentences"].splitlines() if line.strip()]
    said = Message.objects.filter(room__is_counselling=True, kind=Message.Kind.MEMBER, deleted_at=None)
    texts = said.order_by("-pk").values_list("contents", flat=True)[:LOOKED_THROUGH]
    changed = [text for text in texts if then(text) != now(text)]
    summary = _("Of the newest %(all)d messages in counselling rooms it changes %(changed)d.") % {
        "all": len(texts),
        "changed": len(changed),
    }
    beginnings = [Truncator(" ".join(text.split())).chars(80) for text in changed[:SHOWN]] if may_read else []
    return Bench(summary, [(sentence, then(sentence)) for sentence in sentences], beginnings)


def _finder(words: list[Word]) -> Callable[[str], bool]:
    """Whether somebody is noticed by these."""
    try:
        by = SignalList(words)
    except EmptyList:
        return lambda _text: False
    return lambda text: by.find(text) is not None
