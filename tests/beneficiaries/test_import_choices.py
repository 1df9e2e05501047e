"""What an official decides about a file: per list, through the page, and what the commune's next file takes over."""

from __future__ import annotations

import pytest
from django.urls import reverse

from beneficiaries.actions import import_files, import_reading
from beneficiaries.intake.choices import choices_from_json
from beneficiaries.models import ColumnChoice, EthnicGroup, ImportFile
from demo.make_lists import to_tcvn3
from tests.beneficiaries.lists import (
    FIRST_ROW,
    HEADER,
    a_list,
    household,
    identity,
    name,
    read,
    reloaded,
    run_job,
    staged,
    xlsx,
)
from tests.factories import LIEN_HUONG, commune, make_household, make_officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "files")]
WITH_RELATION = ("STT", "Họ và tên", "Ngày sinh", "Giới tính", "Quan hệ với chủ hộ", "Số CCCD", "Thôn", "Loại hộ")


@pytest.fixture
def official(everywhere):
    return make_officer()


@pytest.fixture
def browser(client, official):
    client.force_login(official)
    return client


def confirm(file: ImportFile, official) -> ImportFile:
    """The columns as they are: nothing is read again."""
    import_files.choose_columns(file.pk, choices_from_json(file.choices), by=official)
    return reloaded(file)


def answer(browser, file: ImportFile, **answers: str) -> ImportFile:
    """The page of the columns, as the browser sends it."""
    sheets = [sheet["name"] for sheet in file.seen["sheets"] if sheet["visible"]]
    browser.post(reverse("imports:columns", args=[file.pk]), {"trang_tinh": sheets, **answers})
    run_job(file)
    return reloaded(file)


def members(first: int) -> list[list[object]]:
    return [
        [1, name(first), "15/08/1970", "Nữ", "Chủ hộ", identity(first), "Thôn 1", "Hộ nghèo"],
        ["", "Trần Văn Con", "2001", "Nam", "Con", "", "", ""],
        [2, name(first + 1), "15/08/1970", "Nữ", "Chủ hộ", identity(first + 1), "Thôn 1", "Hộ nghèo"],
    ]


# ---- per list ----


def test_columns_of_the_second_list_on_a_sheet_are_its_own(browser, official):
    header = ("STT", "Họ và tên chủ hộ", "Số CCCD", "Năm sinh", "Giới tính", "Thôn", "Loại hộ", "Xx", "Yy", "Zz")
    second = [1, name(2), identity(2), "1970", "Nữ", "Thôn 2", "Hộ cận nghèo", "", "", "nhà xa"]
    lines = [
        list(HEADER), ["1", name(1), "1970", "Nữ", identity(1), "", "Thôn 1", 2, "Hộ nghèo", "ốm"],
        [], ["DANH SÁCH HỘ CẬN NGHÈO"], list(header), second,
    ]  # fmt: skip
    file = read(xlsx(lines), official)
    assert [table["header_row"] for table in file.seen["tables"]] == [1, 5]

    file = answer(browser, file, **{"cot-1-9": "address"})

    first, other = staged(file, 2).values["household"], staged(file, 6).values["household"]
    assert (first["note"], first.get("address")) == ("ốm", None)
    assert (other["address"], other.get("note")) == ("nhà xa", None)
    assert other["people"][0]["identity_number"] == identity(2)
    assert file.choices["fields"] == {"Danh sách": {"5": {"9": "address"}}}


def test_a_changed_column_leaves_a_name_over_two_columns_as_it_was(browser, official):
    header = ["STT", "Họ", "Tên", "Năm sinh", "Giới tính", "Số CCCD", "Thôn", "Loại hộ", "Ghi chú"]
    line = ["1", "Lê Thị", "Mận", "1970", "Nữ", identity(1), "Thôn 1", "Hộ nghèo", "nhà xa"]
    file = answer(browser, read(xlsx([header, line]), official), **{"cot-0-8": "address"})
    stored = staged(file, 2).values["household"]
    assert (stored["people"][0]["full_name"], stored["address"]) == ("Lê Thị Mận", "nhà xa")


# ---- remembered ----


def test_how_a_list_was_built_is_seen_again_in_each_file(official):
    heads_only = [row for row in members(1) if row[0]]
    confirm(read(xlsx([list(WITH_RELATION), *heads_only]), official), official)

    file = read(xlsx([list(WITH_RELATION), *members(3)]), official)

    assert file.seen["tables"][0]["structure"] == "person"
    assert [len(one.values["household"]["people"]) for one in file.households.in_file_order()] == [2, 1]


def test_how_a_list_is_built_is_remembered_when_the_official_said_so(browser, official):
    header = ["STT", "Họ và tên", "Năm sinh", "Giới tính", "Số CCCD", "Thôn", "Loại hộ"]

    def lines(first: int) -> list[list[object]]:
        numbers = [[at, name(first + at), "1970", "Nữ", identity(first + at), "Thôn 1", "HN"] for at in range(3)]
        return [header, *numbers, ["", "Lê Văn Út", "2001", "Nam", "", "Thôn 1", "HN"]]

    file = read(xlsx(lines(0)), official)
    assert file.seen["tables"][0]["structure"] == "household"
    file = answer(browser, file, **{"cau_truc-0": "person"})
    assert file.seen["tables"][0]["structure"] == "person"
    second = read(xlsx(lines(10)), official)
    assert (second.seen["tables"][0]["structure"], second.households.count()) == ("person", 3)


def test_what_a_column_holds_is_seen_again_in_each_file(official):
    top = ["STT", "Họ và tên", "Năm sinh", "", "Số CCCD", "Thôn", "Loại hộ"]
    below = ["", "", "Nam", "Nữ"]

    def lines(first: int, mark: str) -> list[list[object]]:
        rows = [[at, name(first + at), "", mark, identity(first + at), "Thôn 1", "HN"] for at in (1, 2, 3)]
        return [top, below, *rows]

    confirm(read(xlsx(lines(0, "x")), official), official)
    file = read(xlsx(lines(10, "1970")), official)
    assert [p["birth"][0] for one in file.households.all() for p in one.values["household"]["people"]] == [1970] * 3


def test_a_confirmed_guess_is_not_asked_about_again(official):
    header = tuple("Cột lạ" if column == "Số điện thoại" else column for column in HEADER)
    rows = [household(i, **{"Cột lạ": f"091234567{i}"}) for i in range(5)]
    file = read(a_list(rows, header=header), official)
    assert "unsure_columns" in file.summary["questions"]
    confirm(file, official)

    again = read(a_list([household(9, **{"Cột lạ": "0912345679"})], header=header), official)

    assert (again.summary["questions"], again.choices["fields"]) == ([], {"Danh sách": {"3": {"5": "phone"}}})


def test_an_old_font_that_was_confirmed_is_not_forced_on_the_next_file(official):
    def lines(first: int, letters) -> list[list[object]]:
        rows = [household(first + at) for at in range(4)]
        return [list(HEADER)] + [
            [at, *(letters(str(row[column])) if "tên" in column else row[column] for column in HEADER[1:])]
            for at, row in enumerate(rows, 1)
        ]

    file = read(xlsx(lines(1, to_tcvn3)), official)
    assert [e["encoding"] for e in file.seen["tables"][0]["encodings"]] == ["tcvn3"]
    confirm(file, official)

    plain = read(xlsx(lines(11, str)), official)
    old = read(xlsx(lines(21, to_tcvn3)), official)

    assert plain.seen["tables"][0]["encodings"] == []
    assert staged(plain, 2).values["household"]["people"][0]["full_name"] == name(11)
    assert staged(old, 2).values["household"]["people"][0]["full_name"] == name(21)
    assert old.summary["questions"] == []


def test_a_font_that_the_official_knows_better_stays_as_it_is(browser, official):
    def lines(first: int) -> list[list[object]]:
        rows = [[at, name(first + at), "1970", "Nữ", identity(first + at), "", "Thôn 1", 2, "HN"] for at in range(1, 5)]
        return [list(HEADER), *([*row, to_tcvn3("nhà ở xa")] for row in rows)]

    file = read(xlsx(lines(0)), official)
    assert [e["column"] for e in file.seen["tables"][0]["encodings"]] == [9]
    file = answer(browser, file)
    assert file.choices["encodings"] == {"Danh sách": {"9": "unicode"}}

    again = read(xlsx(lines(10)), official)

    assert again.seen["tables"][0]["encodings"] == []
    assert staged(again, 2).values["household"]["note"] == staged(file, 2).values["household"]["note"]


def test_a_file_with_a_known_header_is_recognised_in_one_go(official, monkeypatch):
    header = tuple("Cột lạ" if column == "Ghi chú" else column for column in HEADER)
    file = read(a_list([household(1, **{"Cột lạ": "đi làm xa"})], header=header), official)
    choices = choices_from_json(file.choices)
    choices.fields = {"Danh sách": {FIRST_ROW - 1: {9: "note"}}}
    import_files.choose_columns(file.pk, choices, by=official)
    run_job(file)
    calls: list[int] = []
    real = import_reading.parse_sheets
    monkeypatch.setattr(import_reading, "parse_sheets", lambda *a, **k: calls.append(1) or real(*a, **k))
    second = read(a_list([household(2, **{"Cột lạ": "ốm"})], header=header), official)
    assert staged(second, FIRST_ROW).values["household"]["note"] == "ốm"
    assert len(calls) == 1


# ---- words ----


def test_words_are_explained_on_the_page_and_remembered_for_the_commune_only(browser, official, client):
    make_household(commune(), identity=None, hamlet="Khu phố 3")
    header = (*HEADER, "Dân tộc")

    def lines(number: int) -> bytes:
        row = household(number, **{"Loại hộ": "diện đặc biệt", "Dân tộc": "Kơ-nia", "Thôn/Khu phố": "Thôn 3"})
        return a_list([row, household(number + 1, **{"Dân tộc": "Kinh", "Thôn/Khu phố": "Thôn 3"})], header=header)

    file = read(lines(1), official)
    assert [word["text"] for word in file.seen["terms"]["ethnic_group"]] == ["Kơ-nia"]
    assert [(word["text"], word["like"]) for word in file.seen["terms"]["hamlet"]] == [("Thôn 3", "Khu phố 3")]
    page = browser.get(reverse("imports:columns", args=[file.pk])).text
    assert all(word in page for word in ("Kơ-nia", "diện đặc biệt", "Thôn 3"))
    people = EthnicGroup.objects.get(code="08").name
    words = {word["text"]: at for at, word in enumerate(file.seen["tables"][0]["words"])}

    file = answer(
        browser, file,
        **{f"tu-0-{words['diện đặc biệt']}": "HCN", "nghia-ethnic_group-0": people, "nghia-hamlet-0": "Khu phố 3"},
    )  # fmt: skip

    second = read(lines(11), official)
    for one in (staged(file, FIRST_ROW), staged(second, FIRST_ROW)):
        stored = one.values["household"]
        assert (stored["category"], stored["people"][0]["ethnic_group"], stored["hamlet"]) == ("HCN", "08", "Khu phố 3")
        assert [change[1:4] for change in stored["changes"] if change[3] == "explained"] == [
            ["Kơ-nia", people, "explained"], ["Thôn 3", "Khu phố 3", "explained"]]  # fmt: skip
    assert second.summary["questions"] == []
    elsewhere = make_officer(area=commune(LIEN_HUONG))
    other = read(lines(21), elsewhere)
    assert staged(other, FIRST_ROW).problem_codes == ["V51", "V55"]
    assert ColumnChoice.objects.filter(area=commune(LIEN_HUONG)).count() == 0


def test_a_new_hamlet_is_asked_about_once_and_another_one_again(browser, official):
    make_household(commune(), identity=None, hamlet="Khu phố 3")
    make_household(commune(), identity=None, hamlet="Khu phố 4")
    file = read(a_list([household(1, **{"Thôn/Khu phố": "Thôn 3"})]), official)
    assert file.summary["questions"] == ["hamlets"]
    file = answer(browser, file, **{"nghia-hamlet-0": ""})
    assert staged(file, FIRST_ROW).values["household"]["hamlet"] == "Thôn 3"
    assert read(a_list([household(2, **{"Thôn/Khu phố": "Thôn 3"})]), official).summary["questions"] == []
    third = read(a_list([household(3, **{"Thôn/Khu phố": "Thôn 4"})]), official)
    assert third.summary["questions"] == ["hamlets"]
