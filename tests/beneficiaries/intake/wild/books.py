"""Draws whole files: which lists stand where, in which format, in which letters."""

from __future__ import annotations

import unicodedata
from random import Random
from typing import Any

from demo.make_lists import to_tcvn3
from tests.beneficiaries.intake.messes import to_vni
from tests.beneficiaries.intake.wild import exports, writing
from tests.beneficiaries.intake.wild.lists import ListWriter
from tests.beneficiaries.intake.wild.pages import Book, Formula, Page
from tests.beneficiaries.intake.wild.truth import COMMUNES, Truth, households
from tests.beneficiaries.intake.wild.worse import WorseWriter

FORMATS = [
    "xlsx",
    "xlsx",
    "xlsx",
    "xlsm",
    "xls",
    "ods",
    "csv utf-8 ,",
    "csv utf-8-sig ;",
    "csv utf-16 \t",
    "csv cp1258 ;",
    "csv utf-8 |",
]
VILLAGES = [
    [f"Thôn {n}" for n in range(1, 6)],
    [f"Khu phố {n}" for n in range(1, 13)],
    [f"Tổ dân phố {n}" for n in range(1, 4)],
    ["Thôn Tân Lập", "Thôn Suối Nước", "Thôn Bình Hòa"],
    ["Xóm Bàu", "Xóm Gò", "Xóm Đình"],
    ["Thôn Tiến Phú", "Thôn Ðá Bạc".replace("Ð", "Đ")],
]


def draw(seed: int, *, mistakes: float = 0.0, size: int = 25, worse: bool = False) -> Book:
    """One file from a seed; about `mistakes` of the rows hold one. `worse` adds what grows in files over the years."""
    rng = Random(f"wild {seed}")
    kind = rng.choices(["plain", "sheets", "two lists", "district", "layout a", "layout b"], [10, 3, 2, 3, 1.5, 2])[0]
    form = rng.choice(FORMATS)
    if form.startswith("csv") and kind in ("sheets",):
        form = "xlsx"
    maker = _Maker(rng, form, mistakes, size)
    maker.writer = WorseWriter if worse else ListWriter
    pages = getattr(maker, kind.replace(" ", "_"))()
    if len(pages) == 1 and form[:3] != "csv" and rng.random() < 0.25:
        maker.extra_pages(pages)
    book = Book(pages, form, {"kind": kind, "format": form, **maker.told})
    _change_letters(book, rng)
    return book


class _Maker:
    writer: type[ListWriter] = ListWriter

    def __init__(self, rng: Random, form: str, mistakes: float, size: int) -> None:
        self.rng, self.form, self.mistakes, self.size = rng, form, mistakes, size
        self.told: dict[str, Any] = {}
        self.is_text = form.startswith("csv")

    def pick(self, *options: Any) -> Any:
        return self.rng.choice(options)

    def style(self, **over: Any) -> dict[str, Any]:
        pick, rng = self.pick, self.rng
        clean = pick("real", "slashes", "short", "dots", "dashes")
        style: dict[str, Any] = {
            "birth": pick("one column", "one column", "one column", "under gender", "three columns"),
            "births": [clean] if rng.random() < 0.5 else rng.sample(list(writing.BIRTHS), 4),
            "gender": pick("word", "word", "marks"),
            "category": pick("words", "marks", "sections", "title"),
            "village": pick("column", "column", "sections"),
            "commune": "",
            "commune name": "Phường Mũi Né",
            "text": self.is_text,
            "filler": rng.random() < 0.3,
            "shuffle": rng.random() < 0.4,
            "note": rng.random() < 0.8,
            "leave out": [],
            "name columns": rng.random() < 0.15,
            "blank top": pick(0, 0, 0, 1, 5),
            "title": pick(0, 1, 2, 3, 4),
            "title category": "",
            "merges": rng.random() < 0.6 and not self.is_text,
            "marks alone": rng.random() < 0.4,
            "tall header": rng.random() < 0.2,
            "index": rng.random() < 0.4,
            "sections": [],
            "subtotals": rng.random() < 0.4,
            "restart": rng.random() < 0.5,
            "pages": rng.random() < 0.25,
            "blanks": rng.random() < 0.3,
            "mess": rng.random() < 0.7,
            "mistakes": self.mistakes,
            "name": pick(*writing.NAME_STYLES),
            "numbers": [pick(*writing.NUMBER_STYLES)] if rng.random() < 0.6 else rng.sample(writing.NUMBER_STYLES, 4),
            "phones": [pick(*writing.PHONE_STYLES)] if rng.random() < 0.6 else rng.sample(writing.PHONE_STYLES, 4),
            "bottom": pick("", "total", "total signature", "note signature", "signature", "total note signature"),
        }
        if rng.random() < 0.2:
            style["leave out"] = [pick("id_number", "phone", "ethnic_code", "member_count")]
        style |= over
        if style["category"] == "sections":
            style["sections"].append("category")
        if style["category"] == "title":
            style["title category"] = pick("poor", "near_poor")
        if style["village"] == "sections":
            style["sections"].append("village")
        if rng.random() < 0.5:
            style["sections"].reverse()
        self.told |= style
        return style

    def villages(self) -> list[str]:
        return self.pick(*VILLAGES)

    def truths(self, style: dict[str, Any], communes: list[str], villages: list[str] | None = None) -> list[Truth]:
        found = households(self.rng, self.size, villages or self.villages(), communes)
        for one in found:
            if style["title category"]:
                one.category = style["title category"]
            elif style["category"] == "words" and self.rng.random() < 0.15:
                one.category = self.pick("social_policy", "other_policy", "none")
            if style["birth"] == "under gender":
                one.precision = "year" if one.precision == "month" else one.precision
        return found

    def plain(self) -> list[Page]:
        style = self.style()
        page = Page(self.pick("Sheet1", "DS 2024", "Danh sách", "Trang tính1", "DS hộ"))
        self.writer(page, self.rng, style, self.pick(0, 0, 0, 1, 2)).write(self.truths(style, ["22915"]))
        return self._hide([page])

    def sheets(self) -> list[Page]:
        """A sheet for each category, for each village, or for each commune."""
        by = self.pick("category", "village", "commune")
        pages = []
        if by == "commune":
            self.told["area"] = "60"
        options = {
            "category": ["poor", "near_poor"],
            "village": self.villages()[:3],
            "commune": ["22915", "23086", "22969"],
        }[by]
        style = self.style(
            category=self.pick("words", "marks") if by != "category" else "sheet",
            title=0 if by == "category" else 1,
            village="column" if by != "village" else "sheet",
        )
        names = {"poor": ["Hộ nghèo", "HN", "Ho ngheo"], "near_poor": ["Hộ cận nghèo", "HCN", "Can ngheo"]}
        for option in options:
            page = Page(
                self.pick(*names[option]) if by == "category" else COMMUNES[option] if by == "commune" else option
            )
            truths = self.truths(style, ["22915"])
            for one in truths:
                setattr(one, by, option)
            self.writer(
                page, self.rng, style | {"commune name": COMMUNES[option] if by == "commune" else "Phường Mũi Né"}
            ).write(truths)
            pages.append(page)
        return self._unlike(pages)

    def two_lists(self) -> list[Page]:
        """The poor above, the near-poor below with other columns, each with its title."""
        page = Page("Danh sách")
        for category in ("poor", "near_poor"):
            style = self.style(category="title", title=2)
            style["title category"] = category
            self.writer(page, self.rng, style).write(self.truths(style, ["22915"]))
            for _ in range(self.pick(1, 2, 4)):
                page.add()
        return self._unlike([page])

    def district(self) -> list[Page]:
        self.told["area"] = "60"
        how = self.pick("column", "sections")
        style = self.style(
            commune="column" if how == "column" else "",
            village="column",
            category=self.pick("words", "marks"),
            title=self.pick(1, 2),
        )
        if how == "sections":
            style["sections"].insert(0, "commune")
        page = Page("Toàn huyện")
        self.writer(page, self.rng, style).write(self.truths(style, self.rng.sample(list(COMMUNES), 4)))
        return [page]

    def layout_a(self) -> list[Page]:
        page = Page("Sheet1")
        style = self.style(category="words", birth="one column")
        truths = households(self.rng, self.size, self.villages(), ["22915"])
        exports.layout_a(page, self.rng, truths, keys=self.pick(True, True, False))
        self.told |= style
        return [page]

    def layout_b(self) -> list[Page]:
        communes = self.rng.random() < 0.5
        category = self.pick("poor", "near_poor") if not communes else "poor"
        self.told["area"] = "60" if communes else "22915"
        page = Page("DS chi tiết")
        truths = households(
            self.rng, self.size, self.villages(), self.rng.sample(list(COMMUNES), 3) if communes else ["22915"]
        )
        for one in truths:
            one.category = "poor"
        exports.layout_b(page, self.rng, truths, category="poor" if category else category, communes=communes)
        return [page]

    def extra_pages(self, pages: list[Page]) -> None:
        """Sheets that are no lists: totals by village, instructions, codes, an empty one."""
        summary = Page("Tổng hợp")
        for row in (
            ["BẢNG TỔNG HỢP"],
            ["TT", "Thôn", "Số hộ nghèo", "Số hộ cận nghèo", "Tỷ lệ"],
            [1, "Thôn 1", 5, 7, 0.12],
            [2, "Thôn 2", 6, 2, 0.2],
            ["", "Cộng", 11, 9, ""],
        ):
            summary.add(row)
        guide = Page("Hướng dẫn")
        for row in (["HƯỚNG DẪN NHẬP LIỆU"], ["Cột Họ và tên: ghi chữ có dấu"], ["Cột CCCD: 12 số"]):
            guide.add(row)
        codes = Page("Danh mục")
        for row in (["Mã", "Tên"], ["HN", "Hộ nghèo"], ["HCN", "Hộ cận nghèo"], ["01", "Kinh"]):
            codes.add(row)
        more = self.rng.sample([summary, guide, codes, Page("Sheet3")], 2)
        pages[:] = [more[0], *pages, more[1]]

    def _hide(self, pages: list[Page]) -> list[Page]:
        for page in pages:
            if self.rng.random() < 0.15 and not self.is_text:
                page.hidden_rows = set(self.rng.sample(range(1, len(page.rows)), 3))
            if self.rng.random() < 0.1 and not self.is_text and not page.hidden_columns:
                page.hidden_columns = {self.rng.randint(0, 5)}
        return pages

    def _unlike(self, pages: list[Page]) -> list[Page]:
        """Serial numbers begin anew on each list: the same number must not stand twice by accident."""
        seen: set[Any] = set()
        for page in pages:
            for row_no, answer in page.answers.items():
                for name in ("id_number", "phone"):
                    value = answer.values.get(name)
                    if value and value in seen:
                        answer.free |= {name, "id_kind", "head_name"}
                    seen.add(value)
                _ = row_no
        return pages


def _change_letters(book: Book, rng: Random) -> None:
    way = rng.choices(["unicode", "nfd", "tcvn3", "tcvn3 H", "vni"], [6, 1.5, 1.5, 0.7, 1.2])[0]
    if "cp1258" in book.format and way != "unicode":
        way = "unicode"
    book.style["letters"] = way
    if way == "unicode":
        return
    with_font = book.format in ("xlsx", "xlsm", "xls") and (rng.random() < 0.6 or way == "tcvn3 H")
    if way == "tcvn3 H" and not with_font:
        way = book.style["letters"] = "tcvn3"
    book.style["with font"] = with_font
    for page in book.pages:
        width = max(map(len, page.rows), default=0)
        capitals = {column for column in range(width) if way == "tcvn3 H" and rng.random() < 0.3}
        for row in page.rows:
            row[:] = [_letters(cell, way, is_capital=column in capitals) for column, cell in enumerate(row)]
        if with_font and way != "nfd":
            names = {"tcvn3": ".VnTime", "tcvn3 H": ".VnTime", "vni": "VNI-Times"}
            page.fonts = {c: ".VnTimeH" if c in capitals else names[way] for c in range(width)}


def _letters(cell: Any, way: str, *, is_capital: bool) -> Any:
    if isinstance(cell, Formula) or not isinstance(cell, str):
        return cell
    if way == "nfd":
        return unicodedata.normalize("NFD", cell)
    text = unicodedata.normalize("NFC", cell).replace("\u00a0", " ").replace("\u200b", "").replace("\ufeff", "")
    if way == "vni":
        return to_vni(text)
    return to_tcvn3(text.lower() if is_capital else text)
