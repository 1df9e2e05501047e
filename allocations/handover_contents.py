"""What the hand-over pages show: households that get a device, who could take it, what is left in stock."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q

from administration.models import Officer
from allocations.models import Allocation, HandOver, Payment, Status, SupportForm
from beneficiaries.identity_rules import mask
from beneficiaries.models import Household, Person
from beneficiaries.search import with_words
from beneficiaries.search_box import read_box
from devices.models import Device

PAGE_SIZE = 50
BULK_PAGE_SIZE = 20
MOST_FOUND = 50
ON_A_LIST = [
    Status.SUBMITTED, Status.RETURNED, Status.WAITING, Status.APPROVED, Status.HANDED_OVER, Status.REJECTED,
]  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """Numbers above the search: households still to come for a device and for cash, served today, devices in stock."""

    waiting: int
    waiting_for_cash: int
    today: int
    stock: int


@dataclass(frozen=True)
class DeskRow:
    """A household with the line that promises it a device."""

    line: Allocation
    head: Person

    @property
    def household(self) -> Household:
        return self.line.household

    @property
    def identity(self) -> str:
        return mask(self.head.identity_number)

    @property
    def may_receive(self) -> bool:
        return self.line.status == Status.APPROVED


def read_desk(officer: Officer, today: datetime.date) -> Desk:
    """Four queries."""
    lines = Allocation.objects.visible_to(officer)
    approved = lines.filter(status=Status.APPROVED).aggregate(
        devices=Count("pk", filter=~Q(form=SupportForm.CASH)), cash=Count("pk", filter=Q(form=SupportForm.CASH))
    )
    handed = HandOver.objects.filter(allocation__in=lines, handed_on=today).count()
    paid = Payment.objects.filter(allocation__in=lines, paid_on=today).count()
    stock = Device.objects.visible_to(officer).in_stock().count()
    return Desk(approved["devices"], approved["cash"], handed + paid, stock)


def page_to_hand_over(
    officer: Officer, number: object, *, size: int = PAGE_SIZE, only_devices: bool = False
) -> tuple[Page[Person], list[DeskRow]]:
    """Approved households that have not received their support, by the given name of the head."""
    approved = Allocation.objects.visible_to(officer).filter(status=Status.APPROVED)
    if only_devices:
        approved = approved.exclude(form=SupportForm.CASH)
    heads = Person.objects.heads().filter(household__in=approved.values("household")).by_name()
    page = Paginator(heads, size).get_page(number)  # type: ignore[arg-type]
    return page, rows_of(list(page), approved)


def find_rows(officer: Officer, words: str) -> list[DeskRow]:
    """Households on a list by name without tones, by code, or by the last digits of the code or of the number."""
    lines = Allocation.objects.visible_to(officer).filter(status__in=ON_A_LIST)
    heads = Person.objects.heads().filter(household__in=lines.values("household"))
    box = read_box(words)
    if box.words:
        found = list(with_words(heads, box.words).by_name()[:MOST_FOUND])  # type: ignore[attr-defined]
    elif box.code:
        found = list(heads.filter(household__code=box.code))
    elif box.serial is not None:
        found = [head for head in heads.select_related("household") if _ends_with(head, words.strip())]
    else:
        found = []
    return rows_of(found[:MOST_FOUND], lines)


def rows_of(heads: Sequence[Person], lines: Iterable[Allocation]) -> list[DeskRow]:
    """Heads with the newest of the lines of their household, in the order of the heads. One query."""
    own = lines.filter(household__in=[head.household_id for head in heads])  # type: ignore[attr-defined]
    newest = {line.household_id: line for line in own.select_related("household", "round").order_by("pk")}
    return [DeskRow(newest[head.household_id], head) for head in heads if head.household_id in newest]


def members_of(household_ids: Iterable[int]) -> dict[int, list[Person]]:
    """Everybody of these households, the head first."""
    people = Person.objects.filter(household__in=list(household_ids), is_live=True)
    found: dict[int, list[Person]] = {}
    for person in people.order_by("-is_head", "birth_year", "pk"):
        found.setdefault(person.household_id, []).append(person)
    return found


def latest_hand_overs(officer: Officer, *, most: int = 5) -> list[HandOver]:
    """What was recorded last, newest first."""
    lines = Allocation.objects.visible_to(officer)
    found = HandOver.objects.filter(allocation__in=lines).select_related("allocation__household", "device", "by")
    return list(found.order_by("-recorded_at", "-pk")[:most])


def latest_payments(officer: Officer, *, most: int = 5) -> list[Payment]:
    """What was paid last, newest first."""
    lines = Allocation.objects.visible_to(officer)
    found = Payment.objects.filter(allocation__in=lines).select_related("allocation__household", "by")
    return list(found.order_by("-recorded_at", "-pk")[:most])


def line_of(household: Household) -> Allocation | None:
    """The newest line of the household: the one that can be handed over, has been, or says why not."""
    lines = Allocation.objects.filter(household=household).exclude(status=Status.WITHDRAWN)
    related = lines.select_related("round__programme", "area", "household", "commune_list", "decided_by")
    return related.order_by("-pk").first()


def hand_over_of(household: Household) -> HandOver | None:
    found = HandOver.objects.filter(allocation__household=household)
    return found.select_related(
        "allocation__round__programme", "allocation__household", "device__lot__model", "area__parent", "by"
    ).first()


def _ends_with(head: Person, digits: str) -> bool:
    return head.household.code.endswith(digits) or head.identity_number.endswith(digits)
