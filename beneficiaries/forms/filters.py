"""The filters of the list of households. The names of the fields are what stands in the address."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from administration.models import Area
from beneficiaries.models import Attribute, Category, Household, PhoneKind
from beneficiaries.search import DEFAULT_SORT, SORTS, Question
from beneficiaries.search_box import Box, read_box

STATES = [
    ("listed", pgettext_lazy("households", "On the register")),
    ("delisted", pgettext_lazy("households", "Off the register")),
    ("all", pgettext_lazy("households", "Both")),
]
EVERY = ("", _("All"))


class HouseholdFilterForm(forms.Form):
    """What narrows the list. Whatever is not understood is left out, so that an old address still shows a list."""

    show_optional = False

    q = forms.CharField(
        label=_("Name, household code, phone, identity number"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "data-search": True, "autocomplete": "off"}),
    )
    xa = forms.TypedChoiceField(label=_("Commune"), required=False, coerce=int, empty_value=None)
    thon = forms.CharField(label=_("Hamlet"), required=False, max_length=100)
    dien = forms.MultipleChoiceField(
        label=_("Category"), required=False, choices=Category.choices, widget=forms.CheckboxSelectMultiple
    )
    them = forms.MultipleChoiceField(
        label=_("Also"), required=False, choices=Attribute.choices, widget=forms.CheckboxSelectMultiple
    )
    may = forms.MultipleChoiceField(
        label=_("Phone in use"), required=False, choices=PhoneKind.choices, widget=forms.CheckboxSelectMultiple
    )
    thieu = forms.BooleanField(label=_("Identity number missing"), required=False)
    tt = forms.ChoiceField(label=_("Register"), required=False, choices=STATES, initial="listed")
    sort = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, *, area: Area) -> None:
        super().__init__(data.copy(), auto_id="loc_%s")
        self._place = area
        self._choose_place(area)
        self.is_valid()
        self.errors.clear()

    def _choose_place(self, area: Area) -> None:
        if area.is_commune:
            del self.fields["xa"]
        else:
            communes = list(Area.objects.inside(area).communes().in_tree_order())
            self.fields["xa"].choices = [EVERY, *((c.number, c.name) for c in communes)]  # type: ignore[attr-defined]
            chosen = self.data.get("xa", "")
            self._place = next((c for c in communes if str(c.number) == chosen), area)
        if self._place.is_commune:
            hamlets = [(name, name) for name in hamlets_of(self._place)]
            self.fields["thon"] = forms.ChoiceField(label=_("Hamlet"), required=False, choices=[EVERY, *hamlets])
        else:
            del self.fields["thon"]

    @property
    def box(self) -> Box:
        return read_box(self._said("q") or "")

    def question(self) -> Question:
        """The list these filters ask for, inside the officer's area."""
        return Question(
            area=self._place,
            box=self.box,
            categories=self._said("dien") or (),
            attributes=self._said("them") or (),
            phone_kinds=self._said("may") or (),
            hamlet=self._said("thon") or "",
            without_number=bool(self._said("thieu")),
            state=self._said("tt") or "listed",
            sort=self.order,
        )

    @property
    def order(self) -> str:
        """A key of search.SORTS, perhaps with a minus."""
        wanted = self._said("sort") or DEFAULT_SORT
        return wanted if wanted.removeprefix("-") in SORTS else DEFAULT_SORT

    def _said(self, name: str) -> Any:
        return self.cleaned_data.get(name)

    def query(self) -> QueryDict:
        """The address of this list: every part that says something, never a number of a person."""
        query = QueryDict(mutable=True)
        for name in self.fields:
            said = self._said(name)
            if not said or (name, said) in (("tt", "listed"), ("sort", DEFAULT_SORT)):
                continue
            if name == "q":
                said = "" if self.box.is_private else unicodedata.normalize("NFC", said)
            values = said if isinstance(said, list) else ["1" if said is True else str(said)]
            query.setlist(name, [value for value in values if value])
        return query

    def chips(self) -> list[dict[str, str]]:
        """Each filter that is on: its words, and the address of the list without it."""
        chips = []
        query = self.query()
        for name in ("xa", "thon", "dien", "them", "may", "thieu", "tt"):
            for value in query.getlist(name):
                rest = query.copy()
                rest.setlist(name, [other for other in query.getlist(name) if other != value])
                if name == "xa":
                    rest.pop("thon", None)
                chips.append(
                    {"label": self._words(name, value), "url": f"{reverse('households:list')}?{rest.urlencode()}"}
                )
        return chips

    def _words(self, name: str, value: str) -> str:
        field = self.fields[name]
        label: str | Promise = field.label or ""
        if name == "thieu":
            return str(label)
        words = {str(key): text for key, text in field.choices}.get(value, value)  # type: ignore[attr-defined]
        return f"{label}: {words}"


def hamlets_of(commune: Area) -> list[str]:
    """The hamlets households of a commune are in, in dictionary order."""
    return list(Household.objects.filter(area=commune).order_by("hamlet").values_list("hamlet", flat=True).distinct())
