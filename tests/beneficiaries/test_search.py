"""Finding households: what the box means, who is found, in which order, how far the list goes."""

import datetime
import unicodedata

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from administration.models import Area
from beneficiaries import search
from beneficiaries.models import HouseholdNumber
from beneficiaries.search import Question, find, found_ids
from beneficiaries.search_box import Box, read_box
from tests.factories import LIEN_HUONG, PHU_HAI, commune, make_household, make_person, province

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]

IN_ORDER = [  # ux 5.5 U-04
    "Nguyễn Văn An", "Lê Văn Ảnh", "Trần Thị Ánh", "Phạm Văn Ân", "Đỗ Thị Ẩn", "Nguyễn Văn Ấn", "Hoàng Văn Bình",
    "Vũ Thị Bính", "Nguyễn Văn Dũng", "Đặng Văn Đông", "Đinh Văn Đủ", "Giàng A Pò", "Giàng A Pó", "Lê Văn Út",
    "Trần Văn Ưng", "Lò Thị Y", "Nguyễn Thị Ý",
]  # fmt: skip


def ask(text: str, area: Area | None = None, **more: object) -> list[str]:
    return names(Question(area or commune(), box=read_box(text), **more))  # type: ignore[arg-type]


def names(question: Question, per_page: int = 50, page: int = 1) -> list[str]:
    return [head.full_name for head in find(question, page=page, per_page=per_page)]


@pytest.mark.parametrize(
    ("typed", "box"),
    [
        ("Đỗ  Ẩn", Box(words=("do", "an"))),
        ("060170000123", Box(identity="060170000123")),
        ("060 170 000 123", Box(identity="060170000123")),
        ("068068012345|ĐỗThịẨn|05031968|Nữ", Box(identity="068068012345")),  # a card scanner types it all
        ("061234567", Box(identity="061234567")),
        ("0912 345 678", Box(phone="0912345678")),
        ("+84 912 345 678", Box(phone="0912345678")),
        ("0912345", Box(phone="0912345")),
        ("42", Box(serial=42)),
        ("00042", Box(serial=42)),
        ("22915-00042", Box(code="22915-00042")),
        ("22915 - 42", Box(code="22915-42")),
        ("", Box()),
    ],
)
def test_the_box_understands_what_was_typed(typed, box):
    assert read_box(typed) == box


@pytest.mark.parametrize(
    "typed",
    ["do thi an", "ĐỖ THỊ ẨN", "đỗ ẩn", "an do", unicodedata.normalize("NFD", "Đỗ Thị Ẩn"), "\u00d0ỗ ẩn", "do t a"],
)
def test_a_name_is_found_without_tones_in_any_order_by_the_beginnings_of_its_words(typed):
    make_household(head_name="Đỗ Thị Ẩn")
    make_household(head_name="Đỗ Văn Bình")
    make_household(head_name="Hồ Thị Lan")  # "an" is inside a word, not at its beginning

    assert ask(typed) == ["Đỗ Thị Ẩn"]


def test_heads_stand_in_the_order_of_given_names():
    for name in reversed(IN_ORDER):
        make_household(head_name=name)

    assert names(Question(commune())) == IN_ORDER
    assert names(Question(commune(), sort="-name")) == IN_ORDER[::-1]


def test_within_a_commune_the_name_of_any_member_finds_the_household():
    household = make_household(head_name="Đỗ Thị Ẩn")
    make_person(household, full_name="Trần Văn Khoa")

    assert ask("khoa tran") == ["Đỗ Thị Ẩn"]
    assert ask("khoa tran", province()) == []
    question = Question(commune(), box=read_box("khoa"))
    assert search.members_named(question, find(question, page=1, per_page=10)) == {household.pk: "Trần Văn Khoa"}


@pytest.mark.parametrize("typed", ["{code}", "{serial}", "{prefix}"])
@pytest.mark.parametrize("wide", [False, True])
def test_a_household_is_found_by_its_code_or_its_serial(typed, wide):
    found = make_household(code="22915-00042", head_name="Đỗ Thị Ẩn")
    make_household(code="22915-00142")
    text = typed.format(code=found.code, serial="42", prefix="22915-0004")

    assert ask(text, province() if wide else commune()) == ["Đỗ Thị Ẩn"]


def test_a_serial_is_also_found_under_a_code_that_no_commune_has_any_more():
    HouseholdNumber.objects.create(commune_code="99001", last=7)
    make_household(code="99001-00007", head_name="Đỗ Thị Ẩn")

    assert ask("7") == ["Đỗ Thị Ẩn"]


@pytest.mark.parametrize("typed", ["0912345678", "0912.345.678", "0912345"])
def test_a_household_is_found_by_its_phone_or_the_beginning_of_it(typed):
    make_household(phone="0912345678", head_name="Đỗ Thị Ẩn")
    make_household(phone="0912999999")
    make_household()

    assert ask(typed) == ["Đỗ Thị Ẩn"]


def test_an_identity_number_alone_finds_nobody_because_looking_it_up_is_an_action():
    make_household(identity="060170000123")

    assert ask("060170000123") == []


def test_every_filter_narrows_the_list():
    make_household(head_name="Đỗ Thị Ẩn", category="HN", attributes=["NCC"], hamlet="Thôn 1", phone_kind="none")
    make_household(
        head_name="Lê Văn Ảnh", category="HCN", attributes=["HS"], hamlet="Thôn 2", phone_kind="smart", identity=None
    )

    def those(**more: object) -> list[str]:
        return names(Question(commune(), **more))  # type: ignore[arg-type]

    assert those(categories=["HN"]) == those(attributes=["NCC", "BTXH"]) == those(hamlet="Thôn 1") == ["Đỗ Thị Ẩn"]
    assert those(phone_kinds=["none"]) == ["Đỗ Thị Ẩn"]
    assert those(without_number=True) == those(categories=["HCN"], without_number=True) == ["Lê Văn Ảnh"]
    assert those(categories=["HN"], without_number=True) == []
    assert ask("le", categories=["HCN"]) == ["Lê Văn Ảnh"]
    assert ask("le", categories=["HN"]) == []


def test_a_delisted_household_is_shown_only_when_asked_for():
    make_household(head_name="Đỗ Thị Ẩn")
    gone = make_household(head_name="Đỗ Văn Ba", delisted_on=datetime.date(2024, 6, 1))
    gone.members.update(is_live=False)

    assert names(Question(commune())) == ask("do") == ["Đỗ Thị Ẩn"]
    assert names(Question(commune(), state="delisted")) == ask("do", state="delisted") == ["Đỗ Văn Ba"]
    assert len(ask("do", state="all")) == len(ask("do", province(), state="all")) == 2


def test_a_list_looks_only_inside_its_area():
    make_household(commune(PHU_HAI), head_name="Đỗ Thị Ẩn")
    make_household(commune(LIEN_HUONG), head_name="Đỗ Văn Ba")

    assert names(Question(commune(PHU_HAI))) == ask("do", commune(PHU_HAI)) == ["Đỗ Thị Ẩn"]
    assert ask("do", commune(PHU_HAI).parent) == ["Đỗ Thị Ẩn"]


@pytest.mark.parametrize("sort", ["name", "-name", "code", "hamlet", "-changed"])
@pytest.mark.parametrize("narrowed", [{"categories": ["HN"]}, {"box": Box(words=("nguien",))}, {}])
def test_a_long_list_shows_the_same_rows_as_a_short_one_up_to_its_limit(monkeypatch, sort, narrowed):
    for i in range(7):
        make_household(head_name=f"Nguyễn Văn {'ABCDEFG'[-i]}", category="HN", hamlet=f"Thôn {i % 3}")
        make_household(head_name=f"Lê Văn {'ABCDEFG'[i]}", category="HCN" if narrowed else "HN")
    question = Question(province(), sort=sort, **narrowed)
    whole = names(question, 100)
    monkeypatch.setattr(search, "MOST", 4)
    monkeypatch.setattr(search, "DEEPEST", 3)

    limit = 3 if narrowed else 4
    assert names(question, 2) + names(question, 2, page=2) == whole[:limit]
    page = find(question, page=1, per_page=2)
    assert (page.paginator.found, page.paginator.count) == (5, limit)
    assert len(found_ids(question)) == 5


def test_a_page_costs_the_same_number_of_queries_whatever_its_length():
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            for head in find(Question(province()), page=1, per_page=50):
                assert head.household.area.name
        return len(queries)

    make_household()
    few = cost()
    for _ in range(10):
        make_household()
    assert cost() == few <= 4
