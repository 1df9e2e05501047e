"""Why a household leaves the register."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DelistingForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For example: moved to another commune, no longer poor, entered twice"),
        error_messages={"required": _("Say why the household leaves the register.")},
    )  # fmt: skip
