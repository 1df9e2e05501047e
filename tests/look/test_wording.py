"""The words of the product: agreed Vietnamese for each status, the same in tags and filters, one spelling."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest
from django.utils import translation

from administration.models import Job
from administration.templatetags.statuses import FLAG_LABELS, status_label
from allocations.models import CommuneList, Flag, Round, Status
from beneficiaries.models import ImportFile, StagedHousehold
from devices.models import Device

ROOT = Path(__file__).resolve().parent.parent.parent
CATALOGUES = sorted((ROOT / "locale").rglob("*.po"))
AGREED = {
    "Draft": "Nháp",
    "Being posted": "Đang niêm yết",
    "Submitted": "Đã gửi",
    "Returned for completion": "Trả lại để bổ sung",
    "Waiting list": "Danh sách chờ",
    "Approved": "Đã duyệt",
    "Not eligible": "Không đủ điều kiện",
    "Handed over": "Đã giao máy",
    "Withdrawn": "Đã thu hồi / hủy",
}
# The decree writes hòa, xóa, khóa, thủy, Ủy ban: the tone stands on the first vowel.
OTHER_SPELLING = re.compile(r"\b(\w*(?:oà|oá|oả|oạ|uỷ|uý|uỳ|uỵ))\b", re.IGNORECASE)
SAME_IN_BOTH = {"quý", "quỳ", "quỷ", "quỵ"}


STATES = [  # kind of the tag, choices of the model
    ("", Status),
    ("list", CommuneList.State),
    ("", Round.State),
    ("", Job.State),
    ("import", ImportFile.State),
    ("row", StagedHousehold.State),
    ("row", StagedHousehold.Effect),
    ("device", Device.State),
]


@pytest.fixture(scope="module")
def translations() -> dict[tuple[str | None, str], str]:
    entries = [entry for path in CATALOGUES for entry in polib.pofile(str(path))]
    return {(entry.msgctxt, entry.msgid): entry.msgstr or entry.msgstr_plural.get(0, "") for entry in entries}


@pytest.mark.parametrize(("english", "vietnamese"), AGREED.items())
def test_status_has_the_agreed_words(
    translations: dict[tuple[str | None, str], str], english: str, vietnamese: str
) -> None:
    assert translations[(None, english)] == vietnamese


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


@pytest.mark.parametrize(("kind", "choices"), STATES, ids=lambda part: getattr(part, "__qualname__", part))
def test_tag_and_filter_say_the_same(kind: str, choices: type[Status]) -> None:
    """A filter takes its words from the model, a tag from `statuses`: the same English has the same translation."""
    with translation.override("en"):
        words = {code: (str(label), status_label(code, kind)) for code, label in choices.choices}

    assert {code: pair for code, pair in words.items() if pair[0] != pair[1]} == {}


def test_every_flag_of_a_line_has_its_words() -> None:
    with translation.override("en"):
        assert {code: str(FLAG_LABELS[code][0]) for code in Flag.values} == dict(Flag.choices)
