"""Catalogues: compiled without gettext's tools, and checked for words that nobody translated.

`python -m config.translations compile` makes every locale/*/LC_MESSAGES/django.mo that is older than its .po.
`python -m config.translations missing` extracts all messages (needs xgettext) and lists what Vietnamese lacks.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
SOURCES = ("administration", "beneficiaries", "devices", "allocations", "reports", "config", "demo", "templates")


def compile_catalogues() -> int:
    for catalogue in LOCALE.glob("*/LC_MESSAGES/*.po"):
        compiled = catalogue.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < catalogue.stat().st_mtime:
            polib.pofile(str(catalogue)).save_as_mofile(str(compiled))
    return 0


def missing(language: str = "vi") -> list[str]:
    """Messages of the code without a finished translation: "message (reason)"."""
    catalogue = polib.pofile(str(LOCALE / language / "LC_MESSAGES" / "django.po"))
    known = {(entry.msgctxt, entry.msgid): entry for entry in catalogue if not entry.obsolete}
    found = []
    for message in extracted():
        entry = known.get((message.msgctxt, message.msgid))
        if entry is None or not entry.translated():
            found.append(f"{message.msgid!r} ({'fuzzy' if entry and entry.fuzzy else 'untranslated'})")
    return found


def extracted() -> polib.POFile:
    """Every message of code and templates, as makemessages finds them."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for source in SOURCES:
            if (ROOT / source).exists():
                (place / source).symlink_to(ROOT / source)
        (place / "locale" / "xx" / "LC_MESSAGES").mkdir(parents=True)
        command = [sys.executable, "-m", "django", "makemessages", "--locale", "xx", "--symlinks", "--no-wrap"]
        environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
        subprocess.run(command, cwd=place, check=True, capture_output=True, env=environment)
        return polib.pofile(str(place / "locale" / "xx" / "LC_MESSAGES" / "django.po"))


def main() -> int:
    verb = sys.argv[1] if len(sys.argv) > 1 else ""
    if verb == "compile":
        return compile_catalogues()
    if verb == "missing":
        lacking = missing()
        sys.stdout.writelines(f"{line}\n" for line in lacking)
        return 1 if lacking else 0
    return 2


if __name__ == "__main__":
    sys.exit(main())
