"""The stylesheets keep their promises: contrast of tokens, old browsers, Vietnamese letters, weight on the wire."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
STATIC = ROOT / "static"
SHEETS = {path.name: path.read_text("utf-8") for path in sorted((STATIC / "css").glob("*.css"))}
RULES = {name: re.sub(r"/\*.*?\*/", "", text, flags=re.S) for name, text in SHEETS.items()}
TOKENS = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", RULES["app.css"]))
MOST_KILOBYTES = 90
MOST_LINES = 500
PAPER = {"paper.css", "receipt.css"}

# foreground, background, what it must reach (WCAG 2.2: 4.5 for text, 3 for edges and lines), as designed
PAIRS = [
    ("text", "surface", 16.5),
    ("text", "selected", 13.6),
    ("text-2", "surface", 7.6),
    ("text-2", "surface-2", 7.0),
    ("link", "surface", 6.6),
    ("link", "surface-2", 6.1),
    ("on-action", "action", 6.6),
    ("on-action", "action-hover", 8.8),
    ("on-header", "header", 10.8),
    ("on-header", "action-hover", 8.8),
    ("danger", "surface", 6.5),
    ("error-text", "error-tint", 7.9),
    ("warning-text", "warning-tint", 7.3),
    ("success-text", "success-tint", 7.0),
    ("info-text", "info-tint", 8.9),
    ("control", "surface", 4.6),
    ("control", "surface-2", 3.0),
    ("focus", "surface", 16.5),
    ("halo", "header", 7.6),
    ("halo", "action", 4.6),
    ("tag-draft", "tag-draft-tint", 8.0),
    ("tag-posted", "tag-posted-tint", 8.0),
    ("tag-submitted", "tag-submitted-tint", 8.9),
    ("tag-returned", "tag-returned-tint", 7.1),
    ("tag-waiting", "tag-waiting-tint", 7.8),
    ("tag-approved", "tag-approved-tint", 7.0),
    ("tag-rejected", "tag-rejected-tint", 7.4),
    ("tag-handed-over", "tag-handed-over-tint", 8.1),
    ("tag-flag", "tag-flag-tint", 6.5),
    ("on-heat-light", "heat-0", 15.9),
    ("on-heat-light", "heat-1", 13.0),
    ("on-heat-light", "heat-2", 10.1),
    ("on-heat-light", "heat-3", 6.8),
    ("on-heat-dark", "heat-4", 5.1),
    ("on-heat-dark", "heat-5", 10.8),
    ("chart-1", "surface", 6.6),
    ("chart-2", "surface", 5.1),
    ("chart-3", "surface", 3.9),
    ("chart-4", "surface", 4.6),
]


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("foreground", "background", "least"), PAIRS)
def test_contrast_of_tokens_is_as_designed(foreground: str, background: str, least: float) -> None:
    assert _contrast(TOKENS[foreground], TOKENS[background]) >= least


def test_every_tint_of_a_tag_is_among_the_measured_pairs() -> None:
    measured = {background for _, background, _ in PAIRS}

    assert [name for name in TOKENS if name.endswith("-tint") and name not in measured] == []
    assert [name for name in TOKENS if name.startswith("heat-") and name not in measured] == []


@pytest.mark.parametrize("sheet", RULES)
def test_stylesheet_nests_no_rules(sheet: str) -> None:
    """Chrome 109 and Firefox 115 do not know nesting: a rule holds declarations, only @media holds rules."""
    depth_of_rule, open_blocks, nested = 0, [], []
    for found in re.finditer(r"([^{}]*)([{}])", RULES[sheet]):
        before, brace = found.groups()
        if brace == "}":
            depth_of_rule -= not open_blocks.pop()
            continue
        is_at_rule = before.strip().split(";")[-1].strip().startswith("@")
        if depth_of_rule:
            nested.append(before.strip())
        open_blocks.append(is_at_rule)
        depth_of_rule += not is_at_rule

    assert open_blocks == []
    assert nested == []


@pytest.mark.parametrize("unknown", ["color-mix(", "oklch(", "@starting-style", "popover", "text-transform", "@import"])
def test_stylesheets_use_nothing_that_old_browsers_or_accents_do_not_bear(unknown: str) -> None:
    assert [name for name, rules in RULES.items() if unknown in rules] == []


@pytest.mark.parametrize("sheet", SHEETS)
def test_stylesheet_is_short_enough_to_be_read(sheet: str) -> None:
    assert len(SHEETS[sheet].splitlines()) <= MOST_LINES


def test_line_heights_leave_room_for_two_accents() -> None:
    on_screen = [rules.split("@media print")[0] for name, rules in RULES.items() if name not in PAPER]
    heights = [float(height) for height in re.findall(r"line-height:\s*([\d.]+)", "".join(on_screen)) if float(height)]

    assert len(heights) > 5
    assert min(heights) >= 1.4


@pytest.mark.parametrize("template", sorted((ROOT / "templates").rglob("*.html"), key=str), ids=lambda p: p.name)
def test_no_page_loads_more_than_ninety_kilobytes_of_style_and_script(template: Path) -> None:
    base = (ROOT / "templates" / "base.html").read_text("utf-8")
    wanted = set(re.findall(r"{% static '([^']+\.(?:css|js))' %}", base + template.read_text("utf-8")))
    weight = sum(len(gzip.compress((STATIC / name).read_bytes())) for name in wanted)

    assert len(wanted) >= 4
    assert weight < MOST_KILOBYTES * 1024


def test_icon_sprite_stays_small() -> None:
    sprite = (STATIC / "img" / "icons.svg").read_bytes()

    assert sprite.count(b"<symbol") <= 24
    assert len(gzip.compress(sprite)) < 4096


def test_script_stays_within_two_hundred_lines() -> None:
    assert len((STATIC / "js" / "app.js").read_text("utf-8").splitlines()) <= 200
