"""A household between file and register, in memory: what was read, what is wrong with it, what it would do."""

from __future__ import annotations

from dataclasses import astuple, dataclass, field
from typing import Any

from beneficiaries.intake.difference import Difference, Registered
from beneficiaries.intake.household_rows import HouseholdRow
from beneficiaries.intake.place import Commune
from beneficiaries.intake.problems import ERROR, NOTE, Problem
from beneficiaries.intake.register_problems import CONFLICTS
from beneficiaries.intake.row_json import (
    household_from_json,
    household_to_json,
    mends_from_json,
    mends_to_json,
    problems_from_json,
    problems_to_json,
    rows_from_json,
    rows_to_json,
)
from beneficiaries.intake.source import Given, Mend, SourceRow
from beneficiaries.models import StagedHousehold
from beneficiaries.sealing import fingerprint, seal_json, unseal_json

State = StagedHousehold.State
Effect = StagedHousehold.Effect
DIFFERENT = 0  # the official said: none of the households that look alike


@dataclass(slots=True)
class Match:
    """What the register says about a household. `twins` look alike: (id, code, name, year, hamlet).

    `shown` are the differences for people: (field, whose, old, new); `difference` and `registered` the same for the
    writing, only right after matching.
    """

    household_id: int | None = None
    code: str = ""
    effect: str = Effect.NEW
    problems: list[Problem] = field(default_factory=list)
    twins: list[list[Any]] = field(default_factory=list)
    shown: list[list[Any]] = field(default_factory=list)
    difference: Difference | None = None
    registered: Registered | None = None


@dataclass(slots=True)
class Staged:
    """One household of a file. `problems` are its own, `between` those with other rows of the file.

    `raw` holds the cells whose text differed before decoding. `decision` is the twin the official chose, DIFFERENT
    or None. `commune` is the one the row belongs to, right after reading only.
    """

    table_no: int
    household: HouseholdRow
    rows: list[SourceRow]
    problems: list[Problem] = field(default_factory=list)
    between: list[Problem] = field(default_factory=list)
    match: Match = field(default_factory=Match)
    mends: list[Mend] = field(default_factory=list)
    raw: dict[str, dict[str, str]] = field(default_factory=dict)
    given: Given = field(default_factory=Given)
    decision: int | None = None
    is_skipped: bool = False
    pk: int | None = None
    commune: Commune | None = None

    @property
    def row_no(self) -> int:
        return self.household.row_no

    @property
    def sheet(self) -> str:
        return self.household.sheet

    @property
    def all_problems(self) -> list[Problem]:
        return [*self.problems, *self.between, *self.match.problems]

    @property
    def state(self) -> str:
        if self.is_skipped:
            return State.SKIPPED
        errors = {problem.code for problem in self.all_problems if problem.severity == ERROR}
        if errors - CONFLICTS:
            return State.BROKEN
        return State.CONFLICT if errors else State.READY

    @property
    def codes(self) -> list[str]:
        """Codes of errors and warnings, each once."""
        return sorted({problem.code for problem in self.all_problems if problem.severity != NOTE})

    @property
    def hashes(self) -> list[bytes]:
        return [h for person in self.household.people() for h in numbers_of(person)]

    def seal(self) -> bytes:
        return seal_json(
            {
                "household": household_to_json(self.household),
                "rows": rows_to_json(self.rows),
                "raw": self.raw,
                "given": list(astuple(self.given)),
                "problems": problems_to_json(self.problems),
                "between": problems_to_json(self.between),
                "mends": mends_to_json(self.mends),
                "decision": self.decision,
                "match": {
                    "household": self.match.household_id,
                    "code": self.match.code,
                    "effect": self.match.effect,
                    "problems": problems_to_json(self.match.problems),
                    "twins": self.match.twins,
                    "shown": self.match.shown,
                },
            }
        )


def opened(stored: StagedHousehold) -> Staged:
    """A staged row with its payload unsealed."""
    return open_payload(stored.pk, stored.table_no, stored.sheet, stored.state, stored.payload)


def open_payload(
    pk: int, table_no: int, sheet: str, state: str, payload: bytes | memoryview, *, with_cells: bool = True
) -> Staged:
    value = unseal_json(payload)
    found = value["match"]
    if not with_cells:
        value["rows"], value["raw"], value["household"]["changes"] = [], {}, []
    return Staged(
        table_no=table_no,
        household=household_from_json(value["household"], sheet),
        rows=rows_from_json(value["rows"]),
        problems=problems_from_json(value["problems"], sheet),
        between=problems_from_json(value["between"], sheet),
        match=Match(
            found["household"], found["code"], found["effect"], problems_from_json(found["problems"], sheet),
            found["twins"], found["shown"],
        ),
        mends=mends_from_json(value["mends"]),
        raw=value["raw"],
        given=Given(*value.get("given", ())),
        decision=value["decision"],
        is_skipped=state == State.SKIPPED,
        pk=pk,
    )  # fmt: skip


def numbers_of(person: Any) -> list[bytes]:
    """The fingerprints of a person's numbers."""
    found = (fingerprint(person.identity_number), fingerprint(person.old_identity_number))
    return [number for number in found if number]
