"""Tags and filters of the look: status tags, icons, numbers, bars, table heads and paging."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.core.paginator import Page
from django.template.context import Context
from django.templatetags.static import static
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext_lazy

register = template.Library()

Text = str | Promise
Number = int | float | Decimal

# code -> (words, icon, tint). A code that means something else for another kind of thing is written "kind:code".
# One wording everywhere: tag, filter, report and timeline take it from here through `status_label`.
STATUS_LABELS: dict[str, tuple[Text, str, str]] = {
    # a household's request in one round, and the list it travels in
    "draft": (pgettext_lazy("status", "Draft"), "pencil", "draft"),
    "posted": (pgettext_lazy("status", "On public posting"), "megaphone", "posted"),
    "awaiting_signature": (pgettext_lazy("status", "Waiting for the leader's signature"), "hourglass", "waiting"),
    "submitted": (pgettext_lazy("status", "Submitted"), "arrow", "submitted"),
    "returned": (pgettext_lazy("status", "Returned for completion"), "return", "returned"),
    "waiting": (pgettext_lazy("status", "Waiting list"), "hourglass", "waiting"),
    "approved": (pgettext_lazy("status", "Approved"), "tick", "approved"),
    "rejected": (pgettext_lazy("status", "Not eligible"), "cross", "rejected"),
    "handed_over": (pgettext_lazy("status", "Device handed over"), "phone", "handed-over"),
    "withdrawn": (pgettext_lazy("status", "Withdrawn or cancelled"), "stop", "draft"),
    "decided": (pgettext_lazy("status", "All decided"), "tick", "approved"),
    # a household
    "listed": (pgettext_lazy("status", "On the list"), "tick", "plain"),
    "delisted": (pgettext_lazy("status", "Off the list"), "stop", "draft"),
    # a round
    "planned": (pgettext_lazy("status", "In preparation"), "pencil", "draft"),
    "open": (pgettext_lazy("status", "Open"), "half", "submitted"),
    "closed": (pgettext_lazy("status", "Closed"), "stop", "draft"),
    # a job in the background
    "queued": (pgettext_lazy("status", "Waiting to start"), "hourglass", "waiting"),
    "running": (pgettext_lazy("status", "Running"), "half", "submitted"),
    "done": (pgettext_lazy("status", "Done"), "tick", "approved"),
    "failed": (pgettext_lazy("status", "Failed"), "cross", "rejected"),
    "cancelled": (pgettext_lazy("status", "Cancelled"), "stop", "draft"),
    # an imported file
    "uploaded": (pgettext_lazy("status", "Uploaded"), "file", "draft"),
    "reading": (pgettext_lazy("status", "Reading the file"), "half", "submitted"),
    "mapping": (pgettext_lazy("status", "Columns to confirm"), "pencil", "returned"),
    "checking": (pgettext_lazy("status", "Checking the rows"), "half", "submitted"),
    "to_mend": (pgettext_lazy("status", "Errors to mend"), "warning", "returned"),
    "ready": (pgettext_lazy("status", "Ready to save"), "tick", "submitted"),
    "saving": (pgettext_lazy("status", "Saving"), "half", "submitted"),
    "saved": (pgettext_lazy("status", "Saved"), "tick", "approved"),
    "undone": (pgettext_lazy("status", "Undone"), "return", "draft"),
    # a row of an imported file
    "row:ok": (pgettext_lazy("row", "No error"), "tick", "approved"),
    "row:error": (pgettext_lazy("row", "Has errors"), "cross", "rejected"),
    "row:warning": (pgettext_lazy("row", "To be checked"), "warning", "returned"),
    "row:skipped": (pgettext_lazy("row", "Skipped"), "stop", "draft"),
    "row:saved": (pgettext_lazy("row", "Saved"), "tick", "approved"),
    # a device
    "in_stock": (pgettext_lazy("status", "In stock"), "dot", "draft"),
    "in_transit": (pgettext_lazy("status", "On the way"), "arrow", "submitted"),
    "reserved": (pgettext_lazy("status", "Reserved for a household"), "clock", "waiting"),
    "faulty": (pgettext_lazy("status", "Faulty"), "warning", "returned"),
    "lost": (pgettext_lazy("status", "Lost"), "cross", "rejected"),
    "recovered": (pgettext_lazy("status", "Taken back"), "return", "draft"),
    "device:returned": (pgettext_lazy("device", "Returned to stock"), "return", "draft"),
    # a task on the home page
    "task:todo": (pgettext_lazy("task", "To do"), "dot", "returned"),
    "task:doing": (pgettext_lazy("task", "In progress"), "half", "submitted"),
    "task:blocked": (pgettext_lazy("task", "Cannot start yet"), "circle", "plain"),
    "task:done": (pgettext_lazy("task", "Done"), "tick", "plain"),
    "task:late": (pgettext_lazy("task", "Overdue"), "clock", "rejected"),
}

# Flags stand beside a status and can be several at once.
FLAG_LABELS: dict[str, tuple[Text, str, str]] = {
    "suspected_duplicate": (pgettext_lazy("status", "Suspected duplicate"), "twins", "flag"),
    "missing_evidence": (pgettext_lazy("status", "Evidence missing"), "clip", "warning"),
    "overdue": (pgettext_lazy("status", "Overdue"), "clock", "flag"),
    "complaint": (pgettext_lazy("status", "Complaint open"), "bubble", "warning"),
}


def status_label(code: str, kind: str = "") -> str:
    """The words for a status code, in the language of the moment. An unknown code is a KeyError."""
    return str(_look_up(code, kind)[0])


def _look_up(code: str, kind: str) -> tuple[Text, str, str]:
    return STATUS_LABELS.get(f"{kind}:{code}") or STATUS_LABELS[code]


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of static/img/icons.svg; decoration only, so the words beside it carry the meaning."""
    sprite = static("img/icons.svg")
    return format_html('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>', sprite, name)


@register.inclusion_tag("parts/_status_tag.html")
def status_tag(code: str, kind: str = "", label: Text = "") -> dict[str, Any]:
    """Icon, word and tint of a status. An unknown code needs its own label and is shown neutrally."""
    code = str(code)
    if label and f"{kind}:{code}" not in STATUS_LABELS and code not in STATUS_LABELS:
        return {"label": label, "icon": "circle", "tint": "draft"}
    words, picture, tint = _look_up(code, kind)
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
    return number_format(number, use_l10n=True, force_grouping=True)


@register.filter
def percent(fraction: Number | None, digits: int = 1) -> str:
    """0.665 -> 66,5%; whole percentages lose the decimal."""
    if fraction is None:
        return "–"
    rounded = round(float(fraction) * 100, digits)
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
    """Date and time the Vietnamese way: 14:05, 05/03/2026."""
    return date_format(at, "H:i, d/m/Y") if at else "–"


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


@register.inclusion_tag("parts/_quota_bar.html")
def quota_bar(total: int, done: int, selected: int = 0) -> dict[str, Any]:
    """Three-part bar: decided, selected now, still free. Going over the quota is said in words and colour."""
    over = max(0, done + selected - total)
    style = "quota-over" if over else "quota-selected"
    bars = _bars([(done, "quota-done"), (selected, style)], float(total))
    return {"total": total, "done": done, "selected": selected, "left": max(0, total - done), "over": over, "bars": bars}


@register.inclusion_tag("parts/_funnel.html")
def funnel(steps: Sequence[tuple[Text, int]], label: Text = "") -> dict[str, Any]:
    """Horizontal bars of (label, count), each against the first: where does it get stuck?"""
    whole = float(steps[0][1]) if steps else 0.0
    rows = [(name, count, percent_of(count, whole), _bars([(count, "bar-full")], whole)) for name, count in steps]
    return {"rows": rows, "label": label}


@register.inclusion_tag("parts/_heat_cell.html")
def heat_cell(part: Number | None, whole: Number | None, label: Text = "", url: str = "") -> dict[str, Any]:
    """A table cell with the share printed and tinted in six steps; `label` is the column's name for narrow screens."""
    share = float(part or 0) / float(whole) if whole else None
    steps = (0.1, 0.3, 0.5, 0.7, 0.9)
    return {
        "step": 0 if share is None else sum(share >= edge for edge in steps),
        "text": percent(share, 0),
        "label": label,
        "url": url,
    }


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
