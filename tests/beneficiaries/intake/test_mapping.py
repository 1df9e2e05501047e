"""Columns to fields: by header words, by content, by the official; remembered by a fingerprint."""

import datetime

import pytest

from beneficiaries.intake.cells import Sheet
from beneficiaries.intake.parse import Choices, parse_sheets
from beneficiaries.intake.vocabulary import FIELDS, recognise

TODAY = datetime.date(2024, 11, 1)


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("STT", "ordinal"), ("TT", "ordinal"), ("Họ và tên chủ hộ", "full_name"), ("HỌ TÊN", "full_name"), ("hvt",
        "full_name"),
        ("Chủ hộ", "full_name"), ("Họ và tên (chủ hộ nghèo)", "full_name"), ("Quan hệ với chủ hộ", "relation"),
        ("Giới tính chủ hộ", "gender"),
        ("Năm sinh của chủ hộ", "birth"), ("NS", "birth"), ("Ngày, tháng, năm sinh", "birth"),
        ("Ngày sinh\n(dd/mm/yyyy)", "birth"),
        ("Dân tộc", "ethnic_group"), ("Dân tộc thiểu số", "minority_mark"), ("Số CCCD/CMND", "identity_number"),
        ("CMND", "old_identity_number"),
        ("Số CMT", "old_identity_number"), ("Số định danh cá nhân", "identity_number"), ("Ngày cấp CCCD", "ignore"),
        ("Nơi cấp", "ignore"),
        ("SĐT", "phone"), ("ĐT", "phone"), ("DT", "ethnic_group"), ("Điện thoại liên hệ", "phone"),
        ("Điện thoại thông minh", "phone_kind"),
        ("Loại điện thoại đang dùng", "phone_kind"), ("Đã nhận máy tính bảng", "prior_device"), ("Thôn/Khu phố",
        "hamlet"), ("KP", "hamlet"),
        ("Địa chỉ (thôn, khu phố)", "hamlet"), ("Nơi ở hiện nay", "address"), ("Hộ khẩu thường trú", "address"),
        ("Xã/phường", "commune"),
        ("Số khẩu", "member_count"), ("Số nhân khẩu trong hộ", "member_count"), ("Hộ nghèo", "poor_mark"),
        ("Cận nghèo", "near_poor_mark"),
        ("Hộ nghèo, hộ cận nghèo", "category"), ("Loại hộ (HN/CN)", "category"), ("Diện hộ", "category"),
        ("Kết quả rà soát", "category"),
        ("Hộ chính sách có công", "merit_mark"), ("Hộ không có khả năng lao động", "no_labour_mark"), ("Hộ DTTC",
        "minority_mark"),
        ("Gia đình chính sách xã hội", "policy_mark"), ("Đối tượng bảo trợ xã hội", "protection_mark"),
        ("Diện ưu tiên", "attributes"),
        ("Số GCN hộ nghèo", "certificate_no"), ("Mã hộ", "original_code"), ("Phiếu B1", "income_score"), ("Điểm B",
        "deprivation_score"),
        ("Phiếu A", "ignore"), ("Ghi chú", "note"), ("Năm công nhận", "recognised_year"), ("Ký nhận", "ignore"),
        ("Số tài khoản", "ignore"),
        ("Nghề nghiệp", "ignore"), ("Trình độ", "ignore"),
    ],
)  # fmt: skip
def test_recognise_knows_the_words_communes_use(label, field):
    assert recognise((label,))[0] == field
    assert field in FIELDS


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        (("Năm sinh", "Nam"), "birth_year_male"), (("Năm sinh", "Nữ"), "birth_year_female"), (("NĂM SINH", "NAM"),
        "birth_year_male"),
        (("Giới tính", "Nam"), "gender_male_mark"), (("Loại hộ", "Hộ nghèo"), "poor_mark"), (("Loại hộ", "Cận nghèo"),
        "near_poor_mark"),
        (("Số nhân khẩu", "Tổng số"), "member_count"), (("Số nhân khẩu", "Nữ"), "ignore"), (("Hỗ trợ", "Nhà ở"),
        "ignore"),
        (("Hỗ trợ", "Khác"), "ignore"), (("Ngày sinh", "Ngày"), "birth_day"), (("Ngày sinh", "Tháng"), "birth_month"),
        (("Ngày sinh", "Năm"), "birth"), (("Thông tin chủ hộ", "Họ và tên"), "full_name"), (("Giấy tờ", "Số CCCD",
        "(12 số)"), "identity_number"),
        (("Mức độ thiếu hụt", "Sử dụng dịch vụ viễn thông"), "ignore"), (("family.numberOfMembers", "Số nhân khẩu"),
        "member_count"),
    ],
)  # fmt: skip
def test_recognise_reads_a_leaf_under_its_group(parts, field):
    assert recognise(parts)[0] == field


def parse(header, *rows, **choices):
    return parse_sheets([Sheet("S", rows=[header, *rows])], choices=Choices(**choices), today=TODAY).main


def test_map_columns_lets_the_cells_decide_where_the_header_does_not():
    table = parse(
        ["STT", "Họ và tên", "Thông tin 1", "Thông tin 2", "Thông tin 3", "Nam", "Nữ"],
        ["1", "Lê Văn Ba", "060065912345", "0912345678", "Hộ nghèo", "1965", ""],
        ["2", "Lê Thị Tư", "060165912346", "0912345679", "Hộ cận nghèo", "", "1966"],
    )

    assert [table.mapping.fields[column] for column in range(7)] == [
        "ordinal", "full_name", "identity_number", "phone", "category", "birth_year_male", "birth_year_female",
    ]  # fmt: skip
    assert table.mapping.confidence[2] < 0.7 < table.mapping.confidence[1]


def test_map_columns_takes_words_in_a_mark_column_for_a_category():
    table = parse(
        ["STT", "Họ và tên", "Năm sinh", "Hộ nghèo"], ["1", "Lê Văn Ba", "1965", "HN"], ["2", "Lê Văn Tư", "1966", "CN"]
    )

    assert [row.category for row in table.households] == ["HN", "HCN"]


def test_map_columns_keeps_one_column_for_a_field_and_asks_about_the_other():
    table = parse(
        ["STT", "Họ và tên", "Năm sinh", "Số CCCD", "Số CCCD cũ"], ["1", "Lê Văn Ba", "1965", "060065912345", ""]
    )

    assert (table.mapping.fields[3], table.mapping.fields[4]) == ("identity_number", "ignore")
    assert table.mapping.confidence[4] < 0.7


def test_map_columns_follows_the_official():
    header, row = ["STT", "Họ và tên", "Năm sinh", "Số"], ["1", "Lê Văn Ba", "1965", "4"]

    table = parse(header, row, fields={"S": {1: {3: "member_count", 2: "ignore"}}})

    assert table.households[0].member_count == 4
    assert table.households[0].head.birth_year is None


def test_map_columns_lists_the_words_of_the_category_column_by_frequency():
    rows = [["1", "Lê Văn Ba", "1965", word] for word in ("HN", "HN", "HN-NCC", "HNN")]

    words = parse(["STT", "Họ và tên", "Năm sinh", "Đối tượng"], *rows).mapping.words

    assert [(word.text, word.count, word.meaning.category, word.meaning.is_sure) for word in words] == [
        ("HN", 2, "HN", True), ("HN-NCC", 1, "HN", True), ("HNN", 1, "", False),
    ]  # fmt: skip


def test_fingerprint_is_the_same_for_the_same_form_and_another_for_another():
    header, row = ["STT", "Họ và tên", "Năm sinh"], ["1", "Lê Văn Ba", "1965"]

    first, second = parse(header, row), parse(["Stt", "HỌ VÀ TÊN ", "Năm  sinh"], ["1", "Lê Văn Tư", "1966"])
    third = parse(["STT", "Năm sinh", "Họ và tên"], ["1", "1965", "Lê Văn Ba"])

    assert first.mapping.fingerprint == second.mapping.fingerprint != third.mapping.fingerprint


def test_structure_is_a_person_a_row_when_relations_differ():
    people = parse(
        ["STT", "Họ và tên", "Quan hệ", "Năm sinh"], ["1", "Lê Ba", "Chủ hộ", "1965"], ["", "Lê Tư", "Con", "1990"]
    )
    heads = parse(
        ["STT", "Họ và tên", "Quan hệ", "Năm sinh"], ["1", "Lê Ba", "Chủ hộ", "1965"], ["2", "Lê Tư", "Chủ hộ", "1960"]
    )
    chosen = parse(
        ["STT", "Họ và tên", "Năm sinh"],
        ["1", "Lê Ba", "1965"],
        ["", "Lê Tư", "1990"],
        ["2", "Lê Năm", "1960"],
        structures={"S": {1: "person"}},
    )

    assert [table.mapping.structure for table in (people, heads, chosen)] == ["person", "household", "person"]
    assert [len(household.members) for household in chosen.households] == [1, 0]
