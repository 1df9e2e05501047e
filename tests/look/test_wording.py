"""The Vietnamese of the product: the agreed words for each status, and one way of spelling."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
CATALOGUES = sorted((ROOT / "locale").rglob("*.po"))
AGREED = {
    "Draft": "Nháp",
    "On public posting": "Đang niêm yết",
    "Submitted": "Đã gửi",
    "Returned for completion": "Trả lại để bổ sung",
    "Waiting list": "Danh sách chờ",
    "Approved": "Đã duyệt",
    "Not eligible": "Không đủ điều kiện",
    "Device handed over": "Đã giao máy",
    "Withdrawn or cancelled": "Đã thu hồi / hủy",
    "Suspected duplicate": "Nghi trùng",
    "Evidence missing": "Thiếu minh chứng",
    "Overdue": "Quá hạn",
    "Complaint open": "Có khiếu nại",
}
# The decree writes hòa, xóa, khóa, thủy, Ủy ban: the tone stands on the first vowel.
OTHER_SPELLING = re.compile(r"\b(\w*(?:oà|oá|oả|oạ|uỷ|uý|uỳ|uỵ))\b", re.IGNORECASE)
SAME_IN_BOTH = {"quý", "quỳ", "quỷ", "quỵ"}


@pytest.fixture(scope="module")
def translations() -> dict[tuple[str | None, str], str]:
    entries = [entry for path in CATALOGUES for entry in polib.pofile(str(path))]
    return {(entry.msgctxt, entry.msgid): entry.msgstr or entry.msgstr_plural.get(0, "") for entry in entries}


@pytest.mark.parametrize(("english", "vietnamese"), AGREED.items())
def test_status_has_the_agreed_words(
    translations: dict[tuple[str | None, str], str], english: str, vietnamese: str
) -> None:
    assert translations[("status", english)] == vietnamese


def test_interface_is_spelt_one_way(translations: dict[tuple[str | None, str], str]) -> None:
    wrong = {
        word
        for text in translations.values()
        for word in OTHER_SPELLING.findall(text)
        if word.lower() not in SAME_IN_BOTH
    }

    assert wrong == set()


def test_interface_never_shouts(translations: dict[tuple[str | None, str], str]) -> None:
    assert [text for text in translations.values() if "!" in text] == []
