"""What an official types about a public posting: where and from when; the record that closes it; why it is stopped."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

MOST_PLACES = 30


class StartPostingForm(forms.Form):
    """Places one a line."""

    starts_on = forms.DateField(label=_("Posted from"))
    places = forms.CharField(
        label=_("Where it is posted, one place a line"), max_length=3000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def clean_starts_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["starts_on"]
        if day < timezone.localdate():
            raise ValidationError(
                _("A posting begins today or later: its days count from the day on which it is recorded.")
            )
        return day

    def clean_places(self) -> list[str]:
        places = [line.strip()[:120] for line in self.cleaned_data["places"].splitlines() if line.strip()]
        if not places:
            raise ValidationError(_("Write where the list is posted."))
        return places[:MOST_PLACES]


class ClosePostingForm(forms.Form):
    """Form 3b."""

    record_no = forms.CharField(
        label=_("Number of the record"), max_length=40, help_text=_("As on the paper, for example 07/BB-UBND."),
        widget=forms.TextInput(attrs={"class": "short"}),
    )  # fmt: skip
    present = forms.CharField(
        label=_("Who was present, one person a line"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    findings = forms.CharField(
        label=_("What the record adds"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    @property
    def chosen(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class StopPostingForm(forms.Form):
    reason = forms.CharField(
        label=_("Why the posting is stopped"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
