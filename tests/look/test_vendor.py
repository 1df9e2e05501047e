"""What others wrote is what it claims to be, and nothing we serve reaches out to another host."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SHELVES = [ROOT / "static" / "vendor", ROOT / "tests" / "vendor"]
ENTRIES = [
    (shelf, entry) for shelf in SHELVES for entry in tomllib.loads((shelf / "vendor.toml").read_text("utf-8"))["file"]
]
NAMESPACES = re.compile(r"http://www\.w3\.org/(2000/svg|1999/xhtml|1999/xlink)")
# An address of a host inside something a browser would fetch or follow.
OUTSIDE = re.compile(
    r"""(?:(?:src|href|action|srcset|hx-\w+)\s*=\s*["']|url\(\s*["']?|@import\s+["'])\s*(?:https?:)?//"""
)


@pytest.mark.parametrize(("shelf", "entry"), ENTRIES, ids=[entry["package"] for _, entry in ENTRIES])
def test_vendored_file_is_what_the_manifest_says(shelf: Path, entry: dict[str, Any]) -> None:
    content = (shelf / entry["file"]).read_bytes()

    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert entry["file"].startswith(f"{entry['package'].removesuffix('.org')}-{entry['version']}/")
    assert (shelf / entry["licence_file"]).stat().st_size > 200
    assert b"sourceMappingURL" not in content


@pytest.mark.parametrize("shelf", SHELVES, ids=lambda shelf: shelf.parent.name)
def test_every_vendored_file_is_in_the_manifest(shelf: Path) -> None:
    listed = {entry["file"] for place, entry in ENTRIES if place == shelf}
    there = {str(path.relative_to(shelf)) for path in shelf.rglob("*") if path.is_file()}

    assert {name for name in there if "LICENSE" not in name and name != "vendor.toml"} == listed


@pytest.mark.parametrize("folder", ["templates", "static"])
def test_nothing_names_an_outside_host(folder: str) -> None:
    texts = [path for path in (ROOT / folder).rglob("*") if path.suffix in {".html", ".css", ".js", ".svg", ".txt"}]
    ours = [path for path in texts if "vendor" not in path.parts]
    fetched = {str(path): OUTSIDE.findall(path.read_text("utf-8")) for path in texts}
    named = {str(path): re.findall(r"https?://\S+", NAMESPACES.sub("", path.read_text("utf-8"))) for path in ours}

    assert len(texts) > 5
    assert {path: found for path, found in fetched.items() if found} == {}
    assert {path: found for path, found in named.items() if found} == {}


def test_templates_hold_no_inline_style_script_or_handler() -> None:
    inline = re.compile(r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|<script(?![^>]*\ssrc=)")
    found = {
        str(path): inline.findall(path.read_text("utf-8"))
        for folder in [ROOT / "templates", ROOT / "tests" / "look" / "pages"]
        for path in folder.rglob("*.html")
    }

    assert len(found) > 40
    assert {path: bad for path, bad in found.items() if bad} == {}


def test_every_part_names_its_context_first() -> None:
    parts = sorted((ROOT / "templates" / "parts").glob("*.html"))

    assert [path.name for path in parts if not path.read_text("utf-8").startswith("{# ")] == []
    assert [path.name for path in parts if not path.name.startswith("_")] == []
    assert [path.name for path in parts if "{% extends" in path.read_text("utf-8")] == []


def test_every_part_is_described_for_page_authors() -> None:
    told = (ROOT / "docs" / "look.md").read_text("utf-8")
    by_tag = {"_bar", "_flag", "_funnel", "_progress", "_quota_bar", "_sort_header", "_status_tag"}
    of_the_frame = {"_demo_logins", "_messages", "_navigation", "_site_tools", "_table_head"}
    parts = {path.stem for path in (ROOT / "templates" / "parts").glob("*.html")} - by_tag - of_the_frame

    assert [name for name in sorted(parts) if name not in told] == []
