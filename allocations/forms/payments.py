"""What is typed when cash is paid: the proof of purchase, how the money went, to whom; and the choice of support."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from allocations.actions import Evidence
from allocations.forms.hand_over import ReceiverForm, check_day
from allocations.models import PaymentMethod, Proof, RoundSupport

SHORT = {"class": "short"}
MOST = 1_000_000_000


class PaymentForm(ReceiverForm):
    """One household is paid. The amount is what the round pays and cannot be typed."""

    proof = forms.ChoiceField(
        label=lazy("Proof of purchase"), choices=Proof.choices, widget=forms.RadioSelect, initial=Proof.INVOICE
    )
    proof_no = forms.CharField(label=lazy("Number of the invoice or receipt"), max_length=40)
    bought_on = forms.DateField(label=lazy("Phone bought on"), widget=forms.DateInput(attrs=SHORT))
    price = forms.IntegerField(
        label=lazy("Price on the proof (đồng)"), min_value=1, max_value=MOST, localize=True,
        widget=forms.TextInput(attrs={"inputmode": "numeric", **SHORT}),
    )  # fmt: skip
    phone = forms.CharField(label=lazy("Phone that was bought (maker and model)"), max_length=80, required=False)
    method = forms.ChoiceField(
        label=lazy("How it is paid"), choices=PaymentMethod.choices, widget=forms.RadioSelect,
        initial=PaymentMethod.IN_HAND,
    )  # fmt: skip
    reference = forms.CharField(
        label=lazy("Number of the payment"), max_length=40,
        help_text=lazy("Of a transfer: the payment order. In hand: the receipt that was signed."),
    )  # fmt: skip
    is_signed_for = forms.BooleanField(
        label=lazy("Paid in hand: the receiver has signed the receipt"), required=False
    )  # fmt: skip
    paid_on = forms.DateField(label=lazy("Paid on"), widget=forms.DateInput(attrs=SHORT))

    def __init__(self, *args: Any, support: RoundSupport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.support = support

    def clean_bought_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["bought_on"]
        since = self.support.bought_since
        if since and day < since:
            raise ValidationError(
                _("This round pays for phones bought since %(since)s. Check the date on the proof.")
                % {"since": f"{since:%d/%m/%Y}"}
            )
        return day

    def clean_paid_on(self) -> datetime.date:
        return check_day(self.cleaned_data["paid_on"], self.line)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        bought, paid = cleaned.get("bought_on"), cleaned.get("paid_on")
        if bought and paid and bought > paid:
            self.add_error("bought_on", ValidationError(_("The phone was bought after the day of the payment.")))
        if cleaned.get("method") == PaymentMethod.IN_HAND and not cleaned.get("is_signed_for"):
            missing = _("Print the payment list and have it signed first, then tick here.")
            self.add_error("is_signed_for", ValidationError(missing))
        return cleaned

    @property
    def evidence(self) -> Evidence:
        names = ("proof", "proof_no", "bought_on", "price", "phone", "method", "reference", "is_signed_for")
        said: dict[str, Any] = {name: self.cleaned_data[name] for name in names}
        return Evidence(**said, **dict[str, Any](self.receiver_words))


class SupportForm(forms.Form):
    """Which of the supports that suit the household it has chosen."""

    support = forms.TypedChoiceField(label=lazy("The household chooses"), coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, supports: Sequence[RoundSupport], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["support"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - declared above
        field.choices = [(support.pk, str(support)) for support in supports]


class UndoPaymentForm(forms.Form):
    reason = forms.CharField(
        label=lazy("Why the payment is undone"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
