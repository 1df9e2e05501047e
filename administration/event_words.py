"""An audit event in words: what was done, by whom, from what to what. Used by the audit page and every timeline.

Details are stored as codes, so that they read in the reader's language. An app that records details of its own has a
module event_details, loaded at the start, that says with `name_details` what they are called and what their codes mean.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from administration.models import AuditEvent, Role
from administration.templatetags.trao import grouped

Text = str | Promise
DAY = re.compile(r"\d{4}-\d\d-\d\d")
Change = tuple[str, str, str]  # label, old ("" when there was nothing), new


@dataclass
class Entry:
    """One line of a timeline (templates/parts/_timeline.html)."""

    title: str
    at: datetime.datetime
    by: str
    changes: list[Change] = field(default_factory=list)
    reason: str = ""
    document: str = ""


@dataclass(frozen=True)
class Detail:
    """What a detail is called and what its codes mean; a code without a meaning is shown as it is."""

    label: Text
    meanings: Mapping[str, Text] | Callable[[], Mapping[str, Text]] = field(default_factory=dict)

    def meaning(self, code: str) -> str:
        meanings = self.meanings() if callable(self.meanings) else self.meanings
        return str(meanings.get(code, code))


DETAILS: dict[str, Detail] = {
    "round": Detail(lazy("Round")),
    "count": Detail(lazy("Number")),
    "quantity": Detail(lazy("Quantity")),
    "lot": Detail(lazy("Lot")),
    "imei": Detail(lazy("IMEI")),
    "receiver": Detail(lazy("Receiver")),
    "note": Detail(lazy("Note")),
    "file": Detail(lazy("File")),
    "sheet": Detail(lazy("Sheet")),
    "row": Detail(lazy("Row")),
    "format": Detail(lazy("Format")),
    "person": Detail(lazy("Person")),
    "number": Detail(lazy("Identity number")),
    "found": Detail(lazy("Found")),
    "with_identity": Detail(lazy("With full identity numbers")),
    "officer": Detail(lazy("Account")),
    "role": Detail(lazy("Role"), dict(Role.choices)),
    "area": Detail(lazy("Area")),
    "place": Detail(lazy("Area")),
    "giver": Detail(lazy("Absent")),
    "stands_in_for": Detail(lazy("Standing in for")),
    "reason": Detail(lazy("Reason")),
}


def name_details(**details: Detail) -> None:
    """Adds names and meanings; called once by each app that has details of its own."""
    DETAILS.update(details)


def in_words(event: AuditEvent) -> Entry:
    details: dict[str, Any] = event.details
    changes = [_change(difference) for difference in details.get("changes", [])]
    changes += [
        (str(DETAILS[name].label), "", value_in_words(name, value))
        for name, value in details.items()
        if name in DETAILS
        and name not in ("reason", "stands_in_for")
        and isinstance(value, str | int | bool)
        and value != ""
    ]
    return Entry(
        title=event.get_verb_display(),
        at=event.at,
        by=acting(event),
        changes=changes,
        reason=value_in_words("reason", details.get("reason", "")),
        document=str(details.get("document_no", "")),
    )


def acting(event: AuditEvent) -> str:
    """Who acted, and on whose behalf."""
    if giver := event.details.get("stands_in_for"):
        return _("%(officer)s on behalf of %(giver)s") % {"officer": event.officer_name, "giver": giver}
    return event.officer_name or _("Trao itself")


def differences_in_words(differences: Iterable[Mapping[str, Any]]) -> list[Change]:
    """Stored differences ({"field", "old", "new", "person"}) as (label, old, new)."""
    return [_change(difference) for difference in differences]


def _change(difference: Mapping[str, Any]) -> Change:
    name = str(difference["field"])
    label = str(DETAILS[name].label) if name in DETAILS else name
    if person := difference.get("person"):
        label = f"{person} · {label}"
    return label, value_in_words(name, difference["old"]), value_in_words(name, difference["new"])


def value_in_words(name: str, value: object) -> str:
    """A stored value as people read it: codes by their meaning, yes and no, lists with commas, days and thousands."""
    if isinstance(value, list):
        return ", ".join(value_in_words(name, part) for part in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return grouped(value)
    text = "" if value is None else str(value)
    if DAY.fullmatch(text):
        return date_format(datetime.date.fromisoformat(text), "d/m/Y")
    return DETAILS[name].meaning(text) if name in DETAILS else text
