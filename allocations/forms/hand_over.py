"""What is typed at a hand-over: who takes the device, which device, and the checks that go with it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from allocations.models import Allocation
from allocations.receiving import problem_with_imei, read_imei, read_scan
from beneficiaries.models import Person
from beneficiaries.names import display_name

SCAN_BOX = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false", "class": "short"}


class Receiver(models.TextChoices):
    HEAD = "head", lazy("Head of household")
    MEMBER = "member", lazy("Another member")
    AUTHORISED = "authorised", lazy("Somebody with an authorisation")


class Refusal(models.TextChoices):
    """Why a household does not take the device (domain 9.2, LyDoTuChoi)."""

    NO_NEED = "no_need", lazy("Does not need it")
    TOO_OLD = "too_old", lazy("Old and frail, cannot use it")
    HAS_ONE = "has_one", lazy("Has a device already")
    ABSENT = "absent", lazy("Absent, cannot be reached")
    OTHER = "other", lazy("Other reason")


class ReceiverForm(forms.Form):
    """Who of the household, or with its authorisation, receives what it was promised."""

    show_optional = False  # what is optional depends on who receives it
    receiver = forms.ChoiceField(
        label=lazy("Who receives it"), choices=Receiver.choices, widget=forms.RadioSelect, initial=Receiver.HEAD
    )
    member = forms.TypedChoiceField(label=lazy("Which member"), required=False, coerce=int, empty_value=None)
    name = forms.CharField(label=lazy("Name of the authorised person"), required=False, max_length=80)
    identity = forms.CharField(
        label=lazy("Identity number of the authorised person"), required=False, max_length=200,
        widget=forms.TextInput(attrs=SCAN_BOX | {"inputmode": "numeric"}),
    )  # fmt: skip
    has_paper = forms.BooleanField(label=lazy("The written authorisation is attached to the receipt"), required=False)

    def __init__(self, *args: Any, line: Allocation, members: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line
        self.people = {person.pk: person for person in members}
        self.head = members[0] if members else None
        others = [person for person in members if not person.is_head]
        field = self.fields["member"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - declared above
        field.choices = [("", _("Choose…")), *((person.pk, _in_words(person)) for person in others)]
        if not others:
            self._leave_out_members()

    def _leave_out_members(self) -> None:
        del self.fields["member"]
        field = self.fields["receiver"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [choice for choice in Receiver.choices if choice[0] != Receiver.MEMBER]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        receiver = cleaned.get("receiver")
        if receiver == Receiver.MEMBER and not cleaned.get("member"):
            self.add_error("member", ValidationError(_("Choose who of the household receives the device.")))
        if receiver == Receiver.AUTHORISED:
            self._check_authorised(cleaned)
        return cleaned

    def _check_authorised(self, cleaned: dict[str, Any]) -> None:
        cleaned["name"] = display_name(cleaned.get("name", ""))
        if not cleaned["name"]:
            self.add_error("name", ValidationError(_("Write the name of who receives the device.")))
        typed = cleaned.get("identity", "")
        cleaned["identity"] = read_scan(typed).identity
        if not cleaned["identity"]:
            self.add_error("identity", ValidationError(_("An identity number has 12 digits.")))
        if not cleaned.get("has_paper"):
            missing = _("The receiver is not a member of the household. Attach the written authorisation, then tick.")
            self.add_error("has_paper", ValidationError(missing))

    @property
    def receiver_words(self) -> dict[str, str]:
        """Name, relation and identity; the relation as the official paper says it."""
        cleaned = self.cleaned_data
        return receiver_in_words(cleaned["receiver"], self.head, self.people.get(cleaned.get("member") or 0), cleaned)


class HandOverForm(ReceiverForm):
    """One household receives its device. Only what the chosen receiver needs is asked for."""

    imei = forms.CharField(
        label=lazy("IMEI on the box (15 digits)"), max_length=200,
        widget=forms.TextInput(attrs=SCAN_BOX | {"inputmode": "numeric"}),
    )  # fmt: skip
    checked = forms.BooleanField(
        label=lazy("The device switches on and nothing is missing from the box"),
        error_messages={"required": lazy("Check the device together with the household, then tick here.")},
    )
    handed_on = forms.DateField(label=lazy("Handed over on"), widget=forms.DateInput(attrs={"class": "short"}))

    def clean_imei(self) -> str:
        imei = read_imei(self.cleaned_data["imei"])
        if problem := problem_with_imei(imei, unit=self.line.area, line=self.line):
            raise ValidationError(problem)
        return imei

    def clean_handed_on(self) -> datetime.date:
        return check_day(self.cleaned_data["handed_on"], self.line)

    @property
    def waits_only_for_the_check(self) -> bool:
        """Everything is right except the tick, which a scanner's Enter passes over."""
        return set(self.errors) == {"checked"}

    @property
    def chosen(self) -> dict[str, Any]:
        """The options of the action."""
        cleaned = self.cleaned_data
        return {"imei": cleaned["imei"], "handed_on": cleaned["handed_on"], **self.receiver_words}


def receiver_in_words(
    receiver: str, head: Person | None, member: Person | None, authorised: dict[str, Any] | None = None
) -> dict[str, str]:
    """Name, relation and identity of the receiver, in the language of the papers."""
    with translation.override(settings.LANGUAGE_CODE):
        if receiver == Receiver.AUTHORISED and authorised:
            relation, identity = _("Authorised by the household"), authorised["identity"]
            return {
                "receiver_name": authorised["name"], "receiver_relation": relation, "receiver_identity": identity,
            }  # fmt: skip
        if receiver == Receiver.MEMBER and member:
            relation = member.relation or _("Member of the household")
            return {"receiver_name": member.full_name, "receiver_relation": relation}
        return {"receiver_name": head.full_name if head else "", "receiver_relation": _("Head of household")}


def check_day(day: datetime.date, line: Allocation | None = None) -> datetime.date:
    """A hand-over lies between the approval and today."""
    if day > timezone.localdate():
        raise ValidationError(_("This date lies in the future."))
    if line and line.decided_at and day < timezone.localdate(line.decided_at):
        raise ValidationError(_("The household was approved after this date."))
    return day


def _in_words(person: Person) -> str:
    return f"{person.full_name} – {person.birth_text}" + (f" – {person.relation}" if person.relation else "")


class UndoForm(forms.Form):
    reason = forms.CharField(
        label=lazy("Why the hand-over is undone"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class DeclineForm(forms.Form):
    reason = forms.ChoiceField(label=lazy("Reason"), choices=Refusal.choices, widget=forms.RadioSelect)
    note = forms.CharField(label=lazy("Note"), required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 2}))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        if cleaned.get("reason") == Refusal.OTHER and not cleaned.get("note", "").strip():
            self.add_error("note", ValidationError(_("Write why the household declines.")))
        return cleaned

    @property
    def in_words(self) -> str:
        note = self.cleaned_data["note"].strip()
        if self.cleaned_data["reason"] == Refusal.OTHER:
            return str(note)
        with translation.override(settings.LANGUAGE_CODE):
            label = str(Refusal(self.cleaned_data["reason"]).label)
        return f"{label}: {note}" if note else label
