"""Doorway: checks every invariant of the data and says which rows break one."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from reports.invariants import INVARIANTS, Breach, Invariant
from reports.verifying import check


class Command(BaseCommand):
    def add_arguments(self, parser: CommandParser) -> None:
        parser.description = _("Checks that the data keeps all its rules; ends with code 1 when it does not.")
        parser.add_argument("--only", action="append", metavar="ID", help=_("check only this rule; repeatable"))

    def handle(self, *args: Any, only: list[str] | None, **options: Any) -> None:
        looked = check([invariant for invariant in INVARIANTS if not only or invariant.key in only])
        for invariant, breach in looked:
            self._say(invariant, breach)
        broken = [invariant.key for invariant, breach in looked if breach]
        if broken:
            raise CommandError(_("Broken: %(rules)s") % {"rules": ", ".join(broken)})
        self.stdout.write(_("All %(count)d rules hold.") % {"count": len(looked)})

    def _say(self, invariant: Invariant, breach: Breach | None) -> None:
        if breach is None:
            self.stdout.write(f"OK  {invariant.key}  {invariant.rule}")
            return
        self.stdout.write(f"!!  {invariant.key}  {invariant.rule}: {breach.count}")
        for row in breach.first:
            self.stdout.write(f"      {row}")
