"""What an official decided about a file, as JSON and back; and what a commune decided before about the same header."""

from collections.abc import Iterable
from typing import Any

from administration.models import Area
from beneficiaries.intake.parse import Choices, Known
from beneficiaries.models import ColumnChoice

_LONGEST_WORD = 60


def choices_to_json(choices: Choices) -> dict[str, Any]:
    return {
        "sheets": choices.sheets,
        "header_rows": choices.header_rows,
        "fields": {
            sheet: {str(row): _text_keys(fields) for row, fields in lists.items()}
            for sheet, lists in choices.fields.items()
        },
        "structures": {sheet: _text_keys(lists) for sheet, lists in choices.structures.items()},
        "encodings": {sheet: _text_keys(encodings) for sheet, encodings in choices.encodings.items()},
        "categories": _words_to_json(choices.categories),
        "terms": choices.terms,
        "is_share": choices.is_share,
    }


def choices_from_json(value: dict[str, Any]) -> Choices:
    return Choices(
        sheets=value.get("sheets"),
        header_rows=dict(value.get("header_rows", {})),
        fields={
            sheet: {int(row): _number_keys(fields) for row, fields in lists.items()}
            for sheet, lists in value.get("fields", {}).items()
        },
        structures={sheet: _number_keys(lists) for sheet, lists in value.get("structures", {}).items()},
        encodings={sheet: _number_keys(encodings) for sheet, encodings in value.get("encodings", {}).items()},
        categories=_words_from_json(value.get("categories", {})),
        terms={name: dict(words) for name, words in value.get("terms", {}).items()},
        is_share=value.get("is_share", False),
    )


def known_choices(area: Area) -> dict[str, Known]:
    """What the commune decided before, by the fingerprint of the header. One query."""
    found = ColumnChoice.objects.filter(area=area).values_list("fingerprint", "choices")
    return {fingerprint: _known(value) for fingerprint, value in found}


def _known(value: dict[str, Any]) -> Known:
    return Known(
        fields=_number_keys(value["fields"]),
        chosen=_number_keys(value.get("chosen", {})),
        structure=value.get("structure") if "chosen" in value else None,
        encodings=_number_keys(value["encodings"]),
        categories=_words_from_json(value["categories"]),
        terms={name: dict(words) for name, words in value.get("terms", {}).items()},
    )


def remember(seen: dict[str, Any], choices: Choices, area: Area) -> None:
    """Keeps what was decided and confirmed about the columns, for the next file with the same header."""
    if choices.is_share:
        return
    tables = {table["fingerprint"]: table for table in seen.get("tables", [])}
    rows = [
        ColumnChoice(area=area, fingerprint=fingerprint, choices=_decided(table, choices))
        for fingerprint, table in tables.items()
    ]
    ColumnChoice.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["area", "fingerprint"], update_fields=["choices"]
    )


def _decided(table: dict[str, Any], choices: Choices) -> dict[str, Any]:
    sheet, header_row = table["sheet"], table["header_row"]
    recognised = {e["column"]: e["encoding"] for e in table["encodings"]}
    return {
        "fields": {str(column["index"]): column["field"] for column in table["columns"]},
        "chosen": _text_keys(choices.fields_of(sheet, header_row)),
        "structure": choices.structure_of(sheet, header_row),
        "encodings": _text_keys(recognised | choices.encodings.get(sheet, {})),
        "categories": _words_to_json(choices.categories),
        "terms": choices.terms,
    }


def _words_to_json(words: dict[str, tuple[str, tuple[str, ...]]]) -> dict[str, list[Any]]:
    return {text: [category, list(more)] for text, (category, more) in words.items()}


def _words_from_json(value: dict[str, Any]) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {text: (category, tuple(more)) for text, (category, more) in value.items()}


def safe_words(words: Iterable[tuple[str, str, tuple[str, ...]]]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Words of the category column that may be kept in clear: short, and no number of a person among them."""
    return {text: (category, more) for text, category, more in words if is_safe_word(text)}


def is_safe_word(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_WORD and sum(map(str.isdigit, text)) < 6


def _text_keys(values: dict[int, Any]) -> dict[str, Any]:
    return {str(key): value for key, value in values.items()}


def _number_keys(values: dict[str, Any]) -> dict[int, Any]:
    return {int(key): value for key, value in values.items()}
