"""Numbers as an address or a form names them: whatever else stands there is no number."""

_MOST_DIGITS = 15  # more than any id has; int() refuses thousands of digits with an error


def number_in(text: str | None) -> int | None:
    """The whole number that a text of digits stands for; None for any other text and for more than 15 digits."""
    return int(text) if text and text.isdecimal() and len(text) <= _MOST_DIGITS else None
