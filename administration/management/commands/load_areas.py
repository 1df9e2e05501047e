"""Doorway: loads the units of provinces from the national file."""

import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from administration.units import read
from administration.units.load import LoadedProvince, load_areas


class Command(BaseCommand):
    def add_arguments(self, parser: CommandParser) -> None:
        parser.description = _("Loads the administrative units of provinces, as they were on a day.")
        parser.add_argument(
            "--province", action="append", required=True, metavar="CODE", help=_("GSO code of a province; repeatable")
        )
        parser.add_argument(
            "--as-of", metavar="DATE", help=_("the day, as 2024-12-01 or 01/12/2024; today if left out")
        )

    def handle(self, *args: Any, province: list[str], as_of: str | None, **options: Any) -> None:
        day = _day(as_of) if as_of else timezone.localdate()
        try:
            loaded = load_areas(province, as_of=day)
        except read.NotInTheFile as refusal:
            raise CommandError(_reason(refusal, day)) from refusal
        for one in loaded.provinces:
            self.stdout.write(_told(one, day))
            if not read.is_exact(day, one.province.code):
                self.stdout.write(_not_exact())
        self.stdout.write(_("Links from old to new units added: %(count)d.") % {"count": loaded.links})


def _day(text: str) -> datetime.date:
    for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.datetime.strptime(text, pattern).replace(tzinfo=datetime.UTC).date()
        except ValueError:
            continue
    raise CommandError(_("“%(text)s” is not a date. Write it as 2024-12-01 or 01/12/2024.") % {"text": text})


def _reason(refusal: read.NotInTheFile, day: datetime.date) -> str:
    match refusal:
        case read.ProvinceNotOnThatDay(province=province, moved_to=read.Unit() as heir):
            return _(
                "%(name)s (%(code)s) no longer existed on %(day)s: it had become part of %(heir)s (%(heir_code)s)."
                " Load %(heir_code)s, or give an earlier day with --as-of."
            ) % {
                "name": province.name,
                "code": province.code,
                "day": _shown(day),
                "heir": heir.name,
                "heir_code": heir.code,
            }
        case read.DayNotCovered():
            return _("The list of units begins on %(begin)s. Give a later day with --as-of.") % {
                "begin": _shown(read.KNOWN_SINCE)
            }
        case _:
            return _(
                "No province has the code %(code)s. The GSO code has two digits: 60 was Bình Thuận, 68 is Lâm Đồng."
            ) % {"code": refusal.args[0]}


def _told(one: LoadedProvince, day: datetime.date) -> str:
    return _(
        "%(name)s (%(code)s) on %(day)s: %(districts)d districts, %(communes)d communes."
        " Added: %(added)d, changed: %(changed)d."
    ) % {
        "name": one.province.name,
        "code": one.province.code,
        "day": _shown(day),
        "districts": one.levels["district"],
        "communes": one.levels["commune"],
        "added": one.added,
        "changed": one.changed,
    }


def _not_exact() -> str:
    return _("Earlier mergers in this province are not known: these are its units of %(day)s.") % {
        "day": _shown(read.REGISTER_DAY)
    }


def _shown(day: datetime.date) -> str:
    return date_format(day, "d/m/Y")
