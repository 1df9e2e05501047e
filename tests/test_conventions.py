"""The habits of the house, checked: they hold for code that is not written yet."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from administration.access import ROLES, Permission

ROOT = Path(__file__).resolve().parent.parent
APPS = ("administration", "beneficiaries", "devices", "allocations", "reports")
PUBLIC = {"health"}  # views that need nobody signed in, by url name
OPEN_TO_ALL_OFFICERS: set[str] = set()


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).exists()]


def own_views(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from own_views(entry)
        elif entry.callback.__module__.partition(".")[0] in APPS:
            yield entry


def test_every_view_names_its_permission():
    unnamed = {e.name for e in own_views() if not hasattr(e.callback, "permission")}
    assert unnamed <= PUBLIC | OPEN_TO_ALL_OFFICERS
    assert len(list(own_views())) > 10


def test_every_permission_is_held_by_some_role():
    assert set().union(*ROLES.values()) == set(Permission)


def templates() -> list[Path]:
    return tracked("templates/*.html")


ERROR_PAGES_WITHOUT_FRAME = {"500.html", "503.html"}  # shown when nothing else works


@pytest.mark.parametrize("template", templates(), ids=lambda p: str(p.relative_to(ROOT / "templates")))
def test_a_page_extends_the_frame_and_a_fragment_does_not(template):
    text = template.read_text()
    extends = "{% extends" in text
    name = template.relative_to(ROOT / "templates")
    if name.parts[0] == "allauth":
        return  # layouts extend, elements do not: the library says which
    if name.parts[0] == "django":
        assert not extends
    elif template.name.startswith("_"):
        assert not extends
        assert text.lstrip().startswith(("{#", "{% comment")), "a fragment names its context in a comment on top"
    elif str(name) != "base.html" and str(name) not in ERROR_PAGES_WITHOUT_FRAME:
        assert extends


@pytest.mark.parametrize("template", templates(), ids=lambda p: str(p.relative_to(ROOT / "templates")))
def test_a_template_runs_under_the_strict_content_security_policy(template):
    text = re.sub(r"{#.*?#}|{% comment.*?endcomment %}", "", template.read_text(), flags=re.S)
    assert not re.search(r"\sstyle\s*=|\son\w+\s*=\s*[\"']|<style|<script(?![^>]*\bsrc=)|javascript:", text)


OPENED_BY_LIBRARIES = (
    "allauth/",
    "account/",
    "mfa/",
    "admin/",
    "django/forms/",
    "400.",
    "403_csrf.",
    "403.",
    "404.",
    "409.",
    "429.",
    "500.",
    "503.",
)


def test_no_template_is_unused():
    mentions = "\n".join(p.read_text() for p in [*tracked("*.py"), *templates()] if "tests" not in p.parts)
    names = [str(p.relative_to(ROOT / "templates")) for p in templates()]
    own = [name for name in names if not name.startswith(OPENED_BY_LIBRARIES)]
    assert [name for name in own if f'"{name}"' not in mentions and f"'{name}'" not in mentions] == []


def test_no_committed_file_names_a_registry_host():
    host = re.compile(rb"https?://[a-z0-9.-]*(pypi|pythonhosted|npmjs|deb\.debian|security\.debian)\.", re.I)
    assert [str(p) for p in tracked() if p.is_file() and host.search(p.read_bytes())] == []


@pytest.mark.parametrize("lock", ["requirements/run.lock", "requirements/dev.lock", "package-lock.json"])
def test_a_lock_holds_hashes_and_no_address(lock):
    text = (ROOT / lock).read_text()
    assert "://" not in text.replace("https://opencollective.com", "").replace("https://github.com/sponsors", "")
    assert ("--hash=sha256:" in text) or ('"integrity": "sha512-' in text)


def test_no_test_is_skipped_or_expected_to_fail():
    marks = re.compile(r"pytest\.(mark\.)?(skip|xfail|importorskip)|unittest\.skip")
    here = Path(__file__)
    assert [str(p) for p in tracked("tests/*.py") if p != here and marks.search(p.read_text())] == []


def test_every_setting_from_the_environment_is_explained():
    used = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "config" / "settings.py").read_text()))
    explained = set(re.findall(r"^#? ?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))
    assert used - explained == set()
    assert len(used) > 10


def test_spelling_of_the_interface_is_the_decrees():
    """Hòa, xóa, khóa, Ủy ban (Nghị định 30/2020): names of people keep their own spelling, the interface does not."""
    new_style = re.compile(r"\b(hoà|xoá|khoá|uỷ|thuỷ|toà|huỷ)\b", re.I)
    catalogue = (ROOT / "locale" / "vi" / "LC_MESSAGES" / "django.po").read_text()
    assert new_style.findall("\n".join(re.findall(r'^msgstr.*|^"[^"]*"$', catalogue, re.M))) == []
