"""The forms of the import: the file itself, and the page on which its columns are confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from beneficiaries.import_words import FIELD_LABELS
from beneficiaries.intake.choices import is_safe_word, safe_words
from beneficiaries.intake.decode import Encoding
from beneficiaries.intake.mapping import Structure
from beneficiaries.intake.parse import Choices
from beneficiaries.intake.value_words import read_category
from beneficiaries.models import Category

_LONGEST_TERM = 100
FORMATS = ".xlsx,.xlsm,.xls,.ods,.csv,.txt,.tsv"
STRUCTURES: list[tuple[Structure, Any]] = [
    ("household", _("Every row is a household")),
    ("person", _("Every row is a person; members stand under their head")),
]


class UploadForm(forms.Form):
    """Only that a file was sent; whether it can be read is decided by the guard."""

    tep = forms.FileField(
        label=_("List file"),
        help_text=_("Excel (.xlsx, .xlsm, .xls), .ods or .csv; at most 10 MB and 20,000 rows."),
        error_messages={"required": _("Choose the file that holds your list."), "empty": _("The file is empty.")},
        max_length=None,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": FORMATS}),
    )


@dataclass
class ColumnsAnswer:
    """What the officer answered. `read_again`: only look at another sheet or header row, nothing is confirmed yet."""

    choices: Choices
    read_again: bool


def read_columns(data: Mapping[str, str], sheets: list[str], seen: dict[str, Any], before: Choices) -> ColumnsAnswer:
    """The posted page as choices. What equals the recognised state is not kept as a choice."""
    answer = deepcopy(before)
    moved = _read_places(data, sheets, seen, answer)
    for number, table in enumerate(seen["tables"]):
        if table["sheet"] not in moved:
            _read_table(data, number, table, answer)
    _read_terms(data, seen.get("terms", {}), answer)
    return ColumnsAnswer(answer, read_again="doc_lai" in data or bool(moved))


def _read_places(data: Mapping[str, str], sheets: list[str], seen: dict[str, Any], answer: Choices) -> set[str]:
    """Which sheets and header rows; sheets whose header moved, so that their columns are not what they were."""
    visible = [sheet["name"] for sheet in seen["sheets"] if sheet["visible"]]
    known = [sheet["name"] for sheet in seen["sheets"]]
    chosen = [name for name in sheets if name in known]
    moved = set()
    if chosen and set(chosen) != set(answer.sheets if answer.sheets is not None else visible):
        moved = set(chosen) ^ set(answer.sheets if answer.sheets is not None else visible)
        answer.sheets = chosen
    rows = {table["sheet"]: table["header_row"] for table in reversed(seen["tables"])}
    for number, name in enumerate(known):
        text = data.get(f"dong-{number}", "")
        if text.isdecimal() and len(text) < 7 and int(text) > 0 and int(text) != rows.get(name):
            answer.header_rows[name] = int(text)
            moved.add(name)
    for name in moved:
        for part in (answer.fields, answer.structures, answer.encodings):
            part.pop(name, None)
    return moved


def _read_terms(data: Mapping[str, str], asked: dict[str, Any], answer: Choices) -> None:
    """What words of other columns stand for. An empty answer leaves the word as it is; a hamlet is then a new one."""
    for name, words in asked.items():
        for index, word in enumerate(words):
            meant = data.get(f"nghia-{name}-{index}", "").strip()[:_LONGEST_TERM]
            meant = meant or (word["text"] if name == "hamlet" else "")
            if meant and is_safe_word(word["text"]):
                answer.terms[name] = answer.terms.get(name, {}) | {word["text"]: meant}


def _read_table(data: Mapping[str, str], number: int, table: dict[str, Any], answer: Choices) -> None:
    sheet, at = table["sheet"], table["header_row"] or 0
    fields = {
        column["index"]: value
        for column in table["columns"]
        for value in [data.get(f"cot-{number}-{column['index']}", "")]
        if value in FIELD_LABELS and value != column["field"]
    }
    if fields:
        answer.fields.setdefault(sheet, {})[at] = answer.fields_of(sheet, at) | fields
    structure = data.get(f"cau_truc-{number}", table["structure"])
    if structure != table["structure"] and structure in dict(STRUCTURES):
        answer.structures.setdefault(sheet, {})[at] = cast(Structure, structure)
    encodings: dict[int, Encoding] = {
        e["column"]: e["encoding"] if f"ma-{number}-{e['column']}" in data else "unicode" for e in table["encodings"]
    }
    if any(encodings[e["column"]] != e["encoding"] for e in table["encodings"]):
        answer.encodings[sheet] = {**answer.encodings.get(sheet, {}), **encodings}
    words = []
    for index, word in enumerate(table["words"]):
        value = data.get(f"tu-{number}-{index}", "")
        if value in Category.values and (value != word["category"] or not word["sure"]):
            words.append((word["text"], value, read_category(word["text"]).attributes))
    answer.categories.update(safe_words(words))
