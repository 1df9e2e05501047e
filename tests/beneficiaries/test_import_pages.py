"""The import's pages: who may see them, every step with and without htmx, and no file that breaks them."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from administration.models import Job
from administration.scope import scope_of
from beneficiaries.actions import import_files, import_rows
from beneficiaries.models import Household, ImportFile
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
    save,
    sent,
    staged,
    xlsx,
)
from tests.factories import LIEN_HUONG, commune, district, make_household, make_officer, province

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "files")]
HTMX = {"HX-Request": "true"}
PAGES = ["file", "progress", "columns", "errors", "workbook", "conflicts", "confirm", "result", "undo", "abandon"]


@pytest.fixture
def official(everywhere):
    return make_officer()


@pytest.fixture
def browser(client, official):
    client.force_login(official)
    return client


def url(step: str, file: ImportFile | None = None, *more: int) -> str:
    return reverse(f"imports:{step}", args=[file.pk, *more] if file else [])


@pytest.fixture
def messy(official) -> ImportFile:
    """One row of each kind: broken, twice a number, registered elsewhere, looking like somebody, ready, repeated."""
    make_household(commune(LIEN_HUONG), identity=identity(5))
    make_household(commune(), identity=None, head_name=name(6), hamlet="Khu phố 9")
    rows = [
        household(1, **{"Ngày sinh": "31/02/1970", "Loại hộ": "HNN"}),
        household(2, **{"Loại hộ": "HNN"}),
        household(3),
        household(4, **{"Số CCCD": identity(3)}),
        household(5),
        household(6, **{"Số CCCD": ""}),
        household(7),
        household(7),
    ]
    return read(a_list(rows), official)


# ---- who may ----


@pytest.mark.parametrize("step", PAGES)
def test_a_foreign_file_is_not_found(client, messy, step):
    client.force_login(make_officer(area=commune(LIEN_HUONG)))
    assert client.get(url(step, messy)).status_code == 404


@pytest.mark.parametrize(
    ("role", "area"), [("reviewer", district), ("province_staff", province), ("commune_leader", commune)]
)
def test_only_commune_officials_import(client, messy, role, area):
    client.force_login(make_officer(role, area=area()))
    assert client.get(url("list")).status_code == 403
    assert client.post(url("upload"), {"tep": sent(b"x")}).status_code == 403
    assert client.post(url("confirm", messy)).status_code == 403


@pytest.mark.parametrize("step", ["cell", "fix", "unfix", "skip", "decide", "stop", "confirm", "undo", "abandon"])
def test_a_foreign_file_cannot_be_changed(client, messy, step):
    client.force_login(make_officer(area=commune(LIEN_HUONG)))
    answer = client.post(url(step, messy), {"ho": str(staged(messy, FIRST_ROW).pk), "truong": "birth", "dong": "4"})
    assert answer.status_code == 404


def test_a_row_of_another_file_is_not_found(browser, official, messy):
    other = read(a_list([household(40)]), official)
    row = staged(other, FIRST_ROW).pk
    assert browser.get(url("row", messy, row)).status_code == 404
    data = {"ho": row, "truong": "birth", "dong": FIRST_ROW, "gia_tri": "1970"}
    assert browser.post(url("cell", messy), data).status_code == 404


# ---- the whole way ----


def test_the_whole_way_without_javascript(browser, official, django_capture_on_commit_callbacks):
    content = a_list(
        [household(1), household(2, **{"Ngày sinh": "31/02/1970"}), household(3, **{"Họ và tên chủ hộ": ""})]
    )
    with django_capture_on_commit_callbacks() as rung:
        answer = browser.post(url("upload"), {"tep": sent(content, "DS hộ nghèo.xlsx")})
    file = ImportFile.objects.get()
    assert (answer.status_code, answer["Location"], len(rung)) == (302, url("file", file), 1)
    answer = browser.get(url("file", file), follow=True)
    assert answer.redirect_chain[-1][0] == url("progress", file)
    assert 'http-equiv="refresh"' in answer.text
    run_job(file)
    answer = browser.get(url("progress", file), follow=True)
    assert answer.redirect_chain[-1][0] == url("errors", file)
    row = staged(file, FIRST_ROW + 1)
    answer = browser.post(url("row", file, row.pk), {f"o-{row.row_no}-birth": "30/02/1970"})
    assert (answer.status_code, "30/02/1970" in answer.text) == (422, True)
    answer = browser.post(url("row", file, row.pk), {f"o-{row.row_no}-birth": "1970"})
    assert answer["Location"].startswith(url("errors", file))
    browser.post(url("skip", file), {"tat_ca": "1"})
    answer = browser.get(url("file", file), follow=True)
    assert answer.redirect_chain[-1][0] == url("confirm", file)
    browser.post(url("confirm", file))
    run_job(file)
    answer = browser.get(url("progress", file), follow=True)
    assert answer.redirect_chain[-1][0] == url("result", file)
    assert (Household.objects.count(), reloaded(file).left_out) == (2, 1)
    assert browser.get(url("undo", file)).status_code == 200
    browser.post(url("undo", file))
    run_job(file)
    assert browser.get(url("file", file), follow=True).redirect_chain[-1][0] == url("result", file)
    assert not Household.objects.exists()


def test_an_upload_by_htmx_is_answered_with_an_address(browser):
    answer = browser.post(url("upload"), {"tep": sent(a_list([household(1)]))}, headers=HTMX)
    assert answer["HX-Redirect"] == url("file", ImportFile.objects.get())


def test_the_progress_fragment_leads_on_when_the_work_is_done(browser, official):
    browser.post(url("upload"), {"tep": sent(a_list([household(1)]))})
    file = ImportFile.objects.get()
    waiting = browser.get(url("progress", file), headers=HTMX)
    assert "<progress" in waiting.text
    assert "<html" not in waiting.text
    run_job(file)
    assert browser.get(url("progress", file), headers=HTMX)["HX-Redirect"] == url("confirm", file)


@pytest.mark.parametrize(
    ("state", "sentence"),
    [("queued", "Đang chờ việc khác xong."), ("running", "Việc bị ngắt giữa chừng.")],
    ids=["no worker is free", "the worker died"],
)
def test_a_page_whose_work_stands_still_says_so_and_the_file_goes_on(browser, official, state, sentence):
    """F16: the upload is taken, and then nothing happens."""
    browser.post(url("upload"), {"tep": sent(a_list([household(1)]))})
    file = ImportFile.objects.get()
    assert sentence not in browser.get(url("progress", file)).text
    long_ago = timezone.now() - timedelta(minutes=3)
    Job.objects.filter(pk=file.job_id).update(state=state, created_at=long_ago, lease_until=long_ago)
    for headers in ({}, HTMX):
        assert sentence in browser.get(url("progress", file), headers=headers).text
    run_job(file)  # the sweep rings the job again
    assert browser.get(url("file", file), follow=True).redirect_chain[-1][0] == url("confirm", file)


def test_the_same_file_again_leads_to_where_it_stands(browser, official):
    content = a_list([household(1)])
    file = save(read(content, official), official)
    answer = browser.post(url("upload"), {"tep": sent(content)}, follow=True)
    assert answer.redirect_chain[-1][0] == url("result", file)
    assert ImportFile.objects.count() == 1


@pytest.mark.parametrize("step", PAGES)
def test_every_step_can_be_opened_at_any_time(browser, official, messy, step):
    for _state in ("checked", "applied"):
        assert browser.get(url(step, messy), follow=True).status_code == 200
        messy = save(messy, official) if messy.state == "checked" else messy


def test_one_cell_by_htmx_answers_with_the_row_and_the_counters(browser, messy):
    row = staged(messy, FIRST_ROW)
    data = {"ho": row.pk, "truong": "birth", "dong": row.row_no, "gia_tri": "1970", "xem": "loi"}
    answer = browser.post(url("cell", messy), data, headers=HTMX)
    assert answer.text.count(f'id="ho-{row.pk}"') == 1
    assert 'id="import-counts" class="import-counts" hx-swap-oob="true"' in answer.text
    assert "<html" not in answer.text
    assert staged(messy, FIRST_ROW).problem_codes == ["V51"]


def test_a_suggestion_is_taken_by_its_button(browser, official):
    file = read(a_list([household(1, **{"Họ và tên chủ hộ": f"1. {name(1)}"})]), official)
    row = staged(file, FIRST_ROW)
    data = {"ho": row.pk, "truong": "full_name", "dong": row.row_no, "gia_tri": "x1", "de_xuat": name(1)}
    browser.post(url("cell", file), data)
    assert staged(file, FIRST_ROW).state == "ready"


@pytest.mark.parametrize(
    "data",
    [
        {"ho": "abc", "truong": "birth", "dong": "4"}, {"ho": "1", "truong": "nothing", "dong": "4"},
        {"ho": "9" * 30, "truong": "birth", "dong": "4"}, {"truong": "ignore"}, {},
    ],
)  # fmt: skip
def test_a_damaged_cell_form_is_a_bad_request(browser, messy, data):
    assert browser.post(url("cell", messy), data).status_code == 400


def test_cells_of_a_saved_row_are_refused_with_a_sentence(browser, official):
    file = save(read(a_list([household(1)]), official), official)
    row = staged(file, FIRST_ROW)
    data = {"ho": row.pk, "truong": "birth", "dong": row.row_no, "gia_tri": "1971"}
    assert browser.post(url("cell", file), data, headers=HTMX).status_code == 409


def test_groups_look_alikes_and_doubles_through_the_pages(browser, messy):
    page = browser.get(url("errors", messy)).text
    assert "V51|category|HNN" in page
    browser.post(url("fix", messy), {"nhom": "V51|category|HNN", "gia_tri": "HN"})
    assert staged(messy, FIRST_ROW + 1).state == "ready"
    step = reloaded(messy).choices["steps"][0]["id"]
    browser.post(url("unfix", messy), {"buoc": step})
    assert staged(messy, FIRST_ROW + 1).state == "broken"
    page = browser.get(url("conflicts", messy)).text
    assert "Liên Hương" in page
    assert identity(5) not in page
    browser.post(url("skip", messy), {"ho": staged(messy, FIRST_ROW + 3).pk, "ve": "trung"})
    assert staged(messy, FIRST_ROW + 2).state == "ready"
    browser.post(url("decide", messy), {"ho": staged(messy, FIRST_ROW + 5).pk, "la": "0"})
    assert "V20" not in staged(messy, FIRST_ROW + 5).problem_codes


@pytest.mark.parametrize("view", ["loi", "canh-bao", "tat-ca", "de-sau", "xyz"])
def test_every_view_of_the_rows(browser, messy, view):
    answer = browser.get(url("errors", messy), {"xem": view, "trang": "99"})
    assert answer.status_code == 200


def test_rows_are_called_by_the_number_of_the_officials_own_file(browser, official):
    file = read(
        xlsx([["Tiêu đề"], [], [], [], list(HEADER), ["1", "", "1970", "Nữ", identity(1), "", "KP1", 2, "HN", ""]]),
        official,
    )
    assert '<th scope="row" class="number">6' in browser.get(url("errors", file)).text


def test_columns_can_be_changed_and_another_header_row_chosen(browser, official):
    lines = [["Nam", "Nữ"], list(HEADER), ["1", name(1), "1970", "Nữ", identity(1), "", "KP1", 2, "HN", "ốm"]]
    file = read(xlsx(lines), official)
    page = browser.get(url("columns", file))
    assert page.status_code == 200
    browser.post(url("columns", file), {"trang_tinh": "Danh sách", "cot-0-9": "address"})
    run_job(file)
    assert staged(file, 3).values["household"]["address"] == "ốm"
    browser.post(url("columns", file), {"trang_tinh": "Danh sách", "dong-0": "1", "doc_lai": "1"})
    run_job(file)
    assert reloaded(file).state == "uploaded"
    assert reloaded(file).choices["header_rows"] == {"Danh sách": 1}


def test_the_confirm_page_says_what_changes(browser, official):
    save(read(a_list([household(1)]), official), official)
    file = read(a_list([household(1, **{"Số điện thoại": "0912345678"}), household(2)]), official)
    page = browser.get(url("confirm", file)).text
    assert "0912345678" in page
    assert "22915-00001" in page


def test_nothing_is_saved_while_rows_are_open(browser, messy):
    answer = browser.post(url("confirm", messy), follow=True)
    assert answer.status_code == 200
    assert reloaded(messy).state == "checked"


def test_work_can_be_stopped(browser, official):
    browser.post(url("upload"), {"tep": sent(a_list([household(1)]))})
    file = ImportFile.objects.get()
    browser.post(url("stop", file))
    assert reloaded(file).state == "abandoned"
    assert browser.get(url("file", file), follow=True).status_code == 200


def test_giving_up_asks_first(browser, messy):
    assert browser.get(url("abandon", messy)).status_code == 200
    assert reloaded(messy).state == "checked"
    browser.post(url("abandon", messy))
    assert reloaded(messy).state == "abandoned"


def test_the_list_shows_files_under_way_and_earlier_ones(browser, official, messy):
    save(read(a_list([household(90)]), official, "xong.xlsx"), official)
    page = browser.get(url("list")).text
    assert url("result", ImportFile.objects.get(original_name="xong.xlsx")) in page
    assert url("abandon", messy) in page


def test_the_empty_list_reads_back_with_every_column_sure(browser, official):
    answer = browser.get(url("template"))
    file = read(b"".join(answer.streaming_content) if answer.streaming else answer.content, official)
    columns = file.seen["tables"][0]["columns"]
    assert all(column["sure"] and column["field"] != "ignore" for column in columns)
    assert file.households.count() == 0  # the example row is nobody


# ---- ceilings ----


@pytest.mark.parametrize(
    ("step", "most"), [("errors", 12), ("conflicts", 10), ("confirm", 11), ("result", 9), ("columns", 8)]
)
def test_a_page_takes_few_statements_however_many_rows(browser, official, step, most):
    rows = [household(i, **{"Ngày sinh": "31/02/1970"} if i % 3 == 0 and step == "errors" else {}) for i in range(120)]
    file = read(a_list(rows), official)
    if step == "result":
        file = save(file, official)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(url(step, file)).status_code == 200
    assert len(queries) <= most, [query["sql"][:90] for query in queries]


def test_the_list_of_imports_takes_few_statements(browser, official):
    for i in range(4):
        read(a_list([household(i)]), official)
    with CaptureQueriesContext(connection) as queries:
        browser.get(url("list"))
    assert len(queries) <= 14


# ---- hostile files ----


def zipped(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for entry, content in entries.items():
            package.writestr(entry, content)
    return out.getvalue()


HOSTILE = {
    "empty": b"", "random": bytes(range(256)) * 40, "html": b"<html><table><tr><td>a</td></tr></table></html>",
    "pdf": b"%PDF-1.7", "nul csv": b"a\x00b,c\n", "half a workbook": a_list([household(1)])[:900],
    "no workbook": zipped(**{"a.txt": b"a"}), "traversal": zipped(**{"../../etc/passwd": b"a"}),
    "bomb": zipped(**{"[Content_Types].xml": b"<a/>", "xl/worksheets/sheet1.xml": b" " * 60_000_000}),
    "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "quote": b'"' + b"x" * 100_000,
    "formula": "STT,Họ và tên\n1,=cmd|' /C calc'!A0\n".encode(), "one word": b"hello",
}  # fmt: skip


@pytest.mark.parametrize("file_name", ["ds.xlsx", "ds.csv", "ds.xls"])
@pytest.mark.parametrize("kind", HOSTILE)
def test_no_file_breaks_a_page(browser, kind, file_name):
    answer = browser.post(url("upload"), {"tep": sent(HOSTILE[kind], file_name)}, follow=True)
    assert answer.status_code in (200, 422)
    for file in ImportFile.objects.all():
        run_job(file)
        answer = browser.get(url("file", file), follow=True)
        assert answer.status_code == 200
        assert reloaded(file).state in ("refused", "uploaded", "checked")


@pytest.mark.parametrize(
    "file_name",
    ["../../../etc/passwd.xlsx", "a" * 300 + ".xlsx", "\u202e\u200bxslx.exe.xlsx", "' OR 1=1 --.xlsx", ".xlsx"],
)
def test_a_hostile_file_name_is_only_shown(browser, file_name):
    browser.post(url("upload"), {"tep": sent(a_list([household(1)]), file_name)})
    file = ImportFile.objects.get()
    run_job(file)
    assert len(file.original_name) <= 200
    assert file.file.name.startswith("imports/")
    assert browser.get(url("errors", file)).status_code == 200


def test_markup_in_cells_is_shown_as_text(browser, official):
    rows = [household(1, **{"Họ và tên chủ hộ": "<script>alert(1)</script>", "Ghi chú": "<b>x</b>", "Loại hộ": "<i>"})]
    file = read(a_list(rows), official)
    for step in ("errors", "columns", "conflicts", "confirm"):
        assert "<script>alert" not in browser.get(url(step, file)).text


def test_a_form_sent_twice_counts_once(browser, official):
    data = {"khoa_lan_gui": "0b0a6a6e-1111-4222-8333-444455556666"}
    first = browser.post(url("upload"), {"tep": sent(a_list([household(1)])), **data})
    second = browser.post(url("upload"), {"tep": sent(a_list([household(2)])), **data})
    assert (first["Location"], ImportFile.objects.count()) == (second["Location"], 1)


def test_two_officials_of_one_commune_share_an_import(client, official):
    file = read(a_list([household(1, **{"Họ và tên chủ hộ": ""})]), official)
    colleague = make_officer()
    with scope_of(colleague):
        import_rows.mend_cell(file.pk, staged(file, FIRST_ROW).pk, FIRST_ROW, "full_name", name(1), by=colleague)
        import_files.start_apply(file.pk, by=colleague)
    client.force_login(colleague)
    assert client.get(url("progress", file)).status_code == 200
