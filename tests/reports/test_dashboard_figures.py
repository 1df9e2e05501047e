"""Trend, map, reasons and duplicates of the dashboard: the same numbers as the rows behind them."""

from __future__ import annotations

import datetime
import re

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from administration.models import Role
from administration.templatetags.trao import grouped, percent
from allocations.models import Allocation, Reason, Status
from reports.figures import Figures
from reports.hexmap import Hexagon, Map, NewUnit, map_after, map_before, new_units
from reports.progress import gather
from reports.reasons import reasons_of
from reports.trend import polyline, sparks_of, trend_of
from tests.factories import MUI_NE, PHU_HAI, commune, district, make_officer, province
from tests.reports.test_definitions import AT, make_busy_round

pytestmark = [pytest.mark.usefixtures("everywhere"), pytest.mark.urls("config.urls")]
HANDED_ON = datetime.date(2024, 7, 20)  # see make_busy_round


def test_trend_counts_hand_overs_on_their_day_and_not_those_before_the_period():
    round = make_busy_round()

    shown = trend_of(province(), round, HANDED_ON + datetime.timedelta(days=13))
    gone = trend_of(province(), round, HANDED_ON + datetime.timedelta(days=14))

    handed = next(one for one in shown.series if one.step == "handed_over")
    plain = Allocation.objects.filter(round=round, status=Status.HANDED_OVER).count()
    assert (handed.values[0], handed.total) == (plain, plain)
    assert next(one for one in gone.series if one.step == "handed_over").total == 0
    assert shown.rows[-1] == (HANDED_ON, [one.values[0] for one in shown.series])


def test_trend_of_a_district_is_the_sum_of_the_lines_of_its_communes():
    round = make_busy_round()
    day = HANDED_ON + datetime.timedelta(days=1)

    trend, sparks = trend_of(district(), round, day), sparks_of(district(), round, day)

    assert set(sparks) == {commune(MUI_NE).number, commune(PHU_HAI).number}
    handed = next(one for one in trend.series if one.step == "handed_over")
    assert [sum(days) for days in zip(*sparks.values(), strict=True)] == list(handed.values)


def test_a_line_has_its_largest_value_at_the_top_and_spans_the_width():
    points = [tuple(map(float, point.split(","))) for point in polyline([0, 4, 2], 100, 20).split()]

    assert [x for x, _y in points] == [0, 50, 100]
    assert [y for _x, y in points] == [19, 1, 10]


def test_units_of_2025_hold_every_household_of_the_old_communes_once():
    progress = gather(province(), make_busy_round(), at=AT)

    units = new_units(progress.communes)

    assert sum(unit.figures.target for unit in units) == progress.figures.target
    assert sum(unit.figures.handed_over for unit in units) == progress.figures.handed_over
    assert {unit.name for unit in units} >= {"Phường Mũi Né", "Phường Phú Thủy"}


def test_map_has_one_hexagon_for_each_commune_and_for_each_unit_of_2025_with_share_and_link():
    progress = gather(province(), make_busy_round(), at=AT)
    units = new_units(progress.communes)

    before, after = map_before(progress.communes, {MUI_NE: "/x/"}), map_after(units, {})

    assert len(before.hexagons) == len(progress.communes) == 3
    assert len(after.hexagons) == len(units)
    mui_ne = next(one for one in before.hexagons if one.name == "Phường Mũi Né")
    assert (mui_ne.part, mui_ne.whole, mui_ne.step, mui_ne.url, mui_ne.is_late) == (3, 12, 1, "/x/", True)
    assert len({one.points for one in before.hexagons}) == 3


def test_reasons_are_counted_by_what_became_of_the_line_and_those_without_are_not_named():
    round = make_busy_round()
    lines = Allocation.objects.filter(status=Status.REJECTED).order_by("pk")
    Allocation.objects.filter(pk__in=list(lines.values_list("pk", flat=True)[:3])).update(reason=Reason.DUPLICATE)

    rows = reasons_of(province(), round)

    assert [(row.rejected, row.returned, row.total) for row in rows] == [(3, 0, 3)]
    assert rows[0].label == str(Reason.DUPLICATE.label)


def test_dashboard_shows_trend_map_and_reasons_and_the_table_by_units_of_2025(client: Client):
    round = make_busy_round()
    client.force_login(make_officer(Role.PROVINCE_STAFF))

    with time_machine.travel(datetime.datetime(2024, 7, 28, 14, tzinfo=timezone.get_default_timezone())):
        page = client.get("/tong-quan/", {"dot": round.code, "ngay": "30"}).content.decode()
        table = client.get("/tong-quan/", {"dot": round.code, "xep": "moi"}).content.decode()

    assert len(re.findall(r'<g class="hex ', page)) == 6
    assert page.count("<polyline") >= 4
    assert len(re.findall(r'<th scope="row">\d\d/\d\d/2024</th>', page)) == 30
    assert "Phường Phú Thủy" in table
    assert "style=" not in page


def test_a_number_is_written_in_the_language_of_each_page_though_its_words_are_kept():
    with override("vi"):
        assert (grouped(1234567), percent(0.665)) == ("1.234.567", "66,5%")
    with override("ja"):
        assert (grouped(1234567), percent(0.665)) == ("1,234,567", "66.5%")


def test_the_name_on_the_map_is_escaped():
    unit = NewUnit("22915", '<b>"Xã"</b>', Figures())

    shapes = Map([hexagon_of(unit)], "0 0 1 1").shapes

    assert "&lt;b&gt;&quot;Xã&quot;&lt;/b&gt;" in shapes
    assert "<b>" not in shapes


def hexagon_of(unit: NewUnit) -> Hexagon:
    return Hexagon(unit.name, "0,0", "0", "0", "1", 0, 0, 0, '/x/?a="b"', is_late=False)
