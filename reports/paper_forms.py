"""The days that a paper is asked for, as they stand in its address; each has a default."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from allocations.models import Posting
from allocations.working_days import NO_HOLIDAYS, Calendar, add_working_days


class HandOverDayForm(forms.Form):
    """Which day's receipts; today when nothing is said."""

    ngay = forms.DateField(required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        return {**said, "ngay": said.get("ngay") or timezone.localdate()}


class PostingForm(forms.Form):
    """From and until when a list is posted: as it hangs; else from today for the round's working days, when nothing is
    said. `thon`: only this hamlet; `lon`: large type.
    """

    tu = forms.DateField(required=False)
    den = forms.DateField(required=False)
    thon = forms.CharField(required=False, max_length=120)
    lon = forms.BooleanField(required=False)

    def __init__(
        self, *args: Any, posting: Posting | None = None, days: int = 5, calendar: Calendar = NO_HOLIDAYS, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.posting, self.days, self.calendar = posting, days, calendar

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        since = said.get("tu") or (self.posting.starts_on if self.posting else timezone.localdate())
        until = said.get("den") or (
            self.posting.ends_on if self.posting else add_working_days(since, self.days, self.calendar)
        )
        if not self.errors and until < since:
            self.add_error("den", _("The last day lies before the first."))
        return {**said, "tu": since, "den": until}
