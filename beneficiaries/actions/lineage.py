"""Merging two records, splitting one, and undoing it. A record that goes is closed and points to where it continues."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from administration.models import AuditEvent, Officer
from administration.refusals import NotPossible, refusals_as_sentences
from administration.scope import across
from administration.verbs import Verb
from beneficiaries import lineage, numbering
from beneficiaries.actions.households import ChangedMeanwhile, NoLongerThere
from beneficiaries.actions.received import find_received
from beneficiaries.models import Household, HouseholdLink, Person, SuspectedPair

Kind = HouseholdLink.Kind


@transaction.atomic
@refusals_as_sentences()
def merge_households(
    kept_id: int, gone_id: int, *, same: Mapping[int, int] | None = None, take: Collection[str] = (), note: str = "",
    seen: Mapping[int, int] | None = None, by: Officer, at: datetime.datetime | None = None,
) -> HouseholdLink:  # fmt: skip
    """Two records of one household become one. Both lie in the officer's area.

    `same`: person of the record that goes -> the same person in the one that stays; others are found by name, year of
    birth and gender, and who is in one record only goes along. `take`: household fields to take from the record that
    goes. `seen`: household -> version on which the officer decides. Where both have received, the link says so.
    """
    at = at or timezone.now()
    kept, gone = lock_two(kept_id, gone_id, by=by)
    _refuse_changed([kept, gone], seen)
    link = join(kept, gone, Kind.MERGED, same=same or {}, take=take, note=note, by=by, at=at)
    find_received([kept.pk, gone.pk])
    AuditEvent.record(
        Verb.HOUSEHOLDS_MERGED, kept, by=by, area=kept.area_id, households=[kept.pk, gone.pk], at=at, note=note,
        link=link.pk, kept=kept.code, gone=gone.code, both_received=link.both_received,
    )  # fmt: skip
    return link


@transaction.atomic
@refusals_as_sentences()
def split_household(
    household_id: int, person_ids: Collection[int], *, head_id: int, version: int, hamlet: str = "", note: str = "",
    by: Officer, at: datetime.datetime | None = None,
) -> HouseholdLink:  # fmt: skip
    """Some members become a household of their own, with their history; the head stays. What was received counts on."""
    at = at or timezone.now()
    household = _lock_one(household_id, by=by)
    _refuse_changed([household], {household.pk: version})
    leaving = list(household.members.filter(pk__in=person_ids, is_live=True).order_by("pk"))
    if not leaving or len(leaving) != len(set(person_ids)) or any(person.is_head for person in leaving):
        raise NotPossible(_("Choose members of this household who leave it; the head stays."))
    if head_id not in {person.pk for person in leaving}:
        raise NotPossible(_("Choose who of them is the head of the new household."))
    new = _offspring(household, len(leaving), hamlet=hamlet, by=by)
    people = lineage.move_people(leaving, new, leave_copies=False)
    lineage.make_head(head_id)
    lineage.let_go(household, len(leaving))
    link = _record_link(Kind.SPLIT, household, new, people=people, same=[], note=note, by=by, at=at)
    find_received([household.pk, new.pk])
    AuditEvent.record(
        Verb.HOUSEHOLD_SPLIT, household, by=by, area=household.area_id, households=[household.pk, new.pk], at=at,
        note=note, link=link.pk, new=new.code, people=len(leaving),
    )  # fmt: skip
    return link


@transaction.atomic
@refusals_as_sentences()
def undo_link(link_id: int, *, by: Officer, at: datetime.datetime | None = None) -> HouseholdLink:
    """Both records as they were before a merging, move or split, while nobody has changed either since."""
    at = at or timezone.now()
    link = HouseholdLink.objects.visible_to(by).select_related("area", "other_area").filter(pk=link_id).first()
    if link is None or by.area is None or not by.area.contains(link.other_area_id):
        raise NotPossible(_("This is undone by the commune that has the household now."))
    with across(link.area, link.other_area):
        source, target = _lock(link.source_id, link.target_id)
        numbering.hold(link.area, link.other_area)
        link = HouseholdLink.objects.select_for_update(of=["self"]).select_related("area", "other_area").get(pk=link_id)
        if link.undone_at:
            raise NotPossible(_("This has already been undone."))
        _refuse_touched(link, source, target)
        _take_apart(link, source, target, on=timezone.localdate(at))
        find_received([source.pk, target.pk])
        link.undone_by, link.undone_at = by, at
        link.save(update_fields=["undone_by", "undone_at"])
        _ask_again(link)
        AuditEvent.record(
            Verb.LINEAGE_UNDONE, target, by=by, area=target.area_id, households=[source.pk, target.pk], at=at,
            link=link.pk, kind=link.kind,
        )  # fmt: skip
    return link


def _ask_again(link: HouseholdLink) -> None:
    """Whoever was merged by a decision on a pair is asked about again."""
    both = [link.source_id, link.target_id]
    merged = SuspectedPair.objects.filter(household_a__in=both, household_b__in=both, state=SuspectedPair.State.MERGED)
    merged.update(state=SuspectedPair.State.OPEN, decided_by=None, decided_at=None)


def join(
    kept: Household, gone: Household, kind: Kind, *, same: Mapping[int, int], take: Collection[str] = (), note: str,
    by: Officer, at: datetime.datetime,
) -> HouseholdLink:  # fmt: skip
    """Part of an action that holds both rows: `gone` is closed, its people are united with or join those of `kept`."""
    goes = {person.pk: person for person in gone.members.filter(is_live=True)}
    stays = {person.pk: person for person in kept.members.filter(is_live=True)}
    pairs = lineage.same_people(list(goes.values()), list(stays.values()), same)
    link = _record_link(kind, gone, kept, people=[], same=[], note=note, by=by, at=at)
    reason = _("Moved: now %(code)s") if kind == Kind.MOVED else _("Merged into %(code)s")
    lineage.close(gone, into=kept, on=timezone.localdate(at), reason=reason % {"code": kept.code})
    united = lineage.unite_people(pairs, goes, stays)
    others = [person for pk, person in goes.items() if pk not in pairs]
    moved = lineage.move_people(others, kept, leave_copies=True)
    if not stays:  # a record made for the move: its head is the old one
        lineage.make_head(next(person.pk for person in others if person.is_head))
    lineage.fill_in(kept, gone, take, len(stays) + len(moved))
    _settle(link, gone, kept, people=moved, same=united)
    return link


def lock_two(kept_id: int, gone_id: int, *, by: Officer) -> tuple[Household, Household]:
    """Both rows, locked by id, in the officer's area and in the register."""
    if kept_id == gone_id:
        raise NotPossible(_("Choose two different households."))
    both = Household.objects.visible_to(by).filter(pk__in=[kept_id, gone_id])
    found = {household.pk: household for household in both.select_for_update(of=["self"]).order_by("pk")}
    if len(found) != 2:
        raise NoLongerThere(_("Both households must lie in your area and be in the register."))
    _refuse_closed(*found.values())
    return found[kept_id], found[gone_id]


def _lock_one(household_id: int, *, by: Officer) -> Household:
    household = Household.objects.visible_to(by).select_for_update(of=["self"]).filter(pk=household_id).first()
    if household is None:
        raise NoLongerThere(_("This household is no longer in the register."))
    _refuse_closed(household)
    return household


def _lock(*ids: int) -> list[Household]:
    found = {h.pk: h for h in Household.objects.select_for_update(of=["self"]).filter(pk__in=ids).order_by("pk")}
    return [found[pk] for pk in ids]


def _refuse_closed(*households: Household) -> None:
    for household in households:
        if household.delisted_on:
            raise NotPossible(_("%(household)s is off the register.") % {"household": household})


def _refuse_changed(households: Collection[Household], seen: Mapping[int, int] | None) -> None:
    for household in households:
        if seen is not None and seen.get(household.pk) != household.version:
            raise ChangedMeanwhile(_("Somebody else has changed this household since you opened it."))


def _offspring(household: Household, people: int, *, hamlet: str, by: Officer) -> Household:
    """A new record of the same commune that inherits what is true of the family, not its papers."""
    return Household.objects.create(
        area_id=household.area_id, code=numbering.next_codes(household.area, 1)[0], created_by=by, member_count=people,
        hamlet=hamlet or household.hamlet, category=household.category, attributes=household.attributes,
        recognised_year=household.recognised_year, prior_device=household.prior_device,
        prior_device_year=household.prior_device_year, phone=household.phone,
    )  # fmt: skip


def _record_link(
    kind: Kind, source: Household, target: Household, *, people: list[list[int | None]], same: list[list[object]],
    note: str, by: Officer, at: datetime.datetime,
) -> HouseholdLink:  # fmt: skip
    link = HouseholdLink.objects.create(
        kind=kind, source=source, target=target, area_id=source.area_id, other_area_id=target.area_id, by=by, at=at,
        note=note, source_version=0, target_version=0,
    )  # fmt: skip
    _settle(link, source, target, people=people, same=same)
    return link


def _settle(
    link: HouseholdLink, source: Household, target: Household, *, people: list[list[int | None]],
    same: list[list[object]],
) -> None:  # fmt: skip
    """Writes down who went and at which versions; whether both had received was noted by the database."""
    versions = dict(Household.objects.filter(pk__in=[source.pk, target.pk]).values_list("pk", "version"))
    HouseholdLink.objects.filter(pk=link.pk).update(
        people=people, same=same, source_version=versions[source.pk], target_version=versions[target.pk]
    )
    link.refresh_from_db()


def _refuse_touched(link: HouseholdLink, source: Household, target: Household) -> None:
    went = [person for person, _copy in link.people]
    still_there = Person.objects.filter(pk__in=went, household=target, is_live=True).count()
    if (source.version, target.version) != (link.source_version, link.target_version) or still_there != len(went):
        raise NotPossible(_("One of the two households has changed since; change them one by one."))


def _take_apart(link: HouseholdLink, source: Household, target: Household, *, on: datetime.date) -> None:
    went = list(Person.objects.filter(pk__in=[person for person, _copy in link.people]))
    copies = {person: copy for person, copy in link.people if copy}
    heads = Person.objects.filter(pk__in=copies.values(), is_head=True).values_list("same_as_id", flat=True)
    old_heads = list(heads)
    made_for_it = len(went) == target.members.filter(is_live=True).count()
    if made_for_it:  # nobody is left in the target: it is closed with a picture of who was there
        lineage.close(target, into=None, on=on, reason=_("Undone"))
    Person.objects.filter(pk__in=copies.values()).delete()
    lineage.move_people(went, source, leave_copies=made_for_it)
    for person_id in old_heads:
        lineage.make_head(person_id)
    lineage.separate_people(link.same)
    if link.kind == Kind.SPLIT:
        lineage.restore(source, link.source_version - 1)
    else:
        lineage.reopen(source)
    if not made_for_it:
        lineage.restore(target, link.target_version - 1)
