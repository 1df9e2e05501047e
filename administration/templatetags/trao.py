"""Tags and filters of the look: status tags, icons, numbers, bars, table heads and paging."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django import template
from django.core.paginator import Page
from django.template.context import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

from administration.templatetags.statuses import FLAG_LABELS, STATUS_LABELS, Text, look_up

if TYPE_CHECKING:
    from administration.models import Job

register = template.Library()
LONG_WAIT = 45  # seconds before a page says why nothing moves
Number = int | float | Decimal


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of static/img/icons.svg; decoration only, so the words beside it carry the meaning."""
    sprite = static("img/icons.svg")
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>', sprite, name
    )


@register.inclusion_tag("parts/_status_tag.html")
def status_tag(code: str, kind: str = "", label: Text = "") -> dict[str, Any]:
    """Icon, word and tint of a status. An unknown code needs its own label and is shown neutrally."""
    code = str(code)
    if label and f"{kind}:{code}" not in STATUS_LABELS and code not in STATUS_LABELS:
        return {"label": label, "icon": "circle", "tint": "draft"}
    words, picture, tint = look_up(code, kind)
    return {"label": label or words, "icon": picture, "tint": tint}


@register.inclusion_tag("parts/_flag.html")
def flag(code: str, detail: Text = "") -> dict[str, Any]:
    """A flag beside a status, for example a suspected duplicate; `detail` says more in a few words."""
    words, picture, tint = FLAG_LABELS[code]
    return {"label": words, "icon": picture, "tint": tint, "detail": detail}


@register.filter
def grouped(number: Number | None) -> str:
    """1234567 -> 1.234.567 in Vietnamese; nothing stays a dash."""
    if number is None or number == "":
        return "–"
    return _grouped(number, get_language())


@lru_cache(maxsize=8192, typed=True)
def _grouped(number: Number, _language: str | None) -> str:
    """Pages are full of numbers, and the same ones come again: the words of each are made once."""
    return number_format(number, use_l10n=True, force_grouping=True)


@register.filter
def percent(fraction: Number | None, digits: int = 1) -> str:
    """0.665 -> 66,5%; whole percentages lose the decimal."""
    return "–" if fraction is None else _percent(float(fraction), digits, get_language())


@lru_cache(maxsize=8192)
def _percent(fraction: float, digits: int, _language: str | None) -> str:
    rounded = round(fraction * 100, digits)
    places = 0 if rounded == int(rounded) else digits
    return f"{number_format(rounded, places, use_l10n=True)}%"


@register.filter
def percent_of(part: Number | None, whole: Number | None) -> str:
    """`part|percent_of:whole` -> 66,5%; a dash when there is nothing to divide by."""
    return percent(float(part) / float(whole)) if part is not None and whole else "–"


@register.filter
def masked(identity_number: str | None) -> str:
    """011068012482 -> 011••••••482: the first and last three characters of a personal number."""
    text = str(identity_number or "")
    if not text:
        return "–"
    return f"{text[:3]}{'•' * (len(text) - 6)}{text[-3:]}" if len(text) > 6 else "•" * len(text)


@register.filter(expects_localtime=True)
def moment(at: datetime | None) -> str:
    """Date and time of the clock in the office: 14:05, 05/03/2026."""
    return date_format(at, "DATETIME_FORMAT") if at else "–"


@dataclass(frozen=True)
class Bar:
    """One stretch of a horizontal SVG bar, in percent of its width; text so that no locale puts a comma in."""

    start: str
    width: str
    style: str


def _bars(parts: Iterable[tuple[Number, str]], whole: float) -> list[Bar]:
    """Stretches laid end to end, never longer than the bar."""
    bars, start = [], 0.0
    for amount, style in parts:
        width = min(100.0 - start, max(0.0, float(amount) / whole * 100)) if whole else 0.0
        if width > 0:
            bars.append(Bar(f"{start:.2f}", f"{width:.2f}", style))
        start += width
    return bars


@register.inclusion_tag("parts/_progress.html")
def job_progress(
    job: Job, label: Text, poll_url: str, *, result_url: str = "", result_label: Text = ""
) -> dict[str, Any]:
    """A job in the background; asks `poll_url` for this same fragment, ever less often, until the job ends."""
    seconds = (timezone.now() - job.created_at).total_seconds()
    return {
        "job": job,
        "label": label,
        "poll_url": poll_url,
        "delay": 2 if seconds < 20 else 5 if seconds < 120 else 15,
        "left": _time_left(job),
        "held_up": _held_up(job),
        "result_url": result_url,
        "result_label": result_label,
    }


def _held_up(job: Job) -> str:
    """Why nothing moves, and that nobody need do anything about it; "" while the work goes as it should."""
    now = timezone.now()
    if job.state == "queued" and (now - job.created_at).total_seconds() > LONG_WAIT:
        return gettext("It waits for other work to end. It starts by itself; nothing needs to be sent again.")
    if job.state == "running" and job.lease_until and job.lease_until < now:
        return gettext(
            "The work was interrupted. It is taken up again by itself in a moment; nothing is lost or done twice."
        )
    return ""


def _time_left(job: Job) -> str:
    """How long still, in words, once enough is done to tell from the speed so far."""
    if not (job.started_at and job.progress_total and job.progress_done * 20 >= job.progress_total):
        return ""
    spent = (timezone.now() - job.started_at).total_seconds()
    left = math.ceil(spent * (job.progress_total - job.progress_done) / job.progress_done)
    if left < 60:
        return ngettext("about %(number)s second left", "about %(number)s seconds left", left) % {"number": left}
    minutes = math.ceil(left / 60)
    return ngettext("about %(number)s minute left", "about %(number)s minutes left", minutes) % {"number": minutes}


@register.inclusion_tag("parts/_quota_bar.html")
def quota_bar(total: int, done: int, selected: int = 0) -> dict[str, Any]:
    """Three-part bar: decided, selected now, still free. Going over the quota is said in words and colour."""
    over = max(0, done + selected - total)
    style = "quota-over" if over else "quota-selected"
    bars = _bars([(done, "quota-done"), (selected, style)], float(total))
    return {
        "total": total,
        "done": done,
        "selected": selected,
        "left": max(0, total - done - selected),
        "over": over,
        "bars": bars,
    }


@register.inclusion_tag("parts/_funnel.html")
def funnel(steps: Sequence[tuple[Text, int]], label: Text = "") -> dict[str, Any]:
    """Horizontal bars of (label, count), each against the first: where does it get stuck?"""
    whole = float(steps[0][1]) if steps else 0.0
    rows = [(name, count, percent_of(count, whole), _bars([(count, "bar-full")], whole)) for name, count in steps]
    return {"rows": rows, "label": label}


HEAT_EDGES = (0.1, 0.3, 0.5, 0.7, 0.9)


def heat_of(part: Number | None, whole: Number | None) -> int:
    """The tint of a share, 0 to 5."""
    return sum(float(part or 0) / float(whole) >= edge for edge in HEAT_EDGES) if whole else 0


@register.simple_tag
def heat_cell(part: Number | None, whole: Number | None, label: Text = "", url: str = "") -> SafeString:
    """A table cell with the share printed and tinted in six steps; `label` is the column's name for narrow screens.

    Put together here: a table has hundreds of them, and a template of their own would be a sixth of the page's time.
    """
    words = escape(percent(float(part or 0) / float(whole) if whole else None, 0))
    shown = f'<a href="{escape(url)}">{words}</a>' if url else words
    named = f' data-label="{escape(label)}"' if label else ""
    return mark_safe(f'<td class="heat heat-{heat_of(part, whole)}"{named}>{shown}</td>')  # noqa: S308 - escaped above


@dataclass(frozen=True)
class Column:
    """A column of a list: its words, the key it sorts by (none: not sortable), whether it holds numbers."""

    label: Text
    key: str = ""
    number: bool = False


@register.inclusion_tag("parts/_table_head.html", takes_context=True)
def table_head(
    context: Context, columns: Sequence[Column], target: str = "", *, default_sort: str = "", select: bool = False
) -> dict[str, Any]:
    """The head of a list: sortable columns, and with `select` a first column that ticks the whole page."""
    shared = {"columns": columns, "target": target, "default_sort": default_sort, "select": select}
    return shared | {"request": context["request"]}


@register.inclusion_tag("parts/_sort_header.html", takes_context=True)
def sort_header(
    context: Context, key: str, label: Text, target: str = "", *, default: str = "", number: bool = False
) -> dict[str, Any]:
    """A column head whose link sorts by `key`, then turns the order round. `default` is the order without ?sort."""
    order = context["request"].GET.get("sort", default)
    following = f"-{key}" if order == key else key
    direction = {key: "ascending", f"-{key}": "descending"}.get(order, "")
    url = _same_page(context, sort=following, page=None)
    return {"label": label, "url": url, "direction": direction, "target": target, "number": number}


@register.inclusion_tag("parts/_pagination.html", takes_context=True)
def pagination(context: Context, page: Page[Any], target: str = "", *, param: str = "page") -> dict[str, Any]:
    """Numbered links of one page of a list; every other part of the query string is kept."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    links = [(n, _same_page(context, **{param: n}) if isinstance(n, int) else "") for n in numbers]
    return {
        "page": page,
        "links": links if page.has_other_pages() else [],
        "previous": _same_page(context, **{param: page.previous_page_number()}) if page.has_previous() else "",
        "next": _same_page(context, **{param: page.next_page_number()}) if page.has_next() else "",
        "target": target,
    }


def _same_page(context: Context, **changes: object) -> str:
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_block_tag
def breadcrumbs(content: str) -> SafeString:
    """The trail above the heading, or nothing when the page has none."""
    if not content.strip():
        return mark_safe("")
    words = gettext("Where you are")
    return format_html('<nav class="crumbs" aria-label="{}"><ol>{}</ol></nav>', words, conditional_escape(content))
