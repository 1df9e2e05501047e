"""Figures of a unit in a round: plain numbers that add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from allocations.models import Status
from beneficiaries.models import Category

DRAFTED = (Status.DRAFT, Status.POSTED)
LISTED = tuple(status for status in Status if status != Status.WITHDRAWN)
SENT = tuple(status for status in LISTED if status not in DRAFTED)
GRANTED = (Status.APPROVED, Status.HANDED_OVER)
NAMED = (Category.POOR, Category.NEAR_POOR, Category.SOCIAL_POLICY)  # the others share one column


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one unit in one round: households, unless it says devices. Figures of several units add up."""

    targets: Counter[str] = field(default_factory=Counter)  # by category; see `target`
    lines: Counter[tuple[str, str]] = field(default_factory=Counter)  # by (category, status)
    stock: int = 0  # devices of the round's kind in the commune's stock
    ready: int = 0  # approved, and a device for them is in the commune's stock
    quota: int = 0  # devices
    complaints: int = 0  # open ones
    statuses: dict[str, int] = field(init=False, repr=False, compare=False)  # all categories: asked for all the time

    def __post_init__(self) -> None:
        statuses: dict[str, int] = {}
        for (_category, status), n in self.lines.items():
            statuses[status] = statuses.get(status, 0) + n
        object.__setattr__(self, "statuses", statuses)

    @classmethod
    def total(cls, parts: Iterable[Self]) -> Self:
        targets: Counter[str] = Counter()
        lines: Counter[tuple[str, str]] = Counter()
        stock = ready = quota = complaints = 0
        for part in parts:
            targets.update(part.targets)
            lines.update(part.lines)
            stock += part.stock
            ready += part.ready
            quota += part.quota
            complaints += part.complaints
        return cls(targets, lines, stock, ready, quota, complaints)

    def count(self, statuses: Iterable[str], categories: Iterable[str] | None = None) -> int:
        """Lines in any of the statuses, of all categories unless some are named."""
        if categories is None:
            return sum([self.statuses.get(status, 0) for status in statuses])
        return sum([self.lines[category, status] for status in set(statuses) for category in set(categories)])

    def targeted(self, categories: Iterable[str]) -> int:
        return sum(self.targets[category] for category in categories)

    @property
    def target(self) -> int:
        """Households in the register whose category the round covers, less those that an earlier round has taken up."""
        return self.targets.total()

    @property
    def listed(self) -> int:
        """On the commune's list, whatever became of them; taken off or declined ones are not."""
        return self.count(LISTED)

    @property
    def drafted(self) -> int:
        """On the list, not submitted (or put back for completion)."""
        return self.count(DRAFTED)

    @property
    def sent(self) -> int:
        """Submitted for review, whatever became of them."""
        return self.count(SENT)

    @property
    def awaiting(self) -> int:
        """Submitted and not decided yet."""
        return self.count((Status.SUBMITTED,))

    @property
    def returned(self) -> int:
        return self.count((Status.RETURNED,))

    @property
    def waiting(self) -> int:
        """On the waiting list: eligible, beyond the quota."""
        return self.count((Status.WAITING,))

    @property
    def rejected(self) -> int:
        return self.count((Status.REJECTED,))

    @property
    def granted(self) -> int:
        """Approved, handed over or not."""
        return self.count(GRANTED)

    @property
    def to_hand_over(self) -> int:
        """Approved, not handed over."""
        return self.count((Status.APPROVED,))

    @property
    def handed_over(self) -> int:
        return self.count((Status.HANDED_OVER,))

    @property
    def arrived(self) -> int:
        """Approved, and the device has reached the commune: handed over or ready to be."""
        return self.handed_over + self.ready

    @property
    def quota_left(self) -> int:
        return self.quota - self.granted
