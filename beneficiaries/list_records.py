"""What was read of a list as records for another program: file, rows, pairs, summary (JSON Lines of `import_list`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from beneficiaries.import_words import FIELD_LABELS
from beneficiaries.intake.cells import column_letter
from beneficiaries.intake.parse import Table
from beneficiaries.intake.problems import ERROR, PROBLEMS, WARNING, Problem
from beneficiaries.intake.refusals import Refused
from beneficiaries.intake.register_problems import sentence
from beneficiaries.intake.staged import Staged
from beneficiaries.intake.suspects import Pair
from beneficiaries.list_reading import ReadList, peak_megabytes

Record = dict[str, Any]
CATEGORIES = {
    "HN": "poor", "HCN": "near_poor", "CSXH": "social_policy", "CSK": "other_policy", "KTD": "none",
}  # fmt: skip
GENDERS = {"M": "male", "F": "female"}
# Our fields by the names of the records. What a problem says about two cells is told at both.
FIELDS = {
    "full_name": "head_name", "family_name": "head_name", "given_name": "head_name", "member_name": "head_name",
    "birth": "birth_date", "birth_day": "birth_date", "birth_month": "birth_date", "birth_year_male": "birth_year",
    "birth_year_female": "birth_year", "gender_male_mark": "gender", "gender_female_mark": "gender",
    "ethnic_group": "ethnic_code", "identity_number": "id_number", "old_identity_number": "id_number",
    "hamlet": "village", "commune": "commune_code", "poor_mark": "category", "near_poor_mark": "category",
    "not_poor_mark": "category", "policy_mark": "category", "other_policy_mark": "category",
}  # fmt: skip
_ALSO_AT = {"V08": ("gender",), "V09": ("birth_date", "birth_year")}
_ABOUT_THE_YEAR = frozenset({"V10", "V11", "V12", "V48", "V57"})


def refused_record(name: str, refusal: Refused) -> Record:
    return {
        "kind": "file", "file": name, "status": "refused", "code": refusal.code, "message": refusal.message,
        "sheets": [],
    }  # fmt: skip


def file_record(read: ReadList) -> Record:
    """A file without any list is refused in its own words."""
    if not read.parsed.tables:
        message = str(PROBLEMS["V42"][1])
        return {
            "kind": "file", "file": read.path.name, "status": "refused", "code": "V42", "message": message,
            "sheets": [],
        }  # fmt: skip
    sheets = [_sheet(table) for table in read.parsed.tables]
    return {"kind": "file", "file": read.path.name, "status": "read", "code": "", "message": "", "sheets": sheets}


def _sheet(table: Table) -> Record:
    columns: dict[str, str] = {}
    for column, name in sorted(table.mapping.fields.items()):
        if name != "ignore":
            columns.setdefault(FIELDS.get(name, name) if not name.endswith("_mark") else name, column_letter(column))
    encodings = {encoding.encoding for encoding in table.encodings} or {"unicode"}
    return {
        "name": table.sheet, "header_rows": table.layout.label_rows, "columns": columns,
        "encoding": next(iter(encodings)) if len(encodings) == 1 else "mixed",
    }  # fmt: skip


def row_records(read: ReadList) -> Iterator[Record]:
    return map(row_record, read.staged)


def row_record(one: Staged) -> Record:
    return {
        "kind": "row", "sheet": one.sheet, "row": one.row_no, "status": status_of(one),
        "problems": list(_problems(one)), "values": values_of(one),
    }  # fmt: skip


def status_of(one: Staged) -> str:
    severities = {problem.severity for problem in one.all_problems}
    return "error" if ERROR in severities else "warning" if WARNING in severities else "ok"


def _problems(one: Staged) -> Iterator[Record]:
    for problem in one.all_problems:
        text = sentence(problem)
        if problem.row_no != one.row_no:
            text = f"{FIELD_LABELS['member_name']} ({problem.row_no}): {text}"
        for field in _fields_of(problem, one):
            yield {"code": problem.code, "field": field, "message": text}


def _fields_of(problem: Problem, one: Staged) -> tuple[str, ...]:
    """Where a problem is told. A birth's problem is about the day or the year, as the cell has one or the other."""
    name = FIELDS.get(problem.field, problem.field)
    if name == "birth_date" and problem.code in _ABOUT_THE_YEAR and _is_year_only(problem, one):
        name = "birth_year"
    if problem.code == "V44" and one.household.head.identity_number:
        return (name, "id_number")
    return (name, *_ALSO_AT.get(problem.code, ()))


def _is_year_only(problem: Problem, one: Staged) -> bool:
    cell = one.household.originals.get(problem.row_no, {}).get("birth", "")
    return len("".join(filter(str.isdigit, cell))) <= 4


def values_of(one: Staged) -> Record:
    """The values as they would be stored; what could not be read is null."""
    row, head = one.household, one.household.head
    number = head.identity_number or head.old_identity_number
    return {
        "head_name": head.full_name or None,
        "gender": GENDERS.get(head.gender),
        "birth_date": head.birth_date.isoformat() if head.birth_date else None,
        "birth_year": head.birth_year,
        "birth_precision": head.birth_precision,
        "ethnic_code": head.ethnic_group or None,
        "id_number": number or None,
        "id_kind": "cccd" if head.identity_number else "cmnd" if number else None,
        "phone": row.phone or None,
        "member_count": row.member_count,
        "category": CATEGORIES.get(row.category),
        "commune_code": one.commune.code if one.commune else None,
        "village": row.hamlet or None,
    }


def pair_records(pairs: Iterable[Pair]) -> Iterator[Record]:
    for pair in pairs:
        b = {"household": pair.b} if isinstance(pair.b, str) else {"sheet": pair.b.sheet, "row": pair.b.row_no}
        a = {"sheet": pair.a.sheet, "row": pair.a.row_no}
        yield {"kind": "pair", "a": a, "b": b, "certainty": pair.certainty, "why": pair.why}


def summary_record(staged: Iterable[Staged], seconds: float) -> Record:
    """Counts of rows by status, and of rows by what they would do in the register."""
    staged = list(staged)
    statuses = Counter(map(status_of, staged))
    effects = Counter(one.match.effect for one in staged if one.household.repeat_of is None)
    return {
        "kind": "summary", "rows": len(staged), "ok": statuses["ok"], "warning": statuses["warning"],
        "error": statuses["error"], "new": effects["new"], "changed": effects["changed"],
        "unchanged": effects["same"], "seconds": round(seconds, 3), "peak_mb": peak_megabytes(),
    }  # fmt: skip
