"""The household form reads and checks as the import does, and asks for a tick where something is in doubt."""

from __future__ import annotations

import datetime
import unicodedata
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone, translation

from beneficiaries.forms import PREFIX, HouseholdEntry
from beneficiaries.household_values import KEEP
from beneficiaries.intake.cells import Sheet
from beneficiaries.intake.parse import parse_sheets
from beneficiaries.models import Household
from tests.factories import commune, make_household, make_officer, make_person, province

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
NUMBER = "060168000123"  # a woman of Bình Thuận, born in 1968


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


def typed(*members: dict[str, Any], **head: Any) -> QueryDict:
    """What the browser sends; anything not given is filled in without fault."""
    said: dict[str, Any] = {
        "full_name": "Đỗ Thị Ẩn", "birth": "5/3/1968", "gender": "F", "identity_number": NUMBER, "hamlet": "Khu phố 1",
        "category": "HN", "phone_kind": "none", f"{PREFIX}-INITIAL_FORMS": "0",
        f"{PREFIX}-TOTAL_FORMS": str(len(members)),
    }  # fmt: skip
    for i, member in enumerate(members):
        said |= {f"{PREFIX}-{i}-{name}": value for name, value in member.items()}
    data = QueryDict(mutable=True)
    for name, value in (said | head).items():
        if value is not None:
            data.setlist(name, value if isinstance(value, list) else [value])
    return data


def entry_of(data: QueryDict, household: Household | None = None) -> HouseholdEntry:
    return HouseholdEntry(make_officer(), commune(), household=household, data=data)


def said_about(entry: HouseholdEntry) -> list[str]:
    return [remark.text for remark in entry.errors] + [remark.text for remark in entry.warnings]


@pytest.mark.parametrize(
    ("birth", "on", "year", "precision"),
    [
        ("5/3/1968", datetime.date(1968, 3, 5), 1968, "day"),
        ("5/3/68", datetime.date(1968, 3, 5), 1968, "day"),  # the identity number confirms the century
        ("05.03.1968", datetime.date(1968, 3, 5), 1968, "day"),
        ("05031968", datetime.date(1968, 3, 5), 1968, "day"),
        ("1968", None, 1968, "year"),
        ("3/1968", None, 1968, "month"),
    ],
)
def test_a_birth_is_read_day_first_and_as_precisely_as_it_is_known(birth, on, year, precision):
    entry = entry_of(typed(birth=birth))

    assert entry.is_valid(), said_about(entry)
    head = entry.values().head
    assert (head.birth_date, head.birth_year, head.birth_precision) == (on, year, precision)


@pytest.mark.parametrize("birth", ["13/25/2026", "31/02/1968", "không rõ"])
def test_a_birth_that_does_not_exist_is_refused(birth):
    entry = entry_of(typed(birth=birth))

    assert not entry.is_valid()
    assert entry.form.errors["birth"]
    assert entry.errors[0].url == "#id_birth"


def test_the_values_are_those_the_import_would_store():
    entry = entry_of(
        typed(
            full_name="ĐỖ THỊ ẨN", hamlet="KP1", phone="0121 234 5678", gender="", ethnic_group="Kinh",
            attributes=["NCC", "HS"], member_count="", note="ghi chú", da_xem="",
        )
    )  # fmt: skip
    entry.is_valid()
    values = entry.values()

    assert (values.head.full_name, values.head.gender, values.head.ethnic_group) == ("Đỗ Thị Ẩn", "F", "01")
    assert (values.hamlet, values.attributes) == ("Khu phố 1", ["NCC", "HS"])
    assert values.phone == "0792345678"
    assert values.member_count == 1


SAME = [  # what is typed, and the row of a file that says the same
    {"full_name": "Đỗ Thị 123"},
    {"identity_number": "06016800012"},
    {"identity_number": "1,11E+10"},
    {"identity_number": "261234567"},
    {"identity_number": "999168000123"},
    {"identity_number": "060068000123"},
    {"identity_number": "060169000123"},
    {"identity_number": ""},
    {"birth": "1899"},
    {"birth": "2020", "identity_number": ""},
    {"phone": "12345"},
    {"phone": "01212345678"},
    {"hamlet": ""},
    {"ethnic_group": "Sao Hỏa"},
]
COLUMNS = {
    "full_name": "Họ và tên chủ hộ", "birth": "Ngày sinh", "gender": "Giới tính", "identity_number": "Số CCCD",
    "hamlet": "Thôn", "category": "Diện", "phone": "Số điện thoại", "ethnic_group": "Dân tộc",
}  # fmt: skip


@pytest.mark.parametrize("different", SAME, ids=str)
def test_the_form_says_what_the_import_says_about_the_same_values(different):
    data = typed(**different)
    cells = {name: data.get(name, "") for name in COLUMNS} | {"gender": "Nữ", "category": "Hộ nghèo"}
    sheet = Sheet("Danh sách", rows=[list(COLUMNS.values()), [cells[name] for name in COLUMNS]])
    parsed = parse_sheets([sheet], today=timezone.localdate())
    by_import = {problem.message for problem in parsed.problems if problem.severity != "note"}
    assert by_import

    entry = entry_of(data)
    assert not entry.is_valid()
    by_form = {text.partition(": ")[2] for text in said_about(entry)}
    assert by_import - {m for m in by_import if "could be swapped" in m} <= by_form


def test_a_doubt_asks_for_a_tick_that_holds_for_that_doubt_only():
    data = typed(identity_number="")
    entry = entry_of(data)
    assert not entry.is_valid()
    assert not entry.errors
    data["da_xem"] = entry.signature
    assert entry_of(data).is_valid()

    data["phone"] = "12345"
    assert not entry_of(data).is_valid()


def test_members_are_checked_and_empty_rows_are_nobody():
    entry = entry_of(
        typed(
            {"full_name": "Lê Văn Con", "birth": "2012", "gender": "M", "relation": "Con", "attends_school": "on"},
            {"full_name": "", "birth": "", "gender": ""},
            {"full_name": "Lê Thị Gái", "birth": "", "gender": ""},
            {"full_name": "Đã Bỏ", "remove": "on"},
        )
    )

    assert not entry.is_valid()
    assert {error.url for error in entry.errors} == {"#id_tv-2-birth", "#id_tv-2-gender"}
    assert all("Member 3" in error.text for error in entry.errors)


def test_a_member_of_whom_nothing_is_right_is_still_somebody():
    entry = entry_of(typed({"full_name": "123", "birth": "31/02/2010", "gender": "", "identity_number": "77"}))

    assert not entry.is_valid()
    assert {error.url for error in entry.errors} >= {
        "#id_tv-0-full_name", "#id_tv-0-birth", "#id_tv-0-gender", "#id_tv-0-identity_number"
    }  # fmt: skip


def test_the_gender_is_taken_from_an_identity_number_that_fits():
    entry = entry_of(
        typed({"full_name": "Lê Văn Con", "birth": "2012", "gender": "", "identity_number": "060212000456"}, gender="")
    )

    assert entry.is_valid(), said_about(entry)
    assert (entry.values().head.gender, entry.values().members[0].gender) == ("F", "M")


def test_a_missing_gender_is_an_error_with_a_suggestion():
    entry = entry_of(typed(gender="", identity_number="", da_xem=""))

    assert not entry.is_valid()
    (error,) = [e for e in entry.errors if e.name == "gender"]
    assert (error.fix, error.url) == ("F", "#id_gender_0")


def test_a_number_of_another_household_is_an_error_that_names_the_commune():
    holder = make_household(identity=NUMBER)
    entry = entry_of(typed())

    assert not entry.is_valid()
    assert holder.code in entry.errors[0].text
    assert "060••••••123" in entry.errors[0].text


def test_a_phone_and_a_name_that_are_known_already_are_doubts():
    make_household(phone="0912345678", head_name="Đỗ Thi Ân")
    known = make_household(head_name="Đỗ Thị Ấn").members.get()
    type(known).objects.filter(pk=known.pk).update(birth_year=1968)
    entry = entry_of(typed(phone="0912345678"))

    assert not entry.is_valid()
    assert not entry.errors
    assert any("1 other households" in w.text for w in entry.warnings)
    assert any("Đỗ Thị Ấn" in w.text for w in entry.warnings)


def test_a_household_does_not_object_to_itself():
    household = make_household(identity=NUMBER, phone="0912345678", head_name="Đỗ Thị Ẩn")
    household.members.update(birth_year=1968)
    entry = entry_of(typed(identity_number="", phone="0912345678", phien_ban="1"), household)

    assert entry.is_valid(), said_about(entry)
    assert entry.values().head.identity_number is KEEP
    assert entry.version == 1


@pytest.mark.parametrize(("said", "kept"), [("", KEEP), ("-", ""), ("060168000999", "060168000999")])
def test_a_registered_number_is_kept_removed_or_replaced(said, kept):
    household = make_household(identity=NUMBER)
    entry = entry_of(typed(identity_number=said, phien_ban="1"), household)
    entry.is_valid()

    assert not entry.errors
    assert entry.values().head.identity_number == kept


def test_a_registered_number_is_never_in_the_form():
    household = make_household(identity=NUMBER)
    make_person(household, identity="060168000777", full_name="Trần Văn Khoa")
    entry = HouseholdEntry(make_officer(), commune(), household=household)

    html = str(entry.form) + "".join(str(form) for form in entry.members.forms)
    assert NUMBER not in html
    assert "060168000777" not in html
    assert "Trần Văn Khoa" in html


def test_an_officer_of_a_wider_area_chooses_the_commune():
    entry = HouseholdEntry(make_officer(area=province()), province(), data=typed(xa=str(commune().number)))

    assert entry.is_valid(), said_about(entry)
    assert entry.values().area_no == commune().number
    assert "xa" not in entry_of(typed()).form.fields


def test_text_is_stored_in_composed_letters():
    entry = entry_of(typed(hamlet=unicodedata.normalize("NFD", "Thôn Hòa")))
    entry.is_valid()

    assert entry.values().hamlet == "Thôn Hòa"
