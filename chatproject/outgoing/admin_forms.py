"""What staff say of an endpoint: where it is and what it wants to hear of."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.utils.translation import gettext_lazy

from chatproject.outgoing import services
from chatproject.outgoing.addresses import AddressRefused, HostUnknown
from chatproject.outgoing.models import Endpoint, Kind

if TYPE_CHECKING:
    EndpointFormBase = forms.ModelForm[Endpoint]
else:
    EndpointFormBase = forms.ModelForm

KINDS = [(kind.value, kind.label) for kind in Kind if kind is not Kind.TEST]
PRESELECTED = [value for value, _label in KINDS if value != Kind.READ]  # of read marks there are too many


class EndpointForm(EndpointFormBase):
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("kinds"),
        choices=KINDS,
        initial=PRESELECTED,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Each event of these kinds is sent from now on."),
    )

    class Meta:
        model = Endpoint
        fields = ("url", "description", "kinds", "with_text")

    has_unknown_host = False

    def clean_url(self) -> str:
        """A host that is unknown now keeps nobody from changing an endpoint: each connection is judged anew."""
        url: str = self.cleaned_data["url"].strip()
        try:
            services.check_address(url)
        except AddressRefused as refusal:
            if isinstance(refusal, HostUnknown) and self.instance.pk is not None:
                self.has_unknown_host = True
                return url
            raise ValidationError(str(refusal)) from None
        return url


class ReplayForm(forms.Form):
    since = forms.SplitDateTimeField(
        label=gettext_lazy("from this moment on"),
        widget=AdminSplitDateTime,
        validators=[
            MinValueValidator(datetime(2000, 1, 1, tzinfo=UTC))
        ],  # in UTC the year 1 began the year before
    )
