"""Day first or month first? What a whole column of dates says about the ones that could be either."""

from collections.abc import Iterable
from dataclasses import dataclass

from beneficiaries.intake.cells import DateCell
from beneficiaries.intake.values import Birth


@dataclass(slots=True)
class BirthOrder:
    """Counts over one column: dates that can only be day first, only month first, or both."""

    day_first: int = 0
    month_first: int = 0
    real_day_first: int = 0
    real_either: int = 0

    @classmethod
    def of(cls, column: Iterable[tuple[str, Birth]]) -> "BirthOrder":
        """Count the cells and births of one column."""
        order = cls()
        for cell, birth in column:
            if isinstance(cell, DateCell):
                order.real_either += birth.order == "dm"
                order.real_day_first += birth.on is not None and birth.on.day > 12
            else:
                order.day_first += birth.order == "d"
                order.month_first += birth.order == "md"
        return order

    @property
    def contradicts_day_first(self) -> bool:
        """Whether the column itself says month first, by more than a single slip."""
        return self.month_first > 0 and self.month_first * 5 >= self.day_first

    @property
    def swapped_by_spreadsheet(self) -> bool:
        """Whether a spreadsheet with American settings took 3/5 for 5 March and left 25/5 as text."""
        return self.real_either > 0 and self.real_day_first == 0 and self.day_first > 0

    def severity(self, cell: str) -> str:
        """How much a date that could be either is in doubt: a note, a warning, or a stop."""
        if isinstance(cell, DateCell):
            return "warning" if self.swapped_by_spreadsheet else ""
        if self.contradicts_day_first:
            return "error"
        return "note" if self.day_first and not self.month_first else "warning"
