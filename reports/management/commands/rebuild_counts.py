"""Doorway: counts the roll-ups of dashboards and reports anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from administration.scope import everywhere
from reports.rollups import rebuild


class Command(BaseCommand):
    def add_arguments(self, parser: CommandParser) -> None:
        parser.description = _(
            "Counts lines and households anew. The database keeps the counts; this is for doubt only."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with everywhere():
            lines, households = rebuild()
        self.stdout.write(
            _("Counted anew: %(lines)d counts of lines, %(households)d of households.")
            % {"lines": lines, "households": households}
        )
