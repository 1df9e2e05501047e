"""What the wizard shows of a file without reading it again: headers, samples, first rows, rows that were passed over.

It holds whatever the file holds, so it is stored sealed (ImportFile.seen). The numbers beside it are plain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

from beneficiaries.intake.birth_order import BirthOrder
from beneficiaries.intake.cells import Sheet
from beneficiaries.intake.mapping import SURE
from beneficiaries.intake.overview import changes_of
from beneficiaries.intake.parse import Choices, Parsed, Table
from beneficiaries.intake.source import TableView
from beneficiaries.intake.value_words import CategoryValue

_FIRST_ROWS = 20
_MOST_IGNORED = 2_000
NEEDED = ("full_name", "identity_number", "birth", "gender", "hamlet", "category")


def seen_of(parsed: Parsed) -> dict[str, Any]:
    """JSON: the lists with their columns, encodings and category words; the sheets' first rows; ignored rows."""
    ignored = [
        [table.sheet, row.row_no, row.why, row.text]
        for table in parsed.tables
        for row in table.layout.ignored
        if row.why != "blank"
    ]
    return {
        "tables": [_table(table) for table in parsed.tables],
        "sheets": [_sheet(sheet) for sheet in parsed.sheets],
        "ignored": ignored[:_MOST_IGNORED],
        "changes": changes_of(parsed.households),
    }


def _table(table: Table) -> dict[str, Any]:
    mapping = table.mapping
    headers = {column.index: column.header for column in table.layout.columns}
    return {
        "sheet": table.sheet,
        "header_row": table.layout.header_row,
        "structure": mapping.structure,
        "category": table.layout.base.category,
        "year": table.year,
        "births": list(astuple(table.order)),
        "fingerprint": mapping.fingerprint,
        "households": len(table.households),
        "columns": [
            {
                "index": column.index,
                "header": column.header,
                "leaf": column.labels[-1] if column.labels else "",
                "field": mapping.fields.get(column.index, "ignore"),
                "rival": mapping.rivals.get(column.index, ""),
                "sure": mapping.confidence.get(column.index, 0) >= SURE,
                "samples": [str(sample) for sample in column.samples[:3]],
            }
            for column in table.layout.columns
        ],
        "encodings": [
            {
                "column": e.column,
                "header": headers.get(e.column, ""),
                "encoding": e.encoding,
                "sure": e.is_sure,
                "samples": e.samples[:5],
            }
            for e in table.encodings
        ],
        "words": [
            {
                "text": word.text,
                "category": word.meaning.category,
                "attributes": list(word.meaning.attributes),
                "sure": word.meaning.is_sure,
                "count": word.count,
            }
            for word in mapping.words
        ],
    }


def _sheet(sheet: Sheet) -> dict[str, Any]:
    first = [[sheet.row_no(i), [str(cell) for cell in row[:12]]] for i, row in enumerate(sheet.rows[:_FIRST_ROWS])]
    return {
        "name": sheet.name,
        "visible": sheet.visible,
        "rows": len(sheet.rows),
        "hidden_rows": sheet.hidden_rows,
        "hidden_columns": len(sheet.hidden),
        "first": first,
    }


def summary_of(parsed: Parsed) -> dict[str, Any]:
    """Plain numbers and codes: nothing a person could be known by."""
    whys = Counter(row.why for table in parsed.tables for row in table.layout.ignored)
    return {
        "households": len(parsed.households),
        "people": sum(1 + len(row.members) for row in parsed.households),
        "repeats": sum(row.repeat_of is not None for row in parsed.households),
        "ignored": dict(whys),
        "tables": len(parsed.tables),
        "hidden_rows": sum(sheet.hidden_rows for sheet in parsed.sheets),
    }


def open_questions(parsed: Parsed, choices: Choices) -> list[str]:
    """Why the columns should be looked at before going on; empty when everything was recognised for sure.

    Words of the category column that are not understood can wait: the page of errors asks for them, rows beside it.
    """
    reasons = []
    if not any(table.households for table in parsed.tables):
        reasons.append("no_list")
    for table in parsed.tables:
        mapping = table.mapping
        chosen = choices.fields_of(table.sheet, table.layout.header_row)
        asked = [column for column, name in mapping.fields.items() if name != "ignore" and column not in chosen]
        if any(mapping.confidence[column] < SURE for column in asked):
            reasons.append("unsure_columns")
        if any(one.column not in choices.encodings.get(table.sheet, {}) for one in table.encodings):
            reasons.append("encodings")
        if table.households and _lacks_a_needed_field(table) and not chosen:
            reasons.append("missing_columns")
    return list(dict.fromkeys(reasons))


def missing_fields(fields: Sequence[str], *, has_sections: bool) -> list[str]:
    """Needed fields that no column gives, one way or another."""
    found = set(fields)
    ways = {
        "full_name": {"full_name", "given_name", "member_name"},
        "birth": {"birth", "birth_year_male", "birth_year_female"},
        "gender": {"gender", "gender_male_mark", "gender_female_mark", "birth_year_male", "birth_year_female"},
        "hamlet": {"hamlet", "address"},
        "category": {"category", "poor_mark", "near_poor_mark", "policy_mark", "other_policy_mark", "not_poor_mark"},
    }
    missing = [name for name in NEEDED if not found & ways.get(name, {name})]
    if "identity_number" in found:
        missing = [name for name in missing if name != "gender"]  # the number says it
    return [name for name in missing if not (has_sections and name in ("hamlet", "category"))]


def _lacks_a_needed_field(table: Table) -> bool:
    has_sections = any(row.section.hamlet or row.section.category for row in table.layout.rows)
    return bool(missing_fields(list(table.mapping.fields.values()), has_sections=has_sections))


def stored_views(seen: dict[str, Any], choices: Choices) -> list[TableView]:
    """The views of a file's lists from what is stored."""
    words = {text: CategoryValue(category, tuple(more)) for text, (category, more) in choices.categories.items()}
    return [
        TableView(
            table["sheet"],
            table["structure"],
            {column["index"]: column["field"] for column in table["columns"]},
            {column["index"]: column["leaf"] for column in table["columns"] if column["leaf"]},
            words,
            choices.terms,
            table["category"],
            table.get("year"),
            BirthOrder(*table.get("births", ())),
            {column["index"]: column["rival"] for column in table["columns"] if column.get("rival")},
        )
        for table in seen.get("tables", [])
    ]
