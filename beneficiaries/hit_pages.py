"""What the pages of "already received" show: the queue, a household beside the row of a list, what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from administration.models import Area, Officer
from beneficiaries.identity_rules import mask
from beneficiaries.models import Gender, Household, Person, ReceivedHit
from beneficiaries.pair_words import FIELDS, sentence
from beneficiaries.received_content import Content, opened
from beneficiaries.source_pages import keeps_sources

State = ReceivedHit.State
QUEUES: dict[str, tuple[str | Promise, Q]] = {
    "mo": (lazy("To be decided"), Q(state=State.OPEN)),
    "nhan": (lazy("Has received"), Q(state=State.RECEIVED)),
    "khac": (lazy("Not the same"), Q(state=State.NOT_SAME)),
}
ORDER = ("-certainty", "-score", "pk")  # "same" before "likely", the most alike first
REASONS: dict[str, str | Promise] = {
    "giay-to": lazy("Two different people: checked against their papers"),
    "trung-ten": lazy("Namesakes: they live in different houses"),
    "so-sai": lazy("The number in the list is wrong"),
    "khong-nhan": lazy("Was on the list but received nothing"),
    "khac": lazy("Another reason (write it below)"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One field of both: the sign and the words say whether they agree."""

    label: str
    here: str
    listed: str
    sign: str = ""
    words: str = ""


@dataclass(slots=True)
class Line:
    """A hit with the household's head and why it was found."""

    hit: ReceivedHit
    household: Household
    person: Person | None
    reasons: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.person.full_name if self.person else self.household.code


def hits_of(officer: Officer) -> QuerySet[ReceivedHit]:
    hits = ReceivedHit.objects.visible_to(officer).in_force().select_related("source", "decided_by", "household__area")
    return hits.order_by(*ORDER)


def count_queues(officer: Officer, source_id: int | None = None) -> dict[str, int]:
    hits = hits_of(officer).order_by()
    if source_id:
        hits = hits.filter(source=source_id)
    return {key: hits.filter(condition).count() for key, (_words, condition) in QUEUES.items()}


def lines_of(hits: Iterable[ReceivedHit]) -> list[Line]:
    """Two queries."""
    hits = list(hits)
    people = Person.objects.in_bulk({hit.person_id for hit in hits if hit.person_id})
    heads = {p.household_id: p for p in Person.objects.heads().filter(household__in=[h.household_id for h in hits])}
    return [
        Line(hit, hit.household, people.get(hit.person_id or 0) or heads.get(hit.household_id or 0), reasons_of(hit))
        for hit in hits
        if hit.household
    ]


def reasons_of(hit: ReceivedHit) -> list[str]:
    """The sentences of a hit: the two people most alike, then where they live, where the list says it."""
    people = hit.evidence.get("people") or [{}]
    found = [sentence(name, people[0][name]) for name in FIELDS if name in people[0]]
    if place := hit.evidence.get("place"):
        found.append(sentence("place", place))
    if hit.evidence.get("phone"):
        found.append(_("The phone numbers are the same."))
    if hit.evidence.get("rare_name") and people[0].get("name") in ("equal", "marks", "spacing"):
        found.append(_("The name is rare."))
    return [text for text in found if text]


def received_of(household_ids: Iterable[int]) -> dict[int, list[ReceivedHit]]:
    """Household -> what the lists in use say about it, what counts first; without what was somebody else."""
    hits = ReceivedHit.objects.in_force().filter(household__in=list(household_ids)).exclude(state=State.NOT_SAME)
    found: dict[int, list[ReceivedHit]] = {}
    for hit in hits.select_related("source").order_by("-stands", *ORDER):
        found.setdefault(hit.household_id or 0, []).append(hit)
    return found


def next_after(hit: ReceivedHit, officer: Officer) -> ReceivedHit | None:
    """The open hit that follows this one in the queue."""
    later = Q(score__lt=hit.score) | Q(score=hit.score, pk__gt=hit.pk)
    following = Q(certainty=hit.certainty) & later
    if hit.certainty == ReceivedHit.Certainty.SAME:
        following |= Q(certainty=ReceivedHit.Certainty.LIKELY)
    return hits_of(officer).filter(following, state=State.OPEN).first()


def compare(line: Line, officer: Officer) -> list[Row]:
    """The person of the household beside the row of the list; of the row what is needed to decide."""
    listed = _entries([line.hit.pk]).get(line.hit.pk)
    if listed is None or line.person is None:
        return []
    member_no, commune, content = listed
    best: Mapping[str, Any] = (line.hit.evidence.get("people") or [{}])[0]
    theirs, ours = content.people[member_no], line.person
    both_bear_it = best.get("name") in ("equal", "marks", "spacing")
    name = theirs.full_name if both_bear_it or keeps_sources(officer) else _initials(theirs.full_name)
    genders = dict(Gender.choices)
    numbers = (theirs.cccd or theirs.cmnd, ours.identity_number or ours.old_identity_number)
    return [
        _row(_("Full name"), ours.full_name, name, "name", best),
        _row(_("Identity number"), mask(numbers[1]), mask(numbers[0]), "number", best),
        _row(_("Birth"), ours.birth_text, theirs.birth_text, "birth", best),
        _row(_("Gender"), str(genders.get(ours.gender, "")), str(genders.get(theirs.gender, "")), "gender", best),
        Row(_("Commune"), line.household.area.name, commune or content.commune),
        Row(_("Hamlet"), line.household.hamlet, content.hamlet or content.address),
        Row(_("What was given"), "", content.device or line.hit.source.get_kind_display()),
    ]


def _row(label: str, here: str, listed: str, name: str, best: Mapping[str, Any]) -> Row:
    code = best.get(name, "")
    if not code or not (here and listed):
        return Row(label, here, listed, "?", _("Not known of both"))
    if code in ("equal", "old_equal"):
        return Row(label, here, listed, "=", _("The same"))
    return Row(label, here, listed, "≠" if code == "other" else "≈", sentence(name, code) or _("Not known of both"))


def _entries(hit_ids: list[int]) -> dict[int, tuple[int, str, Content]]:
    """Hit -> which person of the row, the name of the commune it names, the row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM entries_of_hits(%s::bigint[])", [hit_ids])
        rows = cursor.fetchall()
    names = dict(Area.objects.filter(number__in={row[2] for row in rows if row[2]}).values_list("number", "name"))
    return {hit_id: (no, names.get(commune, ""), opened(content)) for hit_id, no, commune, _row_no, content in rows}


def _initials(full_name: str) -> str:
    return " ".join(f"{word[0]}." for word in full_name.split())
