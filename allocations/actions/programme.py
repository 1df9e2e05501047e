"""Changing what a programme and its rounds say: payers, supports, dates, days off, area classes; with a reason."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _

from administration.models import Area, AreaClass, AuditEvent, Officer
from administration.refusals import NotPossible, refusals_as_sentences
from administration.verbs import Verb
from allocations.models import CalendarDay, Demand, FundingSource, Programme, Round, RoundSupport

FIXED_WHEN_OPEN = {"categories", "device_kind", "code"}


@transaction.atomic
@refusals_as_sentences()
def change_programme(
    programme_id: int, values: Mapping[str, Any], *, reason: str, by: Officer, at: datetime.datetime | None = None
) -> Programme:
    """Name, legal basis, who decides and what the tier is called, whether rules need a second officer."""
    programme = Programme.objects.select_for_update().get(pk=programme_id)
    changes = _write(programme, values)
    _record(Verb.PROGRAMME_CHANGED, programme, programme.province_id, changes, reason=reason, by=by, at=at)
    return programme


@transaction.atomic
@refusals_as_sentences()
def set_source(
    programme_id: int, source_id: int | None, values: Mapping[str, Any],
    *, reason: str, by: Officer, at: datetime.datetime | None = None,
) -> FundingSource:  # fmt: skip
    """Adds a payer, or changes one. A category that lines are paid for by it cannot be taken from it."""
    programme = Programme.objects.select_for_update().get(pk=programme_id)
    source = programme.sources.get(pk=source_id) if source_id else FundingSource(programme=programme, categories=[])
    dropped = set(source.categories) - set(values.get("categories", source.categories))
    resting = RoundSupport.objects.filter(
        source=source.pk, round__state=Round.State.OPEN, round__categories__overlap=list(dropped)
    )
    if source.pk and dropped and resting.exists():
        raise NotPossible(_("A round that is open rests on what this source pays for. Close the round first."))
    changes = _write(source, values)
    _record(
        Verb.PROGRAMME_CHANGED, programme, programme.province_id, changes, reason=reason, by=by, at=at,
        source=source.name,
    )  # fmt: skip
    return source


@transaction.atomic
@refusals_as_sentences()
def add_round(
    programme_id: int, values: Mapping[str, Any], *, by: Officer, at: datetime.datetime | None = None
) -> Round:
    """A planned round. It is opened when payers, rules and quota are there."""
    programme = Programme.objects.select_for_update().get(pk=programme_id)
    made = Round.objects.create(programme=programme, state=Round.State.PLANNED, **values)
    Demand.objects.create(round=made)
    AuditEvent.record(Verb.ROUND_ADDED, made, by=by, area=programme.province_id, at=at, round=made.name)
    return made


@transaction.atomic
@refusals_as_sentences()
def change_round(
    round_id: int, values: Mapping[str, Any], *, demand: Mapping[str, Any] | None = None, reason: str,
    by: Officer, at: datetime.datetime | None = None,
) -> Round:  # fmt: skip
    """Dates, days and the minimum specification may change while a round runs; whom it covers is fixed by then."""
    round = _lock(round_id)
    if round.state != Round.State.PLANNED:
        values = {name: value for name, value in values.items() if name not in FIXED_WHEN_OPEN}
    changes = _write(round, values)
    if demand is not None:
        changes += _write(Demand.objects.get_or_create(round=round)[0], demand)
    _record(Verb.ROUND_CHANGED, round, round.programme.province_id, changes, reason=reason, by=by, at=at)
    return round


@transaction.atomic
@refusals_as_sentences()
def set_supports(
    round_id: int, rows: Sequence[RoundSupport], *, reason: str, by: Officer, at: datetime.datetime | None = None
) -> list[RoundSupport]:
    """What the round gives and who pays, in the order in which it is offered.

    A support that quotas or lines rest on stays; while the round is open new ones may still be added.
    """
    round = _lock(round_id)
    if round.state == Round.State.CLOSED:
        raise NotPossible(_("This round is closed; its decisions stand."))
    present = {(support.source_id, support.form): support for support in round.supports.all()}
    before = [str(support) for support in present.values()]
    wanted = {(row.source_id, row.form) for row in rows}
    for key in present.keys() - wanted:
        _drop(present[key])
    for position, row in enumerate(rows, start=1):
        support = present.get((row.source_id, row.form), row)
        support.round, support.position = round, position
        support.amount, support.bought_since = row.amount, row.bought_since
        support.save()
    after = list(round.supports.select_related("source").all())
    changes = _difference("supports", before, [str(support) for support in after])
    _record(Verb.ROUND_CHANGED, round, round.programme.province_id, changes, reason=reason, by=by, at=at)
    return after


@transaction.atomic
@refusals_as_sentences()
def set_calendar_day(
    province: Area, day: datetime.date, *, kind: str, name: str, source: str = "", reason: str,
    by: Officer, at: datetime.datetime | None = None,
) -> CalendarDay:  # fmt: skip
    """The province's own word on a day: a day off, or a weekend day on which offices work."""
    former = CalendarDay.objects.for_province(province).filter(day=day).last()
    found, _made = CalendarDay.objects.update_or_create(
        province=province, day=day, defaults={"kind": kind, "name": name, "source": source, "is_confirmed": True}
    )
    changes = _difference("day_kind", former.kind if former else "", kind)
    _record(
        Verb.CALENDAR_CHANGED, found, province.number, changes, reason=reason, by=by, at=at,
        day=f"{day:%d/%m/%Y}", occasion=name,
    )  # fmt: skip
    return found


@transaction.atomic
def remove_calendar_day(
    province: Area, day: datetime.date, *, reason: str, by: Officer, at: datetime.datetime | None = None
) -> None:
    """Takes the province's own word back; the country's stays."""
    own = CalendarDay.objects.filter(province=province, day=day).first()
    if own is None:
        raise NotPossible(_("The province has said nothing of its own about this day."))
    changes = _difference("day_kind", own.kind, "")
    _record(
        Verb.CALENDAR_CHANGED, own, province.number, changes, reason=reason, by=by, at=at,
        day=f"{day:%d/%m/%Y}", occasion=own.name,
    )  # fmt: skip
    own.delete()


@transaction.atomic
@refusals_as_sentences()
def set_area_class(
    commune_id: int, kind: str, *, valid_from: datetime.date, decision_no: str, reason: str,
    by: Officer, at: datetime.datetime | None = None,
) -> AreaClass:  # fmt: skip
    """The class of a commune from a day on. The one before it ends the day before."""
    commune = Area.objects.select_for_update().get(pk=commune_id)
    newest = commune.classes.first()
    if newest is not None and newest.valid_from > valid_from:
        raise NotPossible(_("A later decision on this commune is already recorded."))
    if newest is not None and newest.valid_from < valid_from:
        newest.valid_to = valid_from - datetime.timedelta(1)
        newest.save(update_fields=["valid_to"])
    found, _made = AreaClass.objects.update_or_create(
        commune=commune, valid_from=valid_from, defaults={"kind": kind, "decision_no": decision_no, "valid_to": None}
    )
    changes = _difference("area_class", commune.area_class, kind)
    commune.area_class = kind
    commune.save(update_fields=["area_class"])
    _record(
        Verb.AREA_CLASS_CHANGED, commune, commune.number, changes, reason=reason, by=by, at=at, document_no=decision_no
    )  # fmt: skip
    return found


def _lock(round_id: int) -> Round:
    return Round.objects.select_for_update(of=["self"]).select_related("programme").get(pk=round_id)


def _drop(support: RoundSupport) -> None:
    try:
        with transaction.atomic():
            support.delete()
            _check_references_now()
    except models.ProtectedError as refusal:
        raise NotPossible(_in_use(support)) from refusal
    except IntegrityError as refusal:
        raise NotPossible(_in_use(support)) from refusal


def _in_use(support: RoundSupport) -> str:
    return _("%(support)s already has a quota or households; it stays.") % {"support": support}


def _check_references_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _write(thing: models.Model, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Sets fields and saves; the differences as events hold them."""
    changes = []
    for name, value in values.items():
        changes += _difference(name, getattr(thing, name), value)
        setattr(thing, name, value)
    thing.save()
    return changes


def _difference(field: str, old: Any, new: Any) -> list[dict[str, Any]]:
    before, after = _stored(old), _stored(new)
    return [{"field": field, "old": before, "new": after}] if before != after else []


def _stored(value: Any) -> Any:
    if isinstance(value, list | bool) or value is None:
        return value
    return f"{value:%d/%m/%Y}" if isinstance(value, datetime.date) else str(value)


def _record(
    verb: Verb, subject: models.Model, area: int, changes: list[dict[str, Any]],
    *, reason: str, by: Officer, at: datetime.datetime | None, **details: Any,
) -> None:  # fmt: skip
    if not reason.strip():
        raise NotPossible(_("Write the reason or the decision number for the change."))
    AuditEvent.record(verb, subject, by=by, area=area, at=at, reason=reason, changes=changes, **details)
