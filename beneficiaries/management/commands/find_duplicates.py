"""`manage.py find_duplicates`: looks for households that are there twice. Every night for what changed."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from administration.models import Area, Level
from administration.scope import everywhere
from beneficiaries.actions.duplicates import BATCH, find_among, find_in_commune
from beneficiaries.models import Household
from beneficiaries.pairing import count_names


class Command(BaseCommand):
    help = "Looks for people and households that are in the register twice, across communes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="the whole register, not only what changed lately")
        parser.add_argument("--days", type=int, default=2, help="how far back a change counts (default: 2)")

    def handle(self, *args: Any, **options: Any) -> None:
        with everywhere():
            count_names()
        found = self._everything() if options["all"] else self._changed(options["days"])
        self.stdout.write(_("Pairs waiting for a decision: %(pairs)s") % {"pairs": found})

    def _everything(self) -> int:
        communes = Area.objects.filter(level=Level.COMMUNE).order_by("number").values_list("number", flat=True)
        found = 0
        for area_no in communes:
            with everywhere():
                found += find_in_commune(area_no)
        return found

    def _changed(self, days: int) -> int:
        with everywhere():
            since = timezone.now() - timedelta(days=days)
            changed = Household.objects.listed().filter(updated_at__gte=since).order_by("pk")
            ids = list(changed.values_list("pk", flat=True))
        found = 0
        for first in range(0, len(ids), BATCH):
            with everywhere():
                found += find_among(ids[first : first + BATCH])
        return found
