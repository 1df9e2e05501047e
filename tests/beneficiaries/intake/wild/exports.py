"""Layouts A and B of real provinces: the review software's export, and the list with members under the head."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.beneficiaries.intake.wild.pages import Answer, Page
from tests.beneficiaries.intake.wild.truth import COMMUNES, PEOPLES, Truth

KEYS = [
    "date",
    "family.hostName",
    "family.code",
    "family.coDanTocTaiCho",
    "family.hostGender",
    "family.numberOfMembers",
    "quickReview.result",
    "b1Point",
    "b2Point",
    "classify",
    "reviewer",
]
WORDS = [
    "Thời gian rà soát",
    "Chủ hộ",
    "Mã hộ",
    "Dân tộc tại chỗ",
    "Giới tính",
    "Số nhân khẩu",
    "Phiếu A",
    "Phiếu B1",
    "Phiếu B2",
    "Kết quả rà soát",
    "Người rà soát",
]
_UNKNOWN = {"birth_date", "birth_year", "birth_precision", "ethnic_code", "id_number", "id_kind", "phone", "village"}


def layout_a(page: Page, rng: Random, truths: list[Truth], *, keys: bool = True) -> None:
    """Row 1 technical keys, row 2 headings; no birth, no number, no village; codes restart; repeats."""
    if keys:
        page.add(KEYS)
    page.add(WORDS)
    for number, one in enumerate(truths, 1):
        klass = {"poor": "Hộ nghèo", "near_poor": "Hộ cận nghèo"}[one.category]
        cells: list[Any] = [
            "--" if rng.random() < 0.5 else "",
            rng.choice([one.name, one.name.upper()]),
            number % 7 + 1,
            rng.choice(["Có", "Không", "--", ""]),
            {"male": "Nam", "female": "Nữ"}[one.gender],
            rng.choice([one.members, float(one.members), f"{one.members}.0"]),
            rng.choice(["Đạt", ""]),
            rng.choice([120, "135.0", 61.0]),
            rng.choice([30, 40, "20.0"]),
            klass,
            "Nguyễn Thị Rà Soát",
        ]
        values = one.values() | dict.fromkeys(_UNKNOWN)
        page.answers[page.add(cells)] = Answer(values)
        if rng.random() < 0.15:
            page.answers[page.add(cells)] = Answer(values)


LABELS = [
    [
        "STT chủ hộ",
        "STT thành viên hộ",
        "HỌ, TÊN CHỦ HỘ VÀ THÀNH VIÊN TRONG HỘ; THÔN, BON, BUÔN, TỔ DÂN PHỐ",
        "NĂM SINH",
        "",
        "Dân tộc",
        "Quan hệ với chủ hộ",
        "Phân loại hộ nghèo",
        "",
        "",
        "Hộ chính sách có công",
        "Hộ DTTC",
        "Hộ không có khả năng lao động",
        "Hỗ trợ",
        "",
        "",
        "",
        "",
        "",
    ],
    [
        "",
        "",
        "",
        "Nam",
        "Nữ",
        "",
        "",
        "Nghèo mới",
        "Tái nghèo",
        "Nghèo cũ",
        "",
        "",
        "",
        "y tế",
        "giáo dục",
        "sản xuất",
        "vay vốn tín dụng",
        "nhà ở",
        "khác",
    ],
]
_RELATIONS = ["Vợ", "Con", "Con trai", "Con dâu", "Cháu", "Mẹ", "Chồng", "Cha", "Em"]


def layout_b(page: Page, rng: Random, truths: list[Truth], *, category: str, communes: bool) -> None:
    """Headings on rows 8 to 12, commune rows over the full width, village rows in column C, members under the head."""
    word = {"poor": "NGHÈO", "near_poor": "CẬN NGHÈO"}[category]
    page.add(["ỦY BAN NHÂN DÂN", *[""] * 9, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"])
    page.add(["HUYỆN HÀM THUẬN BẮC", *[""] * 9, "Độc lập - Tự do - Hạnh phúc"])
    page.add()
    page.add([f"DANH SÁCH CHI TIẾT HỘ {word}"])
    page.add(["NĂM 2024"])
    while len(page.rows) < rng.choice([7, 8, 9]):
        page.add()
    first = len(page.rows) + 1
    for row in LABELS:
        page.add(row)
    if rng.random() < 0.7:
        _merge(page, first)
    page.add(["A", "B", "C", *range(1, 17)])
    _body(page, rng, truths, communes=communes)
    page.add(["", "", "Tổng cộng", 12, 15])
    page.add()
    page.add(["", "", "Người lập biểu", *[""] * 8, "CHỦ TỊCH"])


def _merge(page: Page, first: int) -> None:
    for column in (*range(3), 5, 6, *range(10, 13)):
        page.merges.append((first, column, first + 1, column))
    for left, right in ((3, 4), (7, 9), (13, 18)):
        page.merges.append((first, left, first, right))


def _body(page: Page, rng: Random, truths: list[Truth], *, communes: bool) -> None:
    commune = village = ""
    for number, one in enumerate(sorted(truths, key=lambda t: (t.commune, t.village)), 1):
        if communes and one.commune != commune:
            commune, village = one.commune, ""
            text = COMMUNES[commune].upper()
            if commune in ("23221", "23257"):
                text += {"23221": " - HUYỆN ĐỨC LINH", "23257": " - HUYỆN HÀM TÂN"}[commune]
            row = page.add([text])
            page.merges.append((row, 0, row, 18))
        if one.village != village:
            village = one.village
            page.add(["", "", village])
        members = rng.randint(0, 3)
        page.answers[page.add(_head(rng, number, one))] = Answer(
            one.values()
            | {
                "birth_date": None,
                "birth_precision": "year",
                "id_number": None,
                "id_kind": None,
                "phone": None,
                "member_count": None,
            }
        )
        for member in range(members):
            page.add(_member(rng, member, one))


def _head(rng: Random, number: int, one: Truth) -> list[Any]:
    year: Any = rng.choice([one.born.year, str(one.born.year)])
    kind = ["", "", ""]
    kind[rng.randint(0, 2)] = rng.choice(["x", "X", "1", 1])
    return [
        number,
        1,
        rng.choice([one.name, one.name.upper()]),
        *((year, "") if one.gender == "male" else ("", year)),
        PEOPLES[one.ethnic][0],
        rng.choice(["Chủ hộ", "chủ hộ", "CH"]),
        *kind,
        rng.choice(["", "x"]),
        rng.choice(["", "x"]),
        "",
        "x",
        "",
        "x",
        "",
        "",
        "",
    ]


def _member(rng: Random, member: int, one: Truth) -> list[Any]:
    male = rng.random() < 0.5
    year = rng.randint(1990, 2020)
    name = f"{one.name.split()[0]} {'Văn' if male else 'Thị'} {rng.choice(['An', 'Bé', 'Cúc', 'Dũng', 'Hai'])}"
    return [
        "",
        member + 2,
        name,
        *((year, "") if male else ("", year)),
        PEOPLES[one.ethnic][0],
        rng.choice(_RELATIONS),
        *[""] * 12,
    ]
