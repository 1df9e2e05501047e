"""What officers type on the pages of the stock."""

from __future__ import annotations

import datetime
import tempfile
from pathlib import Path
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from administration.models import Area
from beneficiaries.intake.read import read_workbook
from beneficiaries.intake.refusals import Refused
from devices.imeis import imei_column, numbered, read_lines
from devices.models import Device, DeviceModel, Lot

MOST_PROBLEMS = 20


class DeviceFilterForm(forms.Form):
    """Devices of a lot by digits of the IMEI and by state."""

    show_optional = False
    q = forms.CharField(
        label=gettext_lazy("Digits of the IMEI"),
        required=False,
        max_length=15,
        widget=forms.TextInput(attrs={"type": "search", "data-search": True, "inputmode": "numeric"}),
    )
    tt = forms.ChoiceField(
        label=gettext_lazy("State"), required=False, choices=[("", gettext_lazy("All")), *Device.State.choices]
    )


class FindDeviceForm(forms.Form):
    """One device by the beginning or the end of its IMEI."""

    show_optional = False
    q = forms.CharField(
        label=gettext_lazy("IMEI: the first or last digits, at least 4"),
        required=False,
        max_length=15,
        widget=forms.TextInput(attrs={"type": "search", "inputmode": "numeric", "autocomplete": "off"}),
    )


class ReceiveForm(forms.Form):
    """A delivery to the province: the note's facts, and the IMEIs pasted or as a column of a file."""

    code = forms.SlugField(label=gettext_lazy("Lot"), max_length=20, help_text=gettext_lazy("For example L-0426."))
    model = forms.ModelChoiceField(label=gettext_lazy("Device model"), queryset=DeviceModel.objects.none())
    supplier = forms.CharField(label=gettext_lazy("Supplier"), max_length=80)
    quantity = forms.IntegerField(
        label=gettext_lazy("Quantity on the delivery note"), min_value=1, max_value=100_000, localize=True
    )
    received_on = forms.DateField(label=gettext_lazy("Received on"))
    pasted = forms.CharField(
        label=gettext_lazy("IMEIs, one a line"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
    )
    file = forms.FileField(
        label=gettext_lazy("or a file with a column of IMEIs"),
        required=False,
        help_text=gettext_lazy(".xlsx, .xls, .ods or .csv; the column is found by its 15-digit numbers."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv,.txt"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["model"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = DeviceModel.objects.order_by("name")
        self.imeis: list[str] = []

    def clean_received_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["received_on"]
        if day > timezone.localdate():
            raise ValidationError(_("This date lies in the future."))
        return day

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if Lot.objects.filter(code__iexact=code).exists():
            raise ValidationError(_("A lot with this code is already in the books."))
        return code

    def clean(self) -> dict[str, Any]:
        pasted, file = self.cleaned_data.get("pasted"), self.cleaned_data.get("file")
        if pasted and pasted.strip() and file:
            raise ValidationError(_("Paste the IMEIs or choose a file, not both."))
        if file:
            self._take("file", self._read_file(file))
        elif pasted:
            self._take("pasted", numbered(pasted))
        return self.cleaned_data

    def _read_file(self, file: Any) -> list[tuple[int, str]]:
        """(row number, cell) of the column of IMEIs in the first visible sheet that has one."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "lot"
            with path.open("wb") as copy:
                copy.writelines(file.chunks())
            try:
                sheets = read_workbook(path, file.name)
            except Refused as refusal:
                self.add_error("file", refusal.message)
                return []
        for sheet in sheets:
            if sheet.visible and (cells := imei_column(sheet.rows, sheet.first_row)) is not None:
                return cells
        self.add_error("file", _("No column of this file holds 15-digit numbers."))
        return []

    def _take(self, field: str, lines: list[tuple[int, str]]) -> None:
        """Checks the numbers and says which lines are wrong, all of them at once."""
        found = read_lines(lines)
        known = Device.objects.filter(imei__in=list(found.imeis)).select_related("lot").order_by("imei")
        problems = [*found.problems]
        for device in known:
            message = _("IMEI %(imei)s is already in the books (lot %(lot)s).")
            problems.append((found.imeis[device.imei], message % {"imei": device.imei, "lot": device.lot.code}))
        for line, sentence in sorted(problems)[:MOST_PROBLEMS]:
            self.add_error(field, _("Line %(line)s: %(problem)s") % {"line": line, "problem": sentence})
        if len(problems) > MOST_PROBLEMS:
            more = len(problems) - MOST_PROBLEMS
            words = ngettext("and %(n)s more line with a problem", "and %(n)s more lines with a problem", more)
            self.add_error(field, words % {"n": more})
        self.imeis = list(found.imeis)
        quantity = self.cleaned_data.get("quantity")
        if not problems and quantity is not None and len(self.imeis) > quantity:
            message = _("There are %(n)s IMEIs, but the delivery note says %(quantity)s devices.")
            self.add_error(field, message % {"n": len(self.imeis), "quantity": quantity})


class UnitChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Area) -> str:
        return f"{obj.name} – {obj.parent.name}" if obj.parent else obj.name


class DispatchForm(forms.Form):
    """How many devices of a lot go to which commune."""

    commune = UnitChoiceField(label=gettext_lazy("Commune"), queryset=Area.objects.none())
    quantity = forms.IntegerField(label=gettext_lazy("Number of devices"), min_value=1, localize=True)

    def __init__(self, *args: Any, communes: Any, left: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["commune"]
        assert isinstance(field, UnitChoiceField)  # noqa: S101 - declared above
        field.queryset = communes
        self.left = left

    def clean_quantity(self) -> int:
        quantity: int = self.cleaned_data["quantity"]
        if quantity > self.left:
            raise ValidationError(_("Only %(left)s devices of this lot are left in stock.") % {"left": self.left})
        return quantity


class FaultyForm(forms.Form):
    """What is wrong with a device."""

    note = forms.CharField(
        label=gettext_lazy("What is wrong"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
