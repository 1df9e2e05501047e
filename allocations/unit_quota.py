"""What one unit may approve in a round: its quotas together, and the rest of each support. Read, never written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from allocations.models import Allocation, Quota

SupportKey = tuple[int, str]  # source, form


@dataclass(frozen=True)
class UnitQuota:
    """The quotas of one unit in one round, support by support."""

    quotas: tuple[Quota, ...]

    @property
    def allowed(self) -> int:
        return sum(quota.allowed for quota in self.quotas)

    @property
    def used(self) -> int:
        return sum(quota.used for quota in self.quotas)

    @property
    def left(self) -> int:
        return self.allowed - self.used

    @property
    def left_by(self) -> dict[SupportKey, int]:
        return {(quota.source_id, quota.form): quota.left for quota in self.quotas}


def support_of_line(line: Allocation) -> SupportKey:
    return line.source_id, line.form


def together(quotas: Iterable[Quota]) -> UnitQuota | None:
    """None: the unit has no quota yet."""
    found = tuple(quotas)
    return UnitQuota(found) if found else None


def quota_of(round_id: int, area_id: int) -> UnitQuota | None:
    return together(Quota.objects.filter(round=round_id, area=area_id).order_by("pk"))


def by_round_and_unit(quotas: Iterable[Quota]) -> dict[tuple[int, int], UnitQuota]:
    """(round, unit) → its quotas together."""
    found: dict[tuple[int, int], list[Quota]] = {}
    for quota in quotas:
        found.setdefault((quota.round_id, quota.area_id), []).append(quota)
    return {key: UnitQuota(tuple(rows)) for key, rows in found.items()}


def within(lines: Iterable[tuple[int, int, str]], left: Mapping[SupportKey, int]) -> list[int]:
    """Ids of those of the lines (id, source, form; best first) for which the rest of their support's quota suffices."""
    rest, taken = dict(left), []
    for pk, source, form in lines:
        if rest.get((source, form), 0) > 0:
            rest[source, form] -= 1
            taken.append(pk)
    return taken
