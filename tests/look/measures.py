"""What a browser can measure of a page: each function returns defects, so the bar is the empty list or zero."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parent.parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text("utf-8"))
    return page.evaluate(
        """async rules => (await axe.run(document, {runOnly: rules})).violations
            .map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 90)).join(' | '))""",
        RULES,
    )


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


def clipped(page: Page) -> list[str]:
    """Boxes that cut off what stands in them; Vietnamese capitals with two accents go first."""
    return page.evaluate(
        """() => [...document.querySelectorAll('td,th,button,.btn,.tag,label,input,select,summary,h1,h2,h3')]
            .filter(e => !e.closest('.visually-hidden') && /hidden|clip/.test(getComputedStyle(e).overflowY)
                && e.scrollHeight > e.clientHeight + 1).map(e => e.outerHTML.slice(0, 90))"""
    )


def cramped_text(page: Page) -> list[str]:
    """Visible text set tighter than 1.35: Ễ and Ặ of two lines would touch."""
    return page.evaluate(
        """() => [...document.querySelectorAll('body *')].filter(e => {
            const s = getComputedStyle(e), height = parseFloat(s.lineHeight) / parseFloat(s.fontSize);
            return height < 1.35 && e.getBoundingClientRect().height
                && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())
                && !e.closest('noscript, option, .visually-hidden');
        }).map(e => e.outerHTML.slice(0, 90))"""
    )


def small_targets(page: Page) -> list[str]:
    """Things to press that are smaller than 24 by 24 pixels; links inside sentences and tick boxes are exempt."""
    return page.evaluate(
        """() => [...document.querySelectorAll('a,button,input,select,summary')].filter(e => {
            const r = e.getBoundingClientRect();
            if (!r.width || !r.height || getComputedStyle(e).display === 'inline') return false;
            return Math.min(r.width, r.height) < 24 && !['checkbox', 'radio'].includes(e.type);
        }).map(e => e.outerHTML.slice(0, 90))"""
    )


STOP = """() => {
    const e = document.activeElement;
    if (!e || e === document.body) return null;
    const q = e.getBoundingClientRect(), s = getComputedStyle(e);
    const left = Math.max(0, q.left), top = Math.max(0, q.top);
    const width = Math.min(innerWidth, q.right) - left, height = Math.min(innerHeight, q.bottom) - top;
    const visible = [[.5, .5], [.1, .5], [.9, .5], [.5, .15], [.5, .85]].some(([x, y]) => {
        const t = document.elementFromPoint(left + width * x, top + height * y);
        return t && (t === e || e.contains(t) || t.contains(e) && !/sticky|fixed/.test(getComputedStyle(t).position));
    });
    const ring = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 3 && s.boxShadow !== 'none';
    const seen = e.dataset.walked; e.dataset.walked = '1';
    return {html: e.outerHTML.slice(0, 90), visible, ring, seen: !!seen};
}"""


def walk(page: Page) -> dict[str, Any]:
    """Tabs through the page: how many stops, which of them are hidden under something, which have no ring."""
    page.evaluate("document.activeElement?.blur(); scrollTo(0, 0)")
    stops: list[dict[str, Any]] = []
    while len(stops) < 400:
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None or stop["seen"]:
            break
        stops.append(stop)
    return {
        "stops": len(stops),
        "hidden": [stop["html"] for stop in stops if not stop["visible"]],
        "without_ring": [stop["html"] for stop in stops if not stop["ring"]],
    }
