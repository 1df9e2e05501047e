"""What holds for every list: twice is once, undone is never done, and a clean value is its own clean value."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from beneficiaries.intake.cells import DateCell, NumberCell
from beneficiaries.intake.value_words import read_attributes, read_category, read_gender, read_hamlet, read_mark
from beneficiaries.intake.values import (
    Birth,
    read_birth,
    read_count,
    read_identity,
    read_name,
    read_phone,
)
from beneficiaries.models import Household, HouseholdNumber, ImportFile, Person
from beneficiaries.names import display_name, fold
from tests.beneficiaries.lists import name, read, save, undo, xlsx
from tests.factories import make_officer

State = ImportFile.State

# ---- lists ----

HEADER = [
    "STT",
    "Họ và tên",
    "Ngày sinh",
    "Giới tính",
    "Quan hệ với chủ hộ",
    "Số CCCD",
    "Số điện thoại",
    "Thôn",
    "Loại hộ",
]


@dataclass(frozen=True)
class Family:
    """A woman born in 1970 with her daughters; `number` tells the families of a list apart."""

    number: int
    birth: str = "15/08/1970"
    has_identity: bool = True
    phone: str = ""
    hamlet: str = "Khu phố 1"
    category: str = "Hộ nghèo"
    daughters: tuple[int, ...] = ()  # years of birth

    def rows(self) -> list[list[str]]:
        identity = f"060170{self.number:06d}" if self.has_identity else ""
        head = ["1", name(self.number), self.birth, "Nữ", "Chủ hộ", identity, self.phone, self.hamlet, self.category]
        return [head] + [
            ["", name(self.number + 100 + i), str(year), "Nữ", "Con", f"0603{year % 100:02d}{self.number:03d}{i:03d}"]
            for i, year in enumerate(self.daughters)
        ]


births = st.dates(datetime.date(1970, 1, 2), datetime.date(1970, 12, 31)).map("{:%d/%m/%Y}".format) | st.just("1970")
phones = st.just("") | st.integers(0, 99_999_999).map("09{:08d}".format) | st.just("0168 123 4567")
hamlets = st.sampled_from(["Khu phố 1", "KP2", "kp.03", "Khu phố 4"])
categories = st.sampled_from(["Hộ nghèo", "HN", "Hộ cận nghèo", "HCN-NCC", "chính sách xã hội", "?"])
daughters = st.lists(st.integers(2001, 2015), max_size=2).map(tuple)
families = st.builds(
    Family, st.integers(1, 60), births, st.booleans(), phones, hamlets, categories, daughters,
)  # fmt: skip
lists = st.lists(families, min_size=1, max_size=6, unique_by=lambda family: family.number).map(
    lambda drawn: [*drawn, Family(61)]  # one at least can be saved
)
few = settings(
    max_examples=5, deadline=None, phases=[Phase.explicit, Phase.generate],  # shrinking one takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
WELL_KNOWN = [Family(1, daughters=(2001,)), Family(2, has_identity=False, phone="0912345678"), Family(3, category="?")]


def as_workbook(content: list[Family]) -> bytes:
    return xlsx([["DANH SÁCH HỘ NGHÈO NĂM 2024"], HEADER, *[row for family in content for row in family.rows()]])


def as_text(content: list[Family]) -> bytes:
    lines = [HEADER, *[row for family in content for row in family.rows()]]
    return "\r\n".join(";".join(line) for line in lines).encode("utf-8-sig")


def dump(model: type[Household | Person | HouseholdNumber]) -> list[tuple[object, ...]]:
    columns = [field.attname for field in model._meta.concrete_fields]
    rows = model._default_manager.order_by("pk").values_list(*columns)
    return [tuple(bytes(value) if isinstance(value, memoryview) else value for value in row) for row in rows]


@pytest.fixture
def official(everywhere):
    return make_officer()


@pytest.mark.django_db
@pytest.mark.usefixtures("everywhere", "files")
@few
@example(WELL_KNOWN)
@given(lists)
def test_the_same_list_from_another_file_changes_nothing(official, content):
    with transaction.atomic():
        first = save(read(as_workbook(content), official), official)
        once = [dump(Household), dump(Person), dump(HouseholdNumber)]
        again = save(read(as_text(content[::-1]), official, "lai.csv"), official)

        assert (again.state, again.added, again.updated) == (State.APPLIED, 0, 0)
        assert again.unchanged == first.added
        assert [dump(Household), dump(Person), dump(HouseholdNumber)] == once
        transaction.set_rollback(True)


@dataclass(frozen=True)
class Later:
    """A list as it was, and as the commune sends it a year after."""

    before: list[Family]
    after: list[Family]


@st.composite
def later(draw: st.DrawFn) -> Later:
    """Households that stayed, changed, got a daughter, went or came."""
    whole = [replace(family, has_identity=True, category="HN") for family in draw(lists)]
    before = whole[: draw(st.integers(0, len(whole)))]
    after = []
    for family in whole:
        changed = replace(
            family, phone=draw(phones), hamlet=draw(hamlets), category=draw(categories),
            daughters=family.daughters + draw(daughters),
        )  # fmt: skip
        after.append(draw(st.sampled_from([family, changed, changed])))
    return Later(before, after)


YOUNG = [Family(1), Family(2), Family(3, daughters=(2002,))]
GROWN = [
    Family(1, phone="0912345678", daughters=(2001, 2004)),
    Family(2, hamlet="Khu phố 4", category="HCN", daughters=(2003, 2006)),
    Family(9),
]


@pytest.mark.django_db
@pytest.mark.usefixtures("everywhere", "files")
@few
@example(Later(YOUNG, GROWN))
@given(later())
def test_an_undone_file_leaves_the_register_exactly_as_it_was(official, year):
    with transaction.atomic():
        if year.before:
            save(read(as_workbook(year.before), official), official)
        before = [dump(Household), dump(Person)]
        file = save(read(as_text(year.after), official, "sau.csv"), official)
        assert ([dump(Household), dump(Person)] != before) == bool(file.added or file.updated)

        assert undo(file, official).state == State.UNDONE
        assert [dump(Household), dump(Person)] == before
        transaction.set_rollback(True)


def test_the_well_known_later_list_changes_and_adds(official, files):
    """The example above is worth its name: two households change and get daughters, one is new."""
    save(read(as_workbook(YOUNG), official), official)
    file = save(read(as_text(GROWN), official, "sau.csv"), official)
    assert (file.added, file.updated, Person.objects.count()) == (1, 2, 9)


# ---- values ----

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"
words = st.text(LETTERS + LETTERS.upper() + "\u0300\u0301\u0303\u0309\u0323'’-. 0123456789,;/()", max_size=30)
texts = words | st.text(max_size=20)
digits = st.text("0123456789", min_size=7, max_size=13)
numbered = st.builds(
    lambda number, label, sign: label + sign.join([number[:4], number[4:7], number[7:]]),
    digits, st.sampled_from(["", "CCCD: ", "ĐT ", "+84", "84"]), st.sampled_from(["", " ", ".", "-", "\u00a0"]),
)  # fmt: skip
valid_identity = st.builds("060{}{:02d}{:06d}".format, st.integers(0, 3), st.integers(0, 99), st.integers(0, 999_999))
old_mobile = st.builds(
    "01{}{:07d}".format, st.sampled_from(["20", "26", "62", "69", "86", "99"]), st.integers(0, 9_999_999)
)
many = settings(max_examples=150, deadline=None)


@many
@given(texts)
def test_a_clean_name_is_its_own_clean_name(text):
    once = read_name(text).value
    assert read_name(once).value == once
    assert display_name(display_name(text)) == display_name(text)
    assert fold(fold(text)) == fold(text)


UNITS = ["", "KP", "kp.", "K/P ", "tdp", "Tổ DP ", "t", "Th.", "thôn ", "THÔN ", "khu phố ", "Ấp ", "bản "]
unit_names = st.builds(
    "{}{}".format, st.sampled_from(UNITS), st.integers(0, 30).map(str) | st.just("07") | st.just("bắc sơn") | words
)


@many
@given(unit_names | texts, st.sampled_from(["", "Thôn", "Khu phố"]))
def test_a_clean_hamlet_is_its_own_clean_hamlet(text, header):
    once = read_hamlet(text, header)
    assert read_hamlet(once, header) == once


def written(birth: Birth) -> str:
    if birth.on:
        return f"{birth.on:%d/%m/%Y}"
    return "" if birth.year is None else str(birth.year)


parts = st.tuples(st.integers(0, 32), st.integers(0, 13), st.integers(0, 99) | st.integers(1890, 2030))
written_dates = st.builds(
    lambda part, sign: sign.join(f"{number:02d}" for number in part),
    parts,
    st.sampled_from(["/", "-", ".", " ", " / "]),
)
birth_cells = (
    written_dates
    | parts.map(lambda part: "ngày {} tháng {} năm {}".format(*part))
    | st.dates(datetime.date(1900, 1, 1), datetime.date(2030, 12, 31)).map(lambda day: DateCell(day.isoformat()))
    | st.integers(0, 60_000).map(lambda number: NumberCell(str(number)))
)


@many
@given(birth_cells)
def test_a_birth_written_out_is_the_same_birth(cell):
    once = read_birth(cell)
    if once.precision != "month":
        again = read_birth(written(once))
        assert (again.on, again.year, again.precision) == (once.on, once.year, once.precision)
    else:
        assert once.year is not None


@many
@given(
    st.integers(1, 12), st.integers(1900, 2030), st.sampled_from(["{}/{}", "{:02d}-{}", "tháng {} năm {}", "00/{}/{}"])
)
def test_a_month_of_birth_is_read_alike_in_every_spelling(month, year, spelling):
    once = read_birth(spelling.format(month, year))
    again = read_birth(f"{month:02d}/{year}")
    assert (once.on, once.year, once.precision) == (again.on, again.year, again.precision) == (None, year, "month")


@many
@given(numbered | old_mobile | texts)
def test_a_clean_phone_is_its_own_clean_phone(cell):
    once = read_phone(cell).value
    again = read_phone(once)
    assert (again.value, again.change, again.doubts) == (once, "", [])


@many
@given(
    numbered | valid_identity | valid_identity.map(lambda number: number.lstrip("0")) | texts, st.integers(1900, 2020)
)
def test_a_clean_identity_number_is_its_own_clean_number(cell, year):
    once = read_identity(cell, gender="", birth_year=year)
    again = read_identity(once.number or once.old_number, gender="", birth_year=year)
    assert (again.number, again.old_number) == (once.number, once.old_number)
    assert not once.number or again.change == ""


PHRASES = [
    "hộ nghèo",
    "HN",
    "cận nghèo 2024",
    "HCN",
    "CSXH",
    "NCC",
    "người có công",
    "bảo trợ xã hội",
    "dtts",
    "học sinh",
    "x",
    "-",
]
phrases = st.lists(st.sampled_from(PHRASES), max_size=4).map(" - ".join) | texts


@many
@given(phrases)
def test_the_words_of_a_category_mean_what_its_code_means(text):
    found = read_category(text)
    if found.category:
        assert (read_category(found.category).category, read_category(found.category).is_sure) == (found.category, True)
    assert read_attributes(", ".join(found.attributes)) == (found.attributes, True)
    once, _ = read_attributes(text)
    assert read_attributes(", ".join(once)) == (once, True)


@many
@given(st.sampled_from(["nam", "Nữ", "F", "n.nam", "ông", "-", ""]) | texts)
def test_marks_genders_and_counts_read_back_as_what_they_are(text):
    gender = read_gender(text)
    assert gender is None or read_gender(gender) == gender
    mark = read_mark(text)
    assert mark is None or read_mark("x" if mark else "") == mark
    members, _ = read_count(text)
    assert members is None or read_count(str(members)) == (members, "")
