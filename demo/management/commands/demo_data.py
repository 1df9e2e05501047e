"""Doorway: makes the demo province in an empty database."""

import datetime
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from demo import province


class Command(BaseCommand):
    help = "Makes the demo province (made-up people only). Deterministic by seed and day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=2024)
        parser.add_argument("--today", type=datetime.date.fromisoformat, help="the day around which the rounds lie")
        parser.add_argument("--households", type=int, default=province.HOUSEHOLDS)
        parser.add_argument("--processes", type=int, default=2)
        parser.add_argument(
            "--tiers", type=int, choices=(2, 3), default=3,
            help="3: Bình Thuận with its districts (default); 2: Lâm Đồng since July 2025, without districts",
        )  # fmt: skip

    def handle(
        self, *args: Any, seed: int, today: datetime.date | None, households: int, processes: int, tiers: int,
        **options: Any,
    ) -> None:  # fmt: skip
        if province.is_built():
            raise CommandError(_("The database already holds rounds. The demo needs an empty one: ./trao demo --reset"))
        began = time.monotonic()

        def say(step: str) -> None:
            self.stdout.write(f"  {time.monotonic() - began:5.1f} s  {step}")

        province.build(
            seed=seed, today=today or timezone.localdate(), households=households, processes=processes, tiers=tiers,
            say=say,
        )  # fmt: skip
        say(_("The demo province is ready."))
