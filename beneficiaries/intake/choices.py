"""What an official decided about a file, as JSON and back; and what a commune decided before about the same header."""

from collections.abc import Iterable
from typing import Any

from administration.models import Area
from beneficiaries.intake.parse import Choices, Parsed
from beneficiaries.models import ColumnChoice

_LONGEST_WORD = 60


def choices_to_json(choices: Choices) -> dict[str, Any]:
    return {
        "sheets": choices.sheets,
        "header_rows": choices.header_rows,
        "fields": {sheet: _text_keys(fields) for sheet, fields in choices.fields.items()},
        "structures": choices.structures,
        "encodings": {sheet: _text_keys(encodings) for sheet, encodings in choices.encodings.items()},
        "categories": {text: [category, list(more)] for text, (category, more) in choices.categories.items()},
        "terms": choices.terms,
    }


def choices_from_json(value: dict[str, Any]) -> Choices:
    return Choices(
        sheets=value.get("sheets"),
        header_rows=dict(value.get("header_rows", {})),
        fields={sheet: _number_keys(fields) for sheet, fields in value.get("fields", {}).items()},
        structures=dict(value.get("structures", {})),
        encodings={sheet: _number_keys(encodings) for sheet, encodings in value.get("encodings", {}).items()},
        categories={text: (category, tuple(more)) for text, (category, more) in value.get("categories", {}).items()},
        terms={name: dict(words) for name, words in value.get("terms", {}).items()},
    )


def remembered(parsed: Parsed, area: Area, choices: Choices) -> Choices | None:
    """The choices with what the commune decided before about these headers; None when it decided nothing."""
    prints = {table.mapping.fingerprint: table.sheet for table in parsed.tables}
    known = {c.fingerprint: c.choices for c in ColumnChoice.objects.filter(area=area, fingerprint__in=prints)}
    if not known:
        return None
    found = choices_from_json(choices_to_json(choices))
    for fingerprint, sheet in prints.items():
        before = known.get(fingerprint)
        if before is None or sheet in choices.fields:
            continue
        found.fields[sheet] = _number_keys(before["fields"])
        found.structures[sheet] = before["structure"]
        found.encodings[sheet] = _number_keys(before["encodings"])
        for text, (category, more) in before["categories"].items():
            found.categories.setdefault(text, (category, tuple(more)))
        for name, words in before.get("terms", {}).items():
            found.terms[name] = words | found.terms.get(name, {})
    return found


def remember(seen: dict[str, Any], choices: Choices, area: Area) -> None:
    """Keeps how the columns were read, for the next file with the same header."""
    rows = [
        ColumnChoice(
            area=area,
            fingerprint=table["fingerprint"],
            choices={
                "fields": {str(column["index"]): column["field"] for column in table["columns"]},
                "structure": table["structure"],
                "encodings": {str(e["column"]): e["encoding"] for e in table["encodings"]},
                "categories": {text: [category, list(more)] for text, (category, more) in choices.categories.items()},
                "terms": choices.terms,
            },
        )
        for table in {table["fingerprint"]: table for table in seen.get("tables", [])}.values()
    ]
    ColumnChoice.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["area", "fingerprint"], update_fields=["choices"]
    )


def safe_words(words: Iterable[tuple[str, str, tuple[str, ...]]]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Words of the category column that may be kept in clear: short, and no number of a person among them."""
    return {text: (category, more) for text, category, more in words if is_safe_word(text)}


def is_safe_word(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_WORD and sum(map(str.isdigit, text)) < 6


def _text_keys(values: dict[int, Any]) -> dict[str, Any]:
    return {str(key): value for key, value in values.items()}


def _number_keys(values: dict[str, Any]) -> dict[int, Any]:
    return {int(key): value for key, value in values.items()}
