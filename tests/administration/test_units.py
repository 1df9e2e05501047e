"""The national file of units, read without a database."""

import csv
import datetime
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from administration.units import read

DATA = Path(__file__).parent / "data"
FILE = Path(read.__file__).parent / "units.csv"
DECEMBER_2024 = datetime.date(2024, 12, 1)
BEFORE_THE_REFORM = datetime.date(2025, 6, 30)
REFORM = datetime.date(2025, 7, 1)


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def valid_on(day: datetime.date) -> list[read.Unit]:
    return [unit for unit in read.all_units() if unit.is_valid_on(day)]


def by_number(number: int) -> read.Unit:
    return next(unit for unit in read.all_units() if unit.number == number)


def binh_thuan(code: str, day: datetime.date = DECEMBER_2024) -> read.Unit:
    return next(unit for unit in read.units(day, "60") if unit.code == code)


def becomes(old: read.Unit) -> list[tuple[str, str, bool]]:
    steps = [step for step in read.conversions() if step.old == old.number]
    return [(by_number(step.new).name, step.extent, step.is_default) for step in steps]


# --- the country ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (BEFORE_THE_REFORM, {"province": 63, "district": 696, "commune": 10_035}),
        (REFORM, {"province": 34, "commune": 3_321}),
    ],
)
def test_country_before_and_after_the_reform_has_its_official_numbers(day: datetime.date, expected: dict[str, int]):
    assert Counter(unit.level for unit in valid_on(day)) == expected


def test_kinds_before_the_reform_are_counted_as_the_register_counts_them():
    kinds = Counter(unit.kind for unit in valid_on(BEFORE_THE_REFORM))
    assert (kinds["province"], kinds["municipality"]) == (57, 6)
    assert sum(kinds[kind] for kind in ("city", "town", "urban_district", "rural_district")) == 696
    assert sum(kinds[kind] for kind in ("commune", "ward", "township")) == 10_035


def test_kinds_after_the_reform_are_the_official_ones():
    assert Counter(unit.kind for unit in valid_on(REFORM)) == {
        "province": 28,
        "municipality": 6,
        "commune": 2_621,
        "ward": 687,
        "special_zone": 13,
    }


def test_only_five_island_districts_have_no_communes():
    parents = {unit.parent for unit in valid_on(BEFORE_THE_REFORM)}
    childless = [
        unit.short_name
        for unit in valid_on(BEFORE_THE_REFORM)
        if unit.level == "district" and unit.number not in parents
    ]
    assert childless == ["Bạch Long Vĩ", "Cồn Cỏ", "Hoàng Sa", "Lý Sơn", "Côn Đảo"]


def test_codes_are_unique_among_the_units_of_one_day():
    for day in (DECEMBER_2024, BEFORE_THE_REFORM, REFORM):
        codes = Counter((unit.level, unit.code) for unit in valid_on(day))
        assert max(codes.values()) == 1


def test_names_carry_the_word_of_their_kind_and_numbered_wards_keep_it_in_the_short_name():
    ward = next(unit for unit in valid_on(BEFORE_THE_REFORM) if unit.code == "27076")
    assert (ward.name, ward.short_name, ward.kind) == ("Phường 15", "Phường 15", "ward")
    assert by_number(ward.parent).name == "Quận Phú Nhuận"
    assert (binh_thuan("22915").name, binh_thuan("22915").short_name) == ("Phường Mũi Né", "Mũi Né")


def test_every_word_of_a_name_begins_with_a_capital_except_in_state_farms():
    small = {unit.name for unit in read.all_units() if any(word[0].islower() for word in unit.short_name.split())}
    assert len(small) == 7
    assert all(name.startswith("Thị trấn Nông trường ") for name in small)


# --- numbers ----------------------------------------------------------------------------------------------------------


def assert_is_a_tree_of_intervals(units: list[read.Unit]) -> None:
    """Each subtree is one interval, children lie inside their parent, siblings never overlap."""
    known = {read.COUNTRY.number: read.COUNTRY} | {unit.number: unit for unit in units}
    end_of_last_child: dict[int, int] = {}
    for unit in units:
        parent = known[unit.parent]
        assert parent.number < unit.number <= unit.last <= parent.last
        assert unit.number > end_of_last_child.get(parent.number, parent.number)
        end_of_last_child[parent.number] = unit.last
    for number, end in end_of_last_child.items():
        assert number == read.COUNTRY.number or known[number].last == end
    assert all(unit.last == unit.number for unit in units if unit.number not in end_of_last_child)


def test_every_subtree_is_one_interval_disjoint_from_its_siblings():
    assert_is_a_tree_of_intervals(list(read.all_units()))


def test_each_era_has_its_own_block_of_numbers():
    for unit in read.all_units():
        assert (unit.number >= 2_000_000) == (unit.valid_from >= REFORM)
        assert unit.number % 10 == 0
    assert read.all_units()[0].number == 1_000_000
    assert max(unit.last for unit in read.all_units()) < read.COUNTRY.last < 2**31


def test_published_numbers_stay_as_they_were_published():
    province, ward = binh_thuan("60"), binh_thuan("22915")
    assert (province.number, province.last, ward.number) == (1_072_920, 1_074_310, 1_072_940)
    lam_dong = read.units(REFORM, "68")[0]
    assert (lam_dong.number, lam_dong.last) == (2_023_680, 2_024_920)


def test_unit_added_later_to_the_middle_takes_a_gap_and_moves_no_other_number():
    before = [
        "code,kind,name,valid_from,valid_to,becomes,number",
        "era,,,2025-07-01,,,3000000",
        "60,T,A",
        "10001,X,B",
        "10005,X,C",
    ]
    after = [*before[:4], "10003,P,D,2026-04-30,,,3000015", *before[4:]]
    old, new = list(read.read(before)), list(read.read(after))
    assert [unit for unit in new if unit.code != "10003"] == old
    assert [unit.number for unit in new] == [3_000_000, 3_000_010, 3_000_015, 3_000_020]
    assert_is_a_tree_of_intervals(new)


@given(st.lists(st.lists(st.integers(0, 4), max_size=4), min_size=1, max_size=5))
def test_any_tree_of_provinces_districts_and_communes_becomes_nested_intervals(shape: list[list[int]]):
    lines = ["code,kind,name,valid_from,valid_to,becomes,number", "era,,,2004-07-08,2025-07-01,,1000000"]
    for p, districts in enumerate(shape):
        lines.append(f"{p:02},T,P")
        for d, communes in enumerate(districts):
            lines.append(f"{d:03},H,D")
            lines.extend(f"{c:05},X,C" for c in range(communes))
    units = list(read.read(lines))
    assert len(units) == len(lines) - 2
    assert_is_a_tree_of_intervals(units)


# --- Bình Thuận -------------------------------------------------------------------------------------------------------


def test_binh_thuan_in_december_2024_is_exactly_the_official_list():
    units = read.units(DECEMBER_2024, "60")
    assert Counter(unit.level for unit in units) == {"province": 1, "district": 10, "commune": 121}
    found = {(unit.level, unit.code, unit.name, by_number(unit.parent).code if unit.parent else "") for unit in units}
    assert found == {
        (row["level"], row["code"], row["name"], row["parent_code"]) for row in rows("binh_thuan_2024.csv")
    }
    kinds = Counter(unit.kind for unit in units if unit.level == "commune")
    assert kinds == {"commune": 93, "ward": 16, "township": 12}


def test_binh_thuan_after_the_reform_is_exactly_45_units_of_lam_dong():
    old_numbers = {unit.number for unit in read.units(DECEMBER_2024, "60")}
    heirs = {by_number(step.new) for step in read.conversions() if step.old in old_numbers}
    assert {(unit.code, unit.name) for unit in heirs} == {
        (row["code"], row["name"]) for row in rows("binh_thuan_2025.csv")
    }
    assert {unit.province for unit in heirs} == {"68"}
    assert Counter(unit.kind for unit in heirs) == {"commune": 36, "ward": 8, "special_zone": 1}


def test_binh_thuan_conversion_is_exactly_the_official_one():
    old = {unit.number: unit for unit in read.units(DECEMBER_2024, "60")}
    found = {
        (old[step.old].code, by_number(step.new).code, step.extent, step.is_default)
        for step in read.conversions()
        if step.old in old
    }
    expected = rows("binh_thuan_becomes_2025.csv")
    assert found == {(row["old_code"], row["new_code"], row["extent"], row["default"] == "yes") for row in expected}
    assert len(expected) == 123


def test_phong_phu_is_split_in_two_and_most_people_go_to_tuy_phong():
    assert becomes(binh_thuan("22978")) == [("Xã Tuy Phong", "part", True), ("Xã Phan Rí Cửa", "part", False)]


def test_code_22918_means_another_unit_after_the_reform():
    old = binh_thuan("22918")
    new = next(unit for unit in read.units(REFORM, "68") if unit.code == "22918")
    assert (old.name, new.name) == ("Phường Hàm Tiến", "Phường Mũi Né")
    assert old.valid_to == new.valid_from
    assert old.number != new.number


@pytest.mark.parametrize(
    ("short_name", "expected"),
    [
        ("Tân Hà", [("Xã Tân Hà", "Huyện Hàm Tân"), ("Xã Tân Hà", "Huyện Đức Linh")]),
        ("Bình Tân", [("Phường Bình Tân", "Thị xã La Gi"), ("Xã Bình Tân", "Huyện Bắc Bình")]),
    ],
)
def test_units_with_the_same_name_in_one_province_are_kept_apart(short_name: str, expected: list[tuple[str, str]]):
    same = [unit for unit in read.units(DECEMBER_2024, "60") if unit.short_name == short_name]
    assert sorted((unit.name, by_number(unit.parent).name) for unit in same) == expected
    assert len({unit.code for unit in same}) == 2


def test_phan_thiet_before_the_merger_of_december_2024_has_its_three_other_wards():
    day_before = DECEMBER_2024 - datetime.timedelta(days=1)
    before, after = ({unit.name for unit in read.units(day, "60")} for day in (day_before, DECEMBER_2024))
    assert before - after == {"Phường Đức Thắng", "Phường Đức Nghĩa", "Phường Hưng Long"}
    assert len([unit for unit in read.units(day_before, "60") if unit.level == "commune"]) == 124
    assert becomes(binh_thuan("22951", day_before)) == [("Phường Bình Hưng", "full", True)]
    assert binh_thuan("22951").name == "Phường Bình Hưng"


def test_merger_of_2020_is_known():
    merged = next(unit for unit in read.all_units() if unit.name == "Xã Đức Tân" and unit.code == "23167")
    assert merged.valid_to == datetime.date(2020, 1, 1)
    assert becomes(merged) == [("Xã Măng Tố", "full", True)]


def test_area_class_is_unknown_except_where_it_is_certain():
    islands = {unit.name for unit in read.units(DECEMBER_2024, "60") if read.area_class(unit) == "island"}
    assert islands == {"Xã Ngũ Phụng", "Xã Long Hải", "Xã Tam Thanh"}
    assert Counter(read.area_class(unit) for unit in read.units(REFORM, "68")) == {"unknown": 124, "island": 1}


# --- conversion of the country ----------------------------------------------------------------------------------------


def test_every_old_commune_goes_somewhere_and_every_new_one_comes_from_somewhere():
    old, new = valid_on(BEFORE_THE_REFORM), [unit for unit in valid_on(REFORM) if unit.level == "commune"]
    parents = {unit.parent for unit in old}
    leaves = {unit.number for unit in old if unit.number not in parents}
    assert len(leaves) == 10_040
    assert {step.old for step in read.conversions() if step.new >= 2_000_000} == leaves
    assert {step.new for step in read.conversions() if step.new >= 2_000_000} == {unit.number for unit in new}


def test_each_old_unit_has_exactly_one_default_and_is_split_only_when_it_has_several_heirs():
    steps: dict[int, list[read.Conversion]] = {}
    for step in read.conversions():
        steps.setdefault(step.old, []).append(step)
    for heirs in steps.values():
        assert [step.is_default for step in heirs].count(True) == 1
        assert {step.extent for step in heirs} == ({"part"} if len(heirs) > 1 else {"full"})


def test_namesakes_that_came_under_one_new_province_are_not_mixed_up():
    """The source mixes them up: Phú Tân of Hậu Giang went to Phú Hữu, Phú Tân of Sóc Trăng to Thuận Hòa."""
    old = {unit.code: unit for unit in valid_on(BEFORE_THE_REFORM)}
    assert becomes(old["31379"]) == [("Xã Phú Hữu", "full", True)]
    assert becomes(old["31582"]) == [("Xã Thuận Hòa", "full", True)]
    assert becomes(old["25462"]) == [("Phường Tân Ninh", "full", True)]


def test_old_communes_of_a_province_all_end_in_the_same_new_province():
    provinces = {unit.number: unit.province for unit in read.all_units()}
    heirs: dict[str, set[str]] = {}
    for step in read.conversions():
        if step.new >= 2_000_000:
            heirs.setdefault(provinces[step.old], set()).add(provinces[step.new])
    assert len(heirs) == 63
    assert all(len(found) == 1 for found in heirs.values())


# --- questions the file cannot answer ---------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["59", "6", "060", "", "22915"])
def test_code_that_is_no_province_is_refused(code: str):
    with pytest.raises(read.UnknownProvince):
        read.units(DECEMBER_2024, code)


def test_province_that_has_ended_is_refused_with_the_one_that_took_it_over():
    with pytest.raises(read.ProvinceNotOnThatDay) as refusal:
        read.units(REFORM, "60")
    assert refusal.value.moved_to == read.units(REFORM, "68")[0]


def test_day_before_the_file_begins_is_refused():
    with pytest.raises(read.DayNotCovered):
        read.units(datetime.date(2019, 12, 31), "60")


def test_units_without_a_day_are_those_of_now():
    assert read.units(None, "68") == read.units(datetime.date(2025, 12, 1), "68")


def test_only_binh_thuan_is_exact_before_the_day_of_the_register():
    assert read.is_exact(DECEMBER_2024, "60")
    assert not read.is_exact(DECEMBER_2024, "68")
    assert read.is_exact(BEFORE_THE_REFORM, "68")


# --- the file itself --------------------------------------------------------------------------------------------------


def test_file_is_small_plain_and_holds_no_coordinates():
    text = FILE.read_text(encoding="utf-8")
    assert FILE.stat().st_size < 400_000
    assert not re.search(r"\d\.\d|\d{8,}", text)
    assert all(line.count(",") <= 6 for line in text.splitlines())
