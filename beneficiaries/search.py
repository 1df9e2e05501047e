"""Finding households: what the search box means, which heads match, in which order, counted up to a limit.

Row-level security lets an index be used only for comparisons that leak nothing (=, <, starts_with), so names are found
by a scan of the index of keys alone (head_by_key_in_area) and everything else by equality or by a beginning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, F, Func, Q, QuerySet, TextField, Value

from administration.models import Area
from beneficiaries.models import Household, HouseholdNumber, Person
from beneficiaries.search_box import NOTHING, Box

_ALL = 10_000_000
MOST = 10_000  # households that are counted; whoever needs more narrows the question
DEEPEST = 1_000  # rows that can be leafed through where more than MOST match a filter

SORTS: dict[str, list[str]] = {
    "name": ["given_name", "middle_name", "family_name", "pk"],
    "code": ["household__code"],
    "hamlet": ["household__area_id", "household__hamlet", "given_name", "middle_name", "family_name", "pk"],
    "changed": ["household__updated_at", "household__pk"],
}
DEFAULT_SORT = "name"


@dataclass(frozen=True, slots=True)
class Question:
    """Everything a list of households is asked; `area` is where to look, the other parts narrow it."""

    area: Area
    box: Box = NOTHING
    categories: Sequence[str] = ()
    attributes: Sequence[str] = ()
    phone_kinds: Sequence[str] = ()
    hamlet: str = ""
    without_number: bool = False
    state: str = "listed"
    household_ids: Sequence[int] | None = None  # instead of the box, when the number was looked up already
    sort: str = DEFAULT_SORT

    @property
    def is_narrow(self) -> bool:
        """Within one commune the names of all members are searched, further up only those of the heads."""
        return self.area.is_commune

    @property
    def is_plain(self) -> bool:
        return self == Question(self.area, sort=self.sort, state=self.state)

    @property
    def narrows_households(self) -> bool:
        """Whether the rows of households must be asked, not only the names of people."""
        named = Question(self.area, box=Box(words=self.box.words), sort=self.sort, state=self.state)
        return self != named


class CappedPaginator(Paginator):
    """Pages through the first rows of a long list; the deeper a page, the more it costs."""

    def __init__(self, question: Question, per_page: int) -> None:
        super().__init__([], per_page)
        self._question = question
        self._ids = None if question.is_plain else found_ids(question)

    @cached_property
    def found(self) -> int:
        """How many households answer the question; MOST + 1 means: more."""
        return _households(self._question)[: MOST + 1].count() if self._ids is None else len(self._ids)

    @cached_property
    def count(self) -> int:
        """How many of them can be leafed through."""
        return min(self.found, MOST) if self._ids is None or self.found <= MOST else DEEPEST

    def page(self, number: int | str) -> Page[Person]:
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        return Page(self._rows(first, min(first + self.per_page, self.count)), number, self)

    def _rows(self, first: int, last: int) -> list[Person]:
        question = self._question
        if self._ids is None:
            return _shown(list(_everybody(question)[first:last]), question.sort)
        if self.found <= MOST:
            return list(heads_of(self._ids, question.sort)[first:last])
        return _walk(question, first, last)


def find(question: Question, *, page: str | int | None, per_page: int) -> Page[Person]:
    """One page of heads with their households; `page.paginator` knows how many there are, up to MOST."""
    return CappedPaginator(question, per_page).get_page(page)


def found_ids(question: Question) -> list[int]:
    """The ids of the households that answer the question, in no order; MOST + 1 of them when there are more."""
    if question.household_ids is not None:
        return list(question.household_ids)
    if question.box.words and not question.narrows_households:
        ids = _of_state(_named(question), question).values_list("household_id", flat=True)
        return list((ids.distinct() if question.is_narrow else ids)[: MOST + 1])
    return list(_households(question).values_list("pk", flat=True)[: MOST + 1])


def heads_of(household_ids: Iterable[int], sort: str) -> QuerySet[Person]:
    """The heads of these households in order."""
    return in_order(Person.objects.filter(household_id__in=list(household_ids), is_head=True), sort)


def in_order(heads: QuerySet[Person], sort: str) -> QuerySet[Person]:
    """Heads with what a list shows of them, ordered by a key of SORTS, turned round by a leading minus."""
    return heads.select_related("household__area").order_by(*_columns(sort))


def _columns(sort: str) -> list[str]:
    columns = SORTS[sort.removeprefix("-")]
    return [f"-{column}" for column in columns] if sort.startswith("-") else columns


def _walk(question: Question, first: int, last: int) -> list[Person]:
    """Rows first..last when so many match that walking along the order meets them soon: a stretch at a time.

    One query for both would be planned badly: under row-level security the statistics of names are not used.
    """
    found: list[int] = []
    start, step = 0, 1_000
    while len(found) < last and (stretch := list(_everybody(question)[start : start + step])):
        matching = set(_matching(question).filter(pk__in=stretch).values_list("pk", flat=True))
        found += [pk for pk in stretch if pk in matching]
        start, step = start + step, min(step * 2, 8_000)
    return _shown(found[first:last], question.sort)


def _everybody(question: Question) -> QuerySet[Person, int]:
    """The ids of all heads in order, whatever else is asked; without their households, so that an index is enough."""
    return _of_state(_heads(question), question).order_by(*_columns(question.sort)).values_list("pk", flat=True)


def _shown(pks: list[int], sort: str) -> list[Person]:
    """These heads with what a list shows of them, in the order given."""
    rows = {head.pk: head for head in in_order(Person.objects.filter(pk__in=pks), sort)}
    return [rows[pk] for pk in pks]


def _heads(question: Question) -> QuerySet[Person]:
    return Person.objects.filter(is_head=True, **_inside(question))


def _of_state(people: QuerySet[Person], question: Question) -> QuerySet[Person]:
    """`is_live` of a head says what `delisted_on` of the household says, without asking the household."""
    return people if question.state == "all" else people.filter(is_live=question.state == "listed")


def _matching(question: Question) -> QuerySet[Person]:
    """The heads that answer, for picking them out of a few."""
    heads = with_words(_heads(question), question.box.words)
    if question.without_number:
        heads = heads.filter(cccd_hash=None)
    return heads.filter(household_id__in=_limited(question).values("pk")) if question.narrows_households else heads


def _limited(question: Question) -> QuerySet[Household]:
    """The households whose own rows answer, whatever their people are called."""
    households = Household.objects.filter(**_inside(question))
    for limit in _limits(question):
        households = households.filter(limit)
    return households


def _households(question: Question) -> QuerySet[Household]:
    """All households that answer, in no order."""
    households = _limited(question)
    if question.without_number:
        nameless = Person.objects.filter(is_head=True, cccd_hash=None, **_inside(question))
        households = households.filter(pk__in=nameless.values("household_id"))
    if question.box.words:  # the slice keeps the database from mixing the scan of names with the other limits
        households = households.filter(pk__in=_named(question).values("household_id")[:_ALL])
    return households


def _inside(question: Question) -> dict[str, Any]:
    """One commune is asked for by equality: then the index by unit and name also gives the order."""
    if question.is_narrow:
        return {"area": question.area}
    return {"area__number__range": (question.area.number, question.area.last)}


def _limits(question: Question) -> Iterator[Q]:
    """What is asked of the household's own row."""
    if question.state != "all":
        yield Q(delisted_on__isnull=question.state == "listed")
    if question.categories:
        yield Q(category__in=list(question.categories))
    if question.attributes:
        yield Q(attributes__overlap=list(question.attributes))
    if question.phone_kinds:
        yield Q(phone_kind__in=list(question.phone_kinds))
    if question.hamlet:
        yield Q(hamlet=question.hamlet)
    yield from _box_limits(question)


def _box_limits(question: Question) -> Iterator[Q]:
    box = question.box
    if box.phone:
        yield ~Q(phone="") & Q(_starts_with("phone", box.phone))
    elif box.identity:
        yield Q(pk=None)  # numbers are looked up by an action, which is recorded
    if box.code:
        yield Q(code=_code(*box.code.split("-"))) | Q(_starts_with("code", box.code))
    if box.serial is not None:
        yield _serial_of(question, box.serial)


def _named(question: Question) -> QuerySet[Person]:
    """The persons whose name has the words: all of a commune, the heads of a wider area."""
    people = Person.objects.filter(**_inside(question))
    if not question.is_narrow:
        people = people.filter(is_head=True)
    return with_words(people, question.box.words)


def with_words(people: QuerySet[Person], words: Iterable[str]) -> QuerySet[Person]:
    """Persons whose name has, for each of these folded words, a word that begins with it."""
    people = people.alias(words=_Spaced("search_key"))
    for word in words:
        people = people.filter(words__contains=f" {word}")
    return people


def members_named(question: Question, heads: Iterable[Person]) -> dict[int, str]:
    """Household id -> names of the members that the words were found in, where it was not the head."""
    if not (question.box.words and question.is_narrow):
        return {}
    others = Person.objects.filter(household_id__in=[head.household_id for head in heads], is_head=False)
    found: dict[int, str] = {}
    for person in with_words(others, question.box.words).by_name():  # type: ignore[attr-defined]
        found[person.household_id] = ", ".join(filter(None, [found.get(person.household_id), person.full_name]))
    return found


class _Spaced(Func):
    """The key with a space in front, so that every word of it begins after a space."""

    template = "(' ' || %(expressions)s)"
    output_field = TextField()


def _starts_with(column: str, beginning: str) -> Func:
    return Func(F(column), Value(beginning), function="starts_with", output_field=BooleanField())


def _code(commune_code: str, serial: str | int) -> str:
    return f"{commune_code}-{int(serial):05d}"


def _serial_of(question: Question, serial: int) -> Q:
    """The last part of a code under any GSO code, of now or before a merger; in a commune also its own list's code."""
    codes = set(Area.objects.inside(question.area).communes().values_list("code", flat=True))
    codes.update(HouseholdNumber.objects.values_list("commune_code", flat=True))
    found = Q(code__in=[_code(code, serial) for code in sorted(codes)])
    return found | Q(original_code=str(serial)) if question.is_narrow else found
