"""Hostile, foreign and odd files: refused with one sentence that says what to do, or read whole."""

import io
import subprocess
import time

import pytest
import xlwt

from beneficiaries.intake import read_child
from beneficiaries.intake.evidence import Limits, SheetEvidence
from beneficiaries.intake.guard import inspect
from beneficiaries.intake.read import read_workbook, refusal_message
from beneficiaries.intake.refusals import SENTENCES, Refused
from tests.beneficiaries.intake.hostile import REFUSED, ROW_TWO, external_relation, many_rows, with_rows
from tests.beneficiaries.intake.workbooks import (
    ROWS,
    SHEET,
    changed,
    csv,
    ods,
    package,
    parts,
    saved,
    with_entry,
    xls,
    xlsx,
)


@pytest.mark.parametrize("kind", REFUSED)
def test_read_workbook_refuses_with_a_sentence_that_says_what_to_do(kind, tmp_path):
    make, name, code = REFUSED[kind]

    with pytest.raises(Refused) as refusal:
        read_workbook(saved(tmp_path, make(), name), name)

    assert refusal.value.code == code
    assert refusal.value.message.endswith(".")


def prefixed() -> bytes:
    """The whole sheet in a namespace with a prefix."""
    sheet = parts(xlsx())[SHEET].decode()
    body = sheet[sheet.index("<worksheet") :].replace("xmlns=", "xmlns:x=")
    for tag in (
        "worksheet",
        "dimension",
        "sheetViews",
        "sheetView",
        "sheetFormatPr",
        "sheetData",
        "row",
        "c",
        "v",
        "pageMargins",
    ):
        for before in ("<", "</"):
            for after in (" ", ">", "/"):
                body = body.replace(f"{before}{tag}{after}", f"{before}x:{tag}{after}")
    return package(parts(xlsx()) | {SHEET: b'<?xml version="1.0" encoding="UTF-8"?>' + body.encode()})


def attributes_in_other_order() -> bytes:
    entries = parts(xlsx())
    entries[SHEET] = entries[SHEET].replace(b' t="s"><v>', b"><v>").replace(b'<c r="', b'<c t="s" r="')
    entries[SHEET] = entries[SHEET].replace(b'<c t="s" r="A2"', b'<c r="A2"').replace(b'<c t="s" r="A3"', b'<c r="A3"')
    return package(entries)


ACCEPTED = {
    "xlsx": (xlsx, "a.xlsx"),
    "capital extension": (xlsx, "DANH SÁCH.XLSX"),
    "xls": (xls, "a.xls"),
    "ods": (ods, "a.ods"),
    "xls named xlsx": (xls, "a.xlsx"),
    "xlsx named xls": (xlsx, "a.xls"),
    "macros are left alone": (lambda: with_entry("xl/vbaProject.bin", b"\xd0\xcf macros"), "a.xlsm"),
    "hyperlink": (lambda: external_relation("hyperlink"), "a.xlsx"),
    "no dimension": (
        lambda: changed(SHEET, b'<dimension ref="A1:G3"/>', b""), "a.xlsx",
    ),
    "dimension says A1": (lambda: changed(SHEET, b'ref="A1:G3"', b'ref="A1"'), "a.xlsx"),
    "dimension says everything": (lambda: changed(SHEET, b'ref="A1:G3"', b'ref="A1:XFD1048576"'), "a.xlsx"),
    "prefix": (prefixed, "a.xlsx"),
    "attributes in another order": (attributes_in_other_order, "a.xlsx"),
    "comments in the XML": (lambda: changed(SHEET, ROW_TWO, b"<!-- <c r='A1'/> -->" + ROW_TWO), "a.xlsx"),
    "blank formatted tail": (
        lambda: with_rows(b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (n, n) for n in range(30_000, 30_500))),
            "a.xlsx",
    ),
    "csv with commas": (csv, "a.csv"),
    "csv with semicolons": (lambda: csv(separator=";"), "a.csv"),
    "csv with tabs": (lambda: csv(separator="\t"), "a.txt"),
    "csv with BOM": (lambda: csv(encoding="utf-8-sig"), "a.csv"),
    "csv in UTF-16": (lambda: csv(encoding="utf-16"), "a.csv"),
    "csv in UTF-16 without BOM": (lambda: csv(encoding="utf-16-le"), "a.csv"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ACCEPTED)
def test_read_workbook_reads_odd_files_whole(kind, tmp_path):
    make, name = ACCEPTED[kind]

    sheets = read_workbook(saved(tmp_path, make(), name), name)

    assert [[str(cell) for cell in row if cell] for row in sheets[0].rows] == [
        [str(cell) for cell in row] for row in ROWS
    ]


def test_read_workbook_reads_exactly_as_many_rows_as_are_allowed(tmp_path):
    (sheet,) = read_workbook(saved(tmp_path, many_rows(20_000 - 3), "a.xlsx"), "a.xlsx")

    assert len(sheet.rows) == 20_000


def test_inspect_sees_what_the_reader_would_lose(tmp_path):
    rows = [*ROWS, [3, "=1/0", "=A1"]]
    content = xlsx(rows, merges=["B1:C1"], hidden_rows=[3], fonts={1: ".VnTime"})
    content = changed(
        SHEET, b'<c r="B4" s="1"><f>1/0</f><v>0</v>', b'<c r="B4" s="1" t="e"><f>1/0</f><v>#DIV/0!</v>', content
    )
    content = changed(SHEET, b"<f>A1</f><v>0</v>", b"<f>A1</f>", content)

    evidence = inspect(saved(tmp_path, content, "a.xlsx"), "a.xlsx").sheets["Danh sách"]

    assert evidence.errors == [(4, 1, "#DIV/0!"), (4, 2, "#FORMULA?")]
    assert (evidence.rows_with_content, evidence.hidden_rows, evidence.merges) == (4, 1, [(1, 1, 1, 2)])
    assert evidence.fonts[1] == ".VnTime"


class SheetThatLosesARow:
    name = "S"
    merged_cell_ranges = ()
    start = (0, 0)

    def iter_rows(self):
        return iter([["STT"], ["1"]])


@pytest.mark.parametrize(("counted", "code"), [(2, None), (3, "rows_lost"), (1, "rows_lost")])
def test_read_child_refuses_when_reader_and_guard_count_other_rows(counted, code):
    seen = SheetEvidence("S", rows_with_content=counted)

    if code is None:
        assert read_child.answer_sheet(SheetThatLosesARow(), seen, "xlsx", Limits(), io.StringIO()) == 2
    else:
        with pytest.raises(Refused) as refusal:
            read_child.answer_sheet(SheetThatLosesARow(), seen, "xlsx", Limits(), io.StringIO())
        assert refusal.value.code == code


@pytest.mark.parametrize("kind", ["xls", "ods"])
@pytest.mark.parametrize(("filled", "code"), [({1, 2}, None), ({2}, None), ({1, 2, 5}, "rows_lost")])
def test_read_child_refuses_when_a_row_that_the_guard_saw_is_missing(kind, filled, code):
    seen = SheetEvidence("S", surely_filled=filled)
    if code is None:
        assert read_child.answer_sheet(SheetThatLosesARow(), seen, kind, Limits(), io.StringIO()) == 2
    else:
        with pytest.raises(Refused) as refusal:
            read_child.answer_sheet(SheetThatLosesARow(), seen, kind, Limits(), io.StringIO())
        assert refusal.value.code == code


def filled_rows(tmp_path, content: bytes, name: str) -> set[int]:
    (sheet,) = inspect(saved(tmp_path, content, name), name).sheets.values()
    return sheet.surely_filled


def test_the_guard_sees_which_rows_of_an_xls_hold_something(tmp_path):
    long = [[f"Thôn {at} " + ("à" if at % 3 else "a") * (at * 7 % 90), "x" * (at % 4)] for at in range(600)]
    rows = [*ROWS, [], ["", "", 7], [], *long]  # the texts go over several records
    assert filled_rows(tmp_path, xls(rows), "a.xls") == {1, 2, 3, 5, *range(7, 607)}
    book = xlwt.Workbook()
    sheet = book.add_sheet("DS")
    for row, value in enumerate(["", "a", xlwt.Formula("1+1"), None, True]):
        sheet.write(row, 0, value)
    out = io.BytesIO()
    book.save(out)
    assert {2, 5} <= filled_rows(tmp_path, out.getvalue(), "b.xls") <= {2, 3, 5}


def test_the_guard_sees_which_rows_of_an_ods_hold_something(tmp_path):
    entries = parts(ods([*ROWS, [""], [8]]))
    note = b"<office:annotation><text:p>xem</text:p></office:annotation><text:p></text:p>"
    content = entries["content.xml"].replace(b"<text:p></text:p>", note).replace(b"<text:p/>", note)
    assert note in content
    repeated = content.replace(b"<table:table-row>", b'<table:table-row table:number-rows-repeated="2">', 1)
    assert filled_rows(tmp_path, package(entries | {"content.xml": content}), "a.ods") == {1, 2, 3, 5}
    assert filled_rows(tmp_path, package(entries | {"content.xml": repeated}), "b.ods") == {1, 2, 3, 4, 6}
    covered = content.replace(b"table:table-cell", b"table:covered-table-cell")
    assert filled_rows(tmp_path, package(entries | {"content.xml": covered}), "c.ods") == set()


@pytest.mark.parametrize("make", [xls, ods, xlsx], ids=["xls", "ods", "xlsx"])
def test_a_last_row_of_errors_only_loses_nothing(make, tmp_path):
    name = f"a.{make.__name__}"
    if make is xlsx:
        content = changed(SHEET, b"</sheetData>", b'<row r="9"><c r="B9" t="e"><v>#REF!</v></c></row></sheetData>')
    else:
        content = make([*ROWS, ["", "#REF!"]])
    sheet = read_workbook(saved(tmp_path, content, name), name)[0]
    assert [cell for cell in sheet.rows[-1] if cell] == ["#REF!"]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('1,Lê A,",1970,Nam\n2,Lê B,",1980,Nữ\n', None),
        ('1,"Lê A,nt,1970,Nam\n2,Lê B,nt,1980,Nữ\n', None),
        ('1,"Lê A",nt,"nghèo,\nốm",Nam\n2,Lê B,nt,1980,Nữ\n', 3),
        ('1,Lê "Bé" A,nt,1970,Nam\n2,Lê B,"""",1980,Nữ\n', 3),
    ],
)
def test_a_quotation_mark_that_is_not_closed_never_swallows_rows(text, rows, tmp_path):
    path = saved(tmp_path, ("STT,Họ tên,Thôn,Năm sinh,Giới\n" + text).encode(), "a.csv")
    if rows:
        assert len(read_workbook(path, "a.csv")[0].rows) == rows
    else:
        with pytest.raises(Refused) as refusal:
            read_workbook(path, "a.csv")
        assert (refusal.value.code, refusal.value.params) == ("open_quote", {"row": 2})


def test_every_refusal_has_a_sentence_with_its_parameters_only():
    for code, sentence in SENTENCES.items():
        params = {"megabytes": 10, "limit": 9, "sheet": "S", "column": "BL", "row": 2}
        assert refusal_message(code, params), sentence


def test_the_reading_process_inherits_no_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    seen = {}

    def fake_run(command, **options):
        seen.update(options["env"])
        raise TimeoutError

    monkeypatch.setattr("beneficiaries.intake.read.subprocess.run", fake_run)
    with pytest.raises(TimeoutError):
        read_workbook(saved(tmp_path, xlsx(), "a.xlsx"), "a.xlsx")

    assert set(seen) == {"PATH", "PYTHONPATH", "LANG", "PYTHONUTF8"}


def test_read_workbook_refuses_a_small_file_that_says_too_much(tmp_path):
    """One long shared text in every cell: 100 KB on the disk, 90 million letters for the worker."""
    content = xlsx([["x" * 30_000] * 10] * 300)

    assert len(content) < 100_000
    with pytest.raises(Refused) as refusal:
        read_workbook(saved(tmp_path, content, "a.xlsx"), "a.xlsx")
    assert refusal.value.code == "unpacks_too_large"


def test_read_workbook_gives_up_before_its_time_is_over(tmp_path, monkeypatch):
    """A reader that hangs without using the processor, which the limit on its time does not see."""
    hanging = tmp_path / "python"
    hanging.write_text("#!/bin/sh\nexec sleep 60\n")
    hanging.chmod(0o755)
    monkeypatch.setattr("beneficiaries.intake.read.sys.executable", str(hanging))
    began = time.monotonic()

    with pytest.raises(Refused) as refusal:
        read_workbook(saved(tmp_path, xlsx(), "a.xlsx"), "a.xlsx", Limits(seconds=3))

    assert refusal.value.code == "too_slow"
    assert time.monotonic() - began < 3


def test_read_workbook_says_so_when_the_memory_runs_out(tmp_path):
    content = xlsx([["x" * 30_000] * 10] * 150)  # fits within the letters, not within this memory

    with pytest.raises(Refused) as refusal:
        read_workbook(saved(tmp_path, content, "a.xlsx"), "a.xlsx", Limits(memory=60 * 1024 * 1024))
    assert refusal.value.code in ("unpacks_too_large", "unreadable")


@pytest.mark.parametrize(
    ("code", "expected"), [(-9, "too_slow"), (-24, "too_slow"), (-6, "unreadable"), (-11, "unreadable")]
)
def test_read_workbook_answers_for_a_reader_that_was_killed(code, expected, tmp_path, monkeypatch):
    ended = subprocess.CompletedProcess([], code, stdout=b'{"sheet":"S","visible":true}\n["STT"]\n')
    monkeypatch.setattr("beneficiaries.intake.read.subprocess.run", lambda *_, **__: ended)

    with pytest.raises(Refused) as refusal:
        read_workbook(saved(tmp_path, xlsx(), "a.xlsx"), "a.xlsx")
    assert refusal.value.code == expected


def test_read_workbook_answers_for_a_reader_that_never_ends(tmp_path, monkeypatch):
    run = subprocess.run
    monkeypatch.setattr(
        "beneficiaries.intake.read.subprocess.run",
        lambda _command, **options: run(["/bin/sleep", "9"], **options | {"timeout": 0.1}),
    )
    with pytest.raises(Refused) as refusal:
        read_workbook(saved(tmp_path, xlsx(), "a.xlsx"), "a.xlsx")
    assert refusal.value.code == "too_slow"
