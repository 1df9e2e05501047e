"""Mending rows before they are saved: cells, groups, rows left for later, look-alikes."""

from __future__ import annotations

import pytest

from administration.models import AuditEvent
from administration.refusals import NotPossible
from administration.verbs import Verb
from beneficiaries.actions import import_files, import_rows
from beneficiaries.import_errors import line_of, views_of
from beneficiaries.import_row_form import row_form, values_of
from beneficiaries.intake.choices import choices_from_json
from beneficiaries.intake.group_fixes import find_groups
from beneficiaries.intake.staged import opened
from beneficiaries.models import Household, ImportFile
from tests.beneficiaries.lists import (
    FIRST_ROW,
    a_list,
    codes,
    household,
    identity,
    name,
    read,
    reloaded,
    save,
    staged,
    xlsx,
)
from tests.factories import LIEN_HUONG, commune, make_household, make_officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "files")]


@pytest.fixture
def official(everywhere):
    return make_officer()


def mend(file: ImportFile, row_no: int, field: str, value: str, official, *, at: int | None = None):
    head_row = row_no if at is None else at
    return import_rows.mend_cell(file.pk, staged(file, head_row).pk, row_no, field, value, by=official)


def states(file: ImportFile) -> list[str]:
    return list(file.households.in_file_order().values_list("state", flat=True))


def group(file: ImportFile, code: str):
    groups = find_groups(import_rows.grouped_rows(file), views_of(file))
    return next((found for found in groups if found.code == code), None)


# ---- one cell ----


@pytest.mark.parametrize(
    ("column", "broken", "code", "field", "mended", "stored"),
    [
        ("Họ và tên chủ hộ", "", "V01", "full_name", "Lê Thị Mận", ("full_name", "Lê Thị Mận")),
        ("Ngày sinh", "31/02/1970", "V13", "birth", "5/3/1970", ("birth", [1970, "1970-03-05", "day"])),
        ("Ngày sinh", "31/02/1970", "V13", "birth", "1970", ("birth", [1970, None, "year"])),
        ("Số CCCD", "0601700001", "V03", "identity_number", "060170000001", ("identity_number", "060170000001")),
        ("Giới tính", "", "V47", "gender", "Nữ", ("gender", "F")),
    ],
)
def test_a_mended_cell_is_read_like_the_file_and_saved(official, column, broken, code, field, mended, stored):
    row = household(1, **{"Số CCCD": "", column: broken})
    file = read(a_list([row]), official)
    assert code in codes(file, FIRST_ROW)
    mend(file, FIRST_ROW, field, mended, official)
    after = staged(file, FIRST_ROW)
    assert code not in after.problem_codes
    assert after.state == "ready"
    assert after.values["household"]["people"][0][stored[0]] == stored[1]
    assert save(file, official).added == 1


def test_a_cell_mended_wrongly_stays_an_error_with_the_new_text(official):
    file = read(a_list([household(1, **{"Ngày sinh": "31/02/1970"})]), official)
    one = mend(file, FIRST_ROW, "birth", "30/02/1970", official)
    assert [(p.code, p.params["v"]) for p in one.problems if p.severity == "error"] == [("V13", "30/02/1970")]


def test_mending_is_recorded_without_the_value(official):
    file = read(a_list([household(1, **{"Họ và tên chủ hộ": ""})]), official)
    mend(file, FIRST_ROW, "full_name", "Lê Thị Mận", official)
    event = AuditEvent.objects.get(verb=Verb.FILE_MENDED)
    assert (event.details["row"], event.details["fields"]) == (FIRST_ROW, ["full_name"])
    assert "Mận" not in str(event.details)


def test_the_same_text_again_changes_nothing(official):
    file = read(a_list([household(1)]), official)
    mend(file, FIRST_ROW, "full_name", name(1), official)
    assert not AuditEvent.objects.filter(verb=Verb.FILE_MENDED).exists()


def test_the_original_cell_stays_beside_the_mended_one(official):
    file = read(a_list([household(1, **{"Ngày sinh": "31/02/1970"})]), official)
    mend(file, FIRST_ROW, "birth", "1970", official)
    payload = staged(file, FIRST_ROW).values
    assert "31/02/1970" in payload["rows"][0][1]
    assert payload["mends"] == [["", FIRST_ROW, "birth", "1970"]]


def test_a_year_under_nam_or_nu_keeps_the_gender_when_the_birth_is_mended(official):
    lines = [
        ["STT", "Họ và tên chủ hộ", "Năm sinh", "", "Số CCCD", "Thôn", "Loại hộ"],
        ["", "", "Nam", "Nữ", "", "", ""],
        [1, name(1), "", "19700", identity(1), "Thôn 1", "Hộ nghèo"],
        [2, name(2), "", "1970", identity(2), "Thôn 1", "Hộ nghèo"],
        [3, "Trần Văn Ba", "1971", "", "", "Thôn 1", "Hộ nghèo"],
    ]
    file = read(xlsx(lines), official)
    assert "V13" in codes(file, 3)
    mend(file, 3, "birth", "1970", official)
    person = staged(file, 3).values["household"]["people"][0]
    assert (person["gender"], person["birth"][0]) == ("F", 1970)


# ---- what a cell shows ----

BY_MARKS = [
    ["STT", "Họ và tên chủ hộ", "Năm sinh", "", "Số CCCD", "Thôn", "Hộ nghèo", "Hộ cận nghèo"],
    ["", "", "Nam", "Nữ", "", "", "", ""],
    ["I. HỘ CẬN NGHÈO"],
    [1, name(1), "", "1970", identity(1), "Thôn 1", "x", ""],
    [2, name(2), "", "1970", identity(2), "Thôn 1", "", "x"],
]


def cells_of(file: ImportFile, row_no: int) -> dict[str, object]:
    (head,) = row_form(opened(staged(file, row_no)), views_of(file))
    return {cell.field: cell for cell in head.cells}


def test_a_choice_shows_what_an_x_or_a_year_in_another_column_said(official):
    file = read(xlsx(BY_MARKS), official)
    assert "V67" in codes(file, 4)  # an x for poor under the heading of the near-poor
    line = line_of(opened(staged(file, 4)), views_of(file))
    (category,) = [cell for cell in line.others if cell.field == "category"]
    assert (category.value, [label for value, label, _ in category.options if value == ""]) == ("HN", [])
    shown = cells_of(file, 5)
    labels = {name: [label for _, label, chosen in shown[name].options if chosen] for name in ("category", "gender")}
    assert labels == {"category": ["Near-poor household"], "gender": ["Female"]}
    assert shown["birth"].text == "1970"


def test_a_row_posted_as_it_is_shown_mends_nothing(official):
    file = read(xlsx(BY_MARKS), official)
    one = opened(staged(file, 5))
    posted = {cell.id: cell.value for cell in cells_of(file, 5).values()}
    after = import_rows.mend_cells(file.pk, one.pk, values_of(posted, one), by=official)
    assert after.mends == []


def test_a_name_in_two_columns_is_shown_whole(official):
    lines = [
        ["STT", "Họ và chữ đệm", "Tên", "Năm sinh", "Giới tính", "Số CCCD", "Thôn", "Loại hộ"],
        [1, "Nguyễn Thị", "Hoa", "19700", "Nữ", identity(1), "Thôn 1", "Hộ nghèo"],
    ]
    assert cells_of(read(xlsx(lines), official), 2)["full_name"].text == "Nguyễn Thị Hoa"


def test_a_member_is_mended_in_its_own_row(official):
    lines = [
        ["STT", "Họ và tên", "Năm sinh", "Giới tính", "Quan hệ với chủ hộ", "Số CCCD", "Thôn", "Loại hộ"],
        [1, name(1), "1970", "Nữ", "Chủ hộ", identity(1), "Thôn 1", "Hộ nghèo"],
        ["", "Trần Văn Con", "", "Nam", "Con", "", "", ""],
        [2, name(2), "1970", "Nữ", "Chủ hộ", identity(2), "Thôn 1", "Hộ nghèo"],
    ]
    file = read(xlsx(lines), official)
    assert codes(file, 2) == ["V48"]
    mend(file, 3, "birth", "2001", official, at=2)
    one = staged(file, 2)
    assert (one.state, [p["full_name"] for p in one.values["household"]["people"]]) == (
        "ready",
        [name(1), "Trần Văn Con"],
    )


def test_a_row_that_is_saved_cannot_be_mended(official):
    file = save(read(a_list([household(1)]), official), official)
    with pytest.raises(NotPossible):
        mend(file, FIRST_ROW, "full_name", "Lê Thị Mận", official)


def test_a_mended_number_settles_the_twin_row_too(official):
    file = read(a_list([household(1), household(2, **{"Số CCCD": identity(1)}), household(3)]), official)
    assert states(file) == ["broken", "broken", "ready"]
    mend(file, FIRST_ROW + 1, "identity_number", identity(2), official)
    assert states(file) == ["ready", "ready", "ready"]


def test_a_mended_number_that_another_row_has_breaks_both(official):
    file = read(a_list([household(1), household(2, **{"Số CCCD": "123"})]), official)
    mend(file, FIRST_ROW + 1, "identity_number", identity(1), official)
    assert [codes(file, FIRST_ROW), codes(file, FIRST_ROW + 1)] == [["V19"], ["V19"]]


# ---- groups ----


def test_one_decision_mends_a_word_in_all_its_rows_and_can_be_taken_back(official):
    rows = [household(i, **{"Loại hộ": "HNN"}) for i in range(3)] + [household(9)]
    file = read(a_list(rows), official)
    found = group(file, "V51")
    assert (found.word, found.count, found.kind) == ("HNN", 3, "category")
    assert import_rows.apply_group_fix(file.pk, found.key, value="HCN", by=official) == 3
    assert states(file) == ["ready"] * 4
    assert staged(file, FIRST_ROW).values["household"]["category"] == "HCN"
    step = reloaded(file).choices["steps"][0]["id"]
    assert import_rows.undo_group_fix(file.pk, step, by=official) == 3
    assert states(file) == ["broken"] * 3 + ["ready"]
    assert reloaded(file).choices["steps"] == []


def test_a_word_once_explained_is_understood_in_the_next_file(official):
    file = read(a_list([household(1, **{"Loại hộ": "HNN"})]), official)
    import_rows.apply_group_fix(file.pk, group(file, "V51").key, value="HN", by=official)
    save(file, official)
    second = read(a_list([household(2, **{"Loại hộ": "HNN"})]), official)
    assert states(second) == ["ready"]


def test_a_value_missing_in_all_rows_is_filled_in_at_once(official):
    header = [column for column in household(1) if column != "Loại hộ"]
    file = read(a_list([household(1), household(2)], header=["STT", *header]), official)
    assert file.summary["questions"] == ["missing_columns"]
    import_files.choose_columns(file.pk, choices_from_json(file.choices), by=official)
    import_rows.apply_group_fix(file.pk, group(file, "V50").key, value="HN", by=official)
    assert states(file) == ["ready", "ready"]


def test_a_quick_fix_shows_three_examples_and_uses_each_rows_own_value(official):
    rows = [household(i, **{"Họ và tên chủ hộ": f"{i}. {name(i)}"}) for i in range(1, 5)]
    file = read(a_list(rows), official)
    found = group(file, "V02")
    assert found.examples[0] == (FIRST_ROW, f"1. {name(1)}", name(1))
    assert (len(found.examples), found.count) == (3, 4)
    import_rows.apply_group_fix(file.pk, found.key, by=official)
    assert [s.values["household"]["people"][0]["full_name"] for s in file.households.in_file_order()] == [
        name(i) for i in range(1, 5)
    ]


def test_a_cell_mended_by_hand_survives_taking_a_group_fix_back(official):
    rows = [household(i, **{"Loại hộ": "HNN"}) for i in range(2)]
    file = read(a_list(rows), official)
    import_rows.apply_group_fix(file.pk, group(file, "V51").key, value="HN", by=official)
    mend(file, FIRST_ROW, "category", "HCN", official)
    import_rows.undo_group_fix(file.pk, reloaded(file).choices["steps"][0]["id"], by=official)
    assert states(file) == ["ready", "broken"]


@pytest.mark.parametrize("value", ["", "XYZ"])
def test_a_group_is_not_mended_by_nothing(official, value):
    file = read(a_list([household(1, **{"Loại hộ": "HNN"})]), official)
    with pytest.raises(NotPossible):
        import_rows.apply_group_fix(file.pk, group(file, "V51").key, value=value, by=official)


def test_a_group_that_is_gone_is_not_mended_twice(official):
    file = read(a_list([household(1, **{"Loại hộ": "HNN"})]), official)
    key = group(file, "V51").key
    import_rows.apply_group_fix(file.pk, key, value="HN", by=official)
    with pytest.raises(NotPossible):
        import_rows.apply_group_fix(file.pk, key, value="HN", by=official)


# ---- rows left for later ----


def test_a_row_left_for_later_is_kept_and_can_be_taken_up_again(official):
    file = read(a_list([household(1), household(2)]), official)
    import_rows.skip_rows(file.pk, [staged(file, FIRST_ROW).pk], by=official)
    assert states(file) == ["skipped", "ready"]
    import_rows.take_back_rows(file.pk, [staged(file, FIRST_ROW).pk], by=official)
    assert states(file) == ["ready", "ready"]


def test_leaving_one_of_two_rows_with_one_number_settles_the_other(official):
    file = read(a_list([household(1), household(2, **{"Số CCCD": identity(1)})]), official)
    import_rows.skip_rows(file.pk, [staged(file, FIRST_ROW + 1).pk], by=official)
    assert states(file) == ["ready", "skipped"]
    import_rows.take_back_rows(file.pk, [staged(file, FIRST_ROW + 1).pk], by=official)
    assert states(file) == ["broken", "broken"]


# ---- the register ----


def test_a_number_registered_in_another_commune_is_a_conflict_that_names_the_commune_only(official):
    other = make_household(commune(LIEN_HUONG), identity=identity(1), head_name="Bí Mật Nhà Khác")
    file = read(a_list([household(1)]), official)
    one = staged(file, FIRST_ROW)
    assert (one.state, one.problem_codes) == ("conflict", ["V18"])
    text = str(one.values["match"])
    assert "Liên Hương" in text
    assert "Bí Mật" not in text
    assert other.code not in text


def test_a_number_of_a_member_counts_too(official):
    make_household(commune(LIEN_HUONG), identity="060201000123")
    lines = [
        ["STT", "Họ và tên", "Năm sinh", "Giới tính", "Quan hệ với chủ hộ", "Số CCCD", "Thôn", "Loại hộ"],
        [1, name(1), "1970", "Nữ", "Chủ hộ", identity(1), "Thôn 1", "Hộ nghèo"],
        ["", "Trần Văn Con", "2001", "Nam", "Con", "060201000123", "", ""],
    ]
    assert codes(read(xlsx(lines), official), 2) == ["V18"]


def test_a_head_who_is_a_member_of_another_household_of_the_commune_is_a_conflict(official):
    other = make_household(commune(), identity=identity(5))
    make_person_in(other, identity(1))
    one = staged(read(a_list([household(1)]), official), FIRST_ROW)
    assert (one.state, one.problem_codes) == ("conflict", ["V83"])
    assert other.code in str(one.values["match"])


def make_person_in(other: Household, number: str) -> None:
    from tests.factories import make_person

    make_person(other, identity=number, full_name="Trần Thị Bà Con")


def registered(number: str | None, **more):
    return make_household(commune(), identity=number, head_name=name(1), hamlet="Khu phố 2", **more)


@pytest.mark.parametrize("of_file", ["", identity(1)])
@pytest.mark.parametrize("of_register", [None, identity(1)])
def test_name_year_and_hamlet_find_the_household_where_a_number_is_missing(official, of_file, of_register):
    saved = registered(of_register)
    one = staged(read(a_list([household(1, **{"Số CCCD": of_file})]), official), FIRST_ROW)
    assert (one.values["match"]["household"], "V20" in one.problem_codes) == (saved.pk, False)
    assert one.effect in ("same", "changed")


def test_a_number_that_the_register_lacked_is_added(official):
    saved = registered(None)
    save(read(a_list([household(1)]), official), official)
    assert saved.members.get().identity_number == identity(1)
    assert Household.objects.count() == 1


@pytest.mark.parametrize("case", ["two in the register", "two in the file", "another hamlet", "another number"])
def test_a_household_that_only_may_be_the_same_is_new_and_asked_about(official, case):
    registered(identity(8) if case == "another number" else None)
    if case == "two in the register":
        registered(None)
    row = household(1, **{"Số CCCD": identity(1) if case == "another number" else ""})
    if case == "another hamlet":
        row["Thôn/Khu phố"] = "Khu phố 5"
    rows = [row, {**row, "Ghi chú": "khác"}] if case == "two in the file" else [row]
    one = staged(read(a_list(rows), official), FIRST_ROW)
    assert (one.state, one.effect) == ("ready", "new")
    assert "V20" in one.problem_codes


def test_two_numbers_in_two_hamlets_are_two_people(official):
    registered(identity(8))
    one = staged(read(a_list([household(1, **{"Thôn/Khu phố": "Khu phố 5"})]), official), FIRST_ROW)
    assert (one.effect, one.problem_codes) == ("new", [])


def test_the_official_decides_that_a_look_alike_is_the_same_household(official):
    saved = registered(None)
    file = read(a_list([household(1, **{"Số CCCD": "", "Thôn/Khu phố": "Khu phố 5"})]), official)
    import_rows.decide_twin(file.pk, staged(file, FIRST_ROW).pk, saved.pk, by=official)
    assert (staged(file, FIRST_ROW).effect, codes(file, FIRST_ROW)) == ("changed", ["V53"])
    save(file, official)
    saved.refresh_from_db()
    assert (saved.hamlet, Household.objects.count()) == ("Khu phố 5", 1)


def test_the_official_decides_that_a_look_alike_is_another_household(official):
    saved = registered(None)
    file = read(a_list([household(1, **{"Số CCCD": "", "Thôn/Khu phố": "Khu phố 5"})]), official)
    import_rows.decide_twin(file.pk, staged(file, FIRST_ROW).pk, 0, by=official)
    assert codes(file, FIRST_ROW) == ["V53"]
    save(file, official)
    assert Household.objects.exclude(pk=saved.pk).count() == 1


def test_only_a_household_that_was_proposed_can_be_chosen(official):
    registered(None)
    stranger = make_household(commune(), identity=identity(55))
    file = read(a_list([household(1, **{"Số CCCD": "", "Thôn/Khu phố": "Khu phố 5"})]), official)
    with pytest.raises(NotPossible):
        import_rows.decide_twin(file.pk, staged(file, FIRST_ROW).pk, stranger.pk, by=official)


def test_a_less_precise_birth_or_an_empty_cell_takes_nothing_away(official):
    save(read(a_list([household(1, **{"Số điện thoại": "0912345678"})]), official), official)
    row = household(1, **{"Ngày sinh": "1970", "Số điện thoại": "", "Số khẩu": "", "Ghi chú": ""})
    assert staged(read(a_list([row]), official), FIRST_ROW).effect == "same"


def test_attributes_of_the_register_are_kept_and_new_ones_added(official):
    save(read(a_list([household(1, **{"Loại hộ": "HN-NCC"})]), official), official)
    saved = Household.objects.get()
    saved.attributes = ["BTXH", "NCC"]
    saved.save()
    save(read(a_list([household(1, **{"Loại hộ": "HN-DTTS"})]), official), official)
    saved.refresh_from_db()
    assert saved.attributes == ["BTXH", "NCC", "DTTS"]


def test_an_old_number_registered_elsewhere_is_found_too(official):
    file = read(a_list([household(1, **{"Số CCCD": "260123456"})]), make_officer(area=commune(LIEN_HUONG)))
    save(file, file.uploaded_by)
    one = staged(read(a_list([household(2, **{"Số CCCD": "260123456"})]), official), FIRST_ROW)
    assert (one.state, "V18" in one.problem_codes) == ("conflict", True)


def test_a_text_too_long_for_the_register_is_an_error_not_a_cut(official):
    file = read(a_list([household(1, **{"Thôn/Khu phố": "Khu phố " + "rất dài " * 20})]), official)
    assert codes(file, FIRST_ROW) == ["V82"]
