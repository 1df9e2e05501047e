"""Template tags and filters: Vietnamese numbers, one wording for a status, bars that cannot overflow."""

from __future__ import annotations

import datetime
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory
from django.utils import timezone, translation

from administration.templatetags import trao
from administration.templatetags.statuses import FLAG_LABELS, STATUS_LABELS, status_label


def rendered(source: str, /, url: str = "/", language: str = "vi", **context: Any) -> str:
    request = RequestFactory().get(url)
    with translation.override(language):
        return str(engines["django"].from_string(source).render(context | {"request": request}))


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("{{ 1234567|grouped }}", "1.234.567"),
        ("{{ none|grouped }}", "–"),
        ("{{ 0.665|percent }}", "66,5%"),
        ("{{ 0.41|percent }}", "41%"),
        ("{{ none|percent }}", "–"),
        ("{{ 12157|percent_of:18420 }}", "66%"),
        ("{{ 1|percent_of:3 }}", "33,3%"),
        ("{{ 1|percent_of:0 }}", "–"),
        ("{{ '011068012482'|masked }}", "011••••••482"),
        ("{{ '123456'|masked }}", "••••••"),
        ("{{ ''|masked }}", "–"),
    ],
)
def test_filter_writes_numbers_the_vietnamese_way(source: str, shown: str) -> None:
    assert rendered(source, none=None) == shown


def test_numbers_stay_vietnamese_in_english() -> None:
    assert rendered("{{ 1234567|grouped }} {{ 0.665|percent }}", language="en") == "1.234.567 66,5%"


def test_moment_is_the_clock_of_the_office() -> None:
    at = datetime.datetime(2026, 3, 5, 7, 5, tzinfo=datetime.UTC)

    assert rendered("{{ at|moment }}", at=at) == "14:05, 05/03/2026"
    assert rendered("{{ at|moment }}", at=None) == "–"


def test_status_has_one_wording_in_tag_and_report() -> None:
    with translation.override("vi"):
        label = status_label("approved")

    assert label in rendered("{% status_tag 'approved' %}")
    assert "tag-approved" in rendered("{% status_tag 'approved' %}")


def test_status_of_a_kind_goes_before_the_general_one() -> None:
    with translation.override("en"):
        assert status_label("draft", "list") != status_label("draft")
        assert status_label("done", "list") == status_label("done")


def test_unknown_status_needs_its_own_label() -> None:
    assert "Khác" in rendered("{% status_tag 'never-heard' label='Khác' %}")
    with pytest.raises(KeyError):
        rendered("{% status_tag 'never-heard' %}")


def test_every_status_has_an_icon_of_the_sprite_and_a_tint_of_the_stylesheet(settings: Any) -> None:
    static = settings.BASE_DIR / "static"
    sprite, stylesheet = (static / "img/icons.svg").read_text(), (static / "css/parts.css").read_text()
    everything = [*STATUS_LABELS.values(), *FLAG_LABELS.values()]

    assert [icon for _, icon, _ in everything if f'id="{icon}"' not in sprite] == []
    assert [tint for _, _, tint in everything if tint != "draft" and f".tag-{tint} {{" not in stylesheet] == []


def test_flag_says_more_when_it_can() -> None:
    assert "· Phú Hài" in rendered("{% flag 'namesake' 'Phú Hài' %}")


@pytest.mark.parametrize(
    ("total", "done", "selected", "left", "over"),
    [(180, 132, 21, 27, 0), (180, 132, 60, 0, 12), (180, 200, 0, 0, 20), (0, 0, 0, 0, 0)],
)
def test_quota_bar_counts_and_never_overflows(total: int, done: int, selected: int, left: int, over: int) -> None:
    shown = trao.quota_bar(total, done, selected)

    assert (shown["left"], shown["over"]) == (left, over)
    assert sum(float(bar.width) for bar in shown["bars"]) <= 100.01
    assert any(bar.style == "quota-over" for bar in shown["bars"]) == (over > 0 and done < total)


def test_bars_keep_points_as_decimal_marks_in_vietnamese() -> None:
    assert 'width="73.33"' in rendered("{% quota_bar 180 132 0 %}")


def test_funnel_measures_each_step_against_the_first() -> None:
    rows = trao.funnel([("a", 200), ("b", 50), ("c", 0)])["rows"]

    assert [[bar.width for bar in bars] for *_, bars in rows] == [["100.00"], ["25.00"], []]
    assert [share for _, _, share, _ in rows][-1].startswith("0")
    assert trao.funnel([])["rows"] == []


@pytest.mark.parametrize(("part", "step"), [(0, 0), (9, 0), (10, 1), (30, 2), (50, 3), (70, 4), (90, 5), (100, 5)])
def test_heat_has_six_steps(part: int, step: int) -> None:
    assert f'class="heat heat-{step}"' in rendered("{% heat_cell part 100 %}", part=part)


def test_heat_of_nothing_is_a_dash() -> None:
    assert "–" in rendered("{% heat_cell 0 0 'Giao' %}")


def test_head_turns_the_order_round_and_drops_the_page() -> None:
    head = "{% sort_header 'name' 'Tên' '#results' default='name' %}"

    assert 'href="?sort=-name"' in rendered(head)
    assert 'aria-sort="ascending"' in rendered(head)
    assert 'href="?status=draft&amp;sort=name"' in rendered(head, url="/?status=draft&sort=-name&page=7")
    assert 'aria-sort="descending"' in rendered(head, url="/?sort=-name")
    assert "aria-sort" not in rendered(head, url="/?sort=code")


def test_paging_keeps_the_filters_and_offers_what_there_is() -> None:
    pages = Paginator(range(1284), 50)
    middle = rendered("{% pagination page '#results' %}", url="/?q=an&page=3", page=pages.page(3))
    first = rendered("{% pagination page %}", page=pages.page(1))

    assert 'href="?q=an&amp;page=4"' in middle
    assert 'hx-get="?q=an&amp;page=2"' in middle
    assert "1.284" in middle
    assert 'rel="prev"' not in first
    assert "hx-get" not in first
    assert "<ul>" not in rendered("{% pagination page %}", page=Paginator(range(3), 50).page(1))


def test_trail_is_left_out_when_empty() -> None:
    assert rendered("{% breadcrumbs %}  {% endbreadcrumbs %}") == ""
    assert "<ol><li>x</li></ol>" in rendered("{% breadcrumbs %}<li>x</li>{% endbreadcrumbs %}")


def _job(**changes: Any) -> SimpleNamespace:
    now = timezone.now()
    usual = {"pk": 7, "state": "running", "is_open": True, "progress_done": 50, "progress_total": 100, "error": ""}
    later = now + datetime.timedelta(seconds=60)
    times = {"created_at": now, "started_at": now - datetime.timedelta(seconds=30), "lease_until": later}
    return SimpleNamespace(**(usual | times | changes))


def test_running_job_polls_and_tells_how_long_still() -> None:
    shown = rendered("{% job_progress job 'Lưu' '/viec/7/' %}", job=_job())

    assert 'hx-get="/viec/7/"' in shown
    assert 'hx-trigger="load delay:2s"' in shown
    assert 'max="100" value="50"' in shown
    assert re.search(r"\b3[01]\b", trao._time_left(_job()))


def test_long_job_polls_less_often_and_counts_in_minutes() -> None:
    ago = timezone.now() - datetime.timedelta(minutes=10)
    job = _job(created_at=ago, started_at=ago, progress_total=2_000_000, progress_done=1_000_000)
    shown = rendered("{% job_progress job 'Lưu' '/viec/7/' %}", job=job)

    assert "delay:15s" in shown
    assert 'max="2000000"' in shown
    assert "1.000.000" in shown
    assert "11" in trao._time_left(job)


@pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
def test_ended_job_stops_polling(state: str) -> None:
    job = _job(state=state, is_open=False, error="Mã 1182.")
    shown = rendered("{% job_progress job 'Lưu' '/viec/7/' result_url='/tep/' result_label='Tải' %}", job=job)

    assert "hx-get" not in shown
    assert ("Mã 1182." in shown) == (state == "failed")


def test_job_without_speed_promises_no_time() -> None:
    assert trao._time_left(_job(progress_done=1)) == ""
    assert trao._time_left(_job(started_at=None)) == ""
