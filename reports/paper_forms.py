"""The days that a paper is asked for, as they stand in its address; each has a default."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

POSTED_FOR = datetime.timedelta(days=7)


class HandOverDayForm(forms.Form):
    """Which day's receipts; today when nothing is said."""

    ngay = forms.DateField(required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        return {**said, "ngay": said.get("ngay") or timezone.localdate()}


class PostingForm(forms.Form):
    """From and until when a list is posted: from today, for seven days, when nothing is said."""

    tu = forms.DateField(required=False)
    den = forms.DateField(required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        since = said.get("tu") or timezone.localdate()
        until = said.get("den") or since + POSTED_FOR
        if not self.errors and until < since:
            self.add_error("den", _("The last day lies before the first."))
        return {**said, "tu": since, "den": until}
