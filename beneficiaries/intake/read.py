"""Second step: read a workbook in a throw-away subprocess, so that a hostile file can never hurt a worker."""

import io
import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.utils.translation import gettext

from beneficiaries.intake.cells import Sheet, wrap
from beneficiaries.intake.evidence import Limits
from beneficiaries.intake.refusals import SENTENCES, Refused

_ROOT = Path(__file__).resolve().parents[2]
_REMEMBERED = 4096
_FOR_THE_ANSWER = 2  # seconds of the limit that stay for taking over what the subprocess has read


def refusal_message(code: str, params: dict[str, Any]) -> str:
    """The sentence for a refusal, in the language of the reader."""
    return gettext(SENTENCES[code]) % params


def read_workbook(path: Path, name: str, limits: Limits | None = None) -> list[Sheet]:
    """Guard and read one file; `name` is what the official called it. Sheets in the file's order.

    Raises Refused for everything that is not a table that can be read whole, a crash of the reader included.
    """
    limits = limits or Limits()
    output = _run(path, name, limits)
    sheets: list[Sheet] = []
    known: dict[str, str] = {}
    for line in io.BytesIO(output):
        value = json.loads(line)
        if isinstance(value, list):
            sheets[-1].rows.append([_once(cell, known) if type(cell) is str else wrap(cell) for cell in value])
        elif "sheet" in value:
            sheets.append(_sheet(value, name))
        elif "refused" in value:
            raise refused(value["refused"], value["params"])
        elif value.get("end"):
            return _with_content(sheets)
    raise refused("unreadable", {})


def _once(cell: str, known: dict[str, str]) -> str:
    """One text for all cells that say the same; only the first few thousand are remembered."""
    return known.setdefault(cell, cell) if len(known) < _REMEMBERED else known.get(cell, cell)


def _run(path: Path, name: str, limits: Limits) -> bytes:
    command = [
        sys.executable, "-P", "-m", "beneficiaries.intake.read_child",
        str(path.resolve()), name, json.dumps(asdict(limits)),
    ]  # fmt: skip
    environment = {"PATH": os.defpath, "PYTHONPATH": str(_ROOT), "LANG": "C.UTF-8", "PYTHONUTF8": "1"}
    try:
        finished = subprocess.run(
            command, env=environment, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, timeout=limits.seconds - _FOR_THE_ANSWER, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as problem:
        raise refused("too_slow", {}) from problem
    if finished.returncode in (-24, -9):  # SIGXCPU, SIGKILL: the time or the memory ran out
        raise refused("too_slow", {})
    return finished.stdout


def refused(code: str, params: dict[str, Any]) -> Refused:
    """A refusal with its sentence in the language of the reader."""
    refusal = Refused(code, **params)
    refusal.message = refusal_message(code, params)
    return refusal


def _sheet(value: dict[str, Any], file_name: str) -> Sheet:
    return Sheet(
        name=value["sheet"] or Path(file_name).stem[:31],
        visible=value["visible"],
        fonts={int(column): font for column, font in value.get("fonts", {}).items()},
        merges=[tuple(merge) for merge in value.get("merges", [])],
        hidden_rows=value.get("hidden_rows", 0),
        hidden=frozenset(value.get("hidden", ())),
    )


def _with_content(sheets: list[Sheet]) -> list[Sheet]:
    for sheet in sheets:
        while sheet.rows and not any(cell.strip() for cell in sheet.rows[-1]):
            sheet.rows.pop()
    if not any(sheet.rows for sheet in sheets):
        raise refused("empty", {})
    if not any(sheet.rows and sheet.visible for sheet in sheets):
        raise refused("no_sheet", {})
    return sheets
