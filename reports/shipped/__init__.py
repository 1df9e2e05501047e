"""The reports that Trao ships: each module is one, a source and its `REPORT`. A new file here is a new report."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from reports.definition import ReportDefinition


def found() -> list[ReportDefinition]:
    """The definitions of all modules here, in the order in which they are offered."""
    reports = [import_module(f"{__name__}.{module.name}").REPORT for module in iter_modules(__path__)]
    return sorted(reports, key=lambda report: (report.position, report.key))
