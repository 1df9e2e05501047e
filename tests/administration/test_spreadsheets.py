"""Lists as files: every format, nothing that a spreadsheet would run, and who took what is written down."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pytest
from django.test import Client
from odf import opendocument, teletype
from odf.table import TableCell, TableRow

from administration.models import AuditEvent, Role
from administration.spreadsheets import KINDS, spreadsheet
from administration.verbs import Verb
from tests.factories import MUI_NE, PHU_HAI, commune, make_device, make_household, make_lot, make_officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def cells_of(content: bytes, kind: str) -> list[list[str]]:
    if kind == "xlsx":
        sheet = openpyxl.load_workbook(BytesIO(content)).active
        assert sheet is not None
        return [[str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    if kind == "csv":
        return list(csv.reader(StringIO(content.decode("utf-8-sig"))))
    book = opendocument.load(BytesIO(content))
    rows = book.getElementsByType(TableRow)
    return [[teletype.extractText(cell) for cell in row.getElementsByType(TableCell)] for row in rows]


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_list_is_a_file_of_every_kind_with_text_numbers_and_no_formula(kind):
    content, _media_type = spreadsheet(["IMEI", "Ghi chú"], [("001017000000018", "=1+1")], kind)

    rows = cells_of(content, kind)
    assert rows[0] == ["IMEI", "Ghi chú"]
    assert rows[1][0] == "001017000000018"
    assert rows[1][1].lstrip("'") == "=1+1"
    assert rows[1][1] != "=1+1" or kind == "xlsx"
    if kind == "xlsx":
        sheet: Any = openpyxl.load_workbook(BytesIO(content)).active
        assert {cell.data_type for cell in sheet[2]} == {"s"}


@pytest.mark.parametrize("kind", list(KINDS))
def test_devices_of_a_lot_are_taken_out_as_filtered_and_only_those_in_the_area(client: Client, kind):
    lot = make_lot()
    mine, faulty = make_device(commune(MUI_NE), lot=lot), make_device(commune(MUI_NE), lot=lot, state="faulty")
    foreign = make_device(commune(PHU_HAI), lot=lot)
    officer = make_officer(Role.COMMUNE_OFFICIAL)
    client.force_login(officer)

    response = client.post(f"/thiet-bi/lo/{lot.code}/tai/?tt=in_stock", {"dinh_dang": kind})

    imeis = {row[0] for row in cells_of(response.content, kind)[1:]}
    assert mine.imei in imeis
    assert not imeis & {faulty.imei, foreign.imei}
    event = AuditEvent.objects.get(verb=Verb.TABLE_EXPORTED)
    assert (event.officer_id, event.details) == (officer.pk, {"list": "devices", "count": 1, "format": kind})
    assert officer.get_username() in response["Content-Disposition"]


def test_the_audit_trail_is_taken_out_for_the_area_and_that_is_in_the_trail(client: Client):
    for code, name in ((MUI_NE, "Của Mũi Né"), ("22969", "Của Liên Hương")):
        household = make_household(commune(code))
        AuditEvent.record(
            Verb.HOUSEHOLD_ADDED, household, by=make_officer(full_name=name), area=household.area,
            households=[household.pk],
        )  # fmt: skip
    client.force_login(make_officer(Role.REVIEWER))

    text = client.post("/nhat-ky/tai/", {"dinh_dang": "csv"}).content.decode("utf-8-sig")

    assert "Của Mũi Né" in text
    assert "Của Liên Hương" not in text
    assert AuditEvent.objects.filter(verb=Verb.TABLE_EXPORTED).count() == 1


def test_an_administrator_without_an_area_takes_out_what_was_done_to_accounts(client: Client):
    client.force_login(make_officer(Role.ADMINISTRATOR))

    assert client.post("/nhat-ky/tai/", {"dinh_dang": "ods"}).status_code == 200


def test_an_unknown_format_is_refused(client: Client):
    client.force_login(make_officer(Role.PROVINCE_STAFF))

    assert client.post("/nhat-ky/tai/", {"dinh_dang": "exe"}).status_code == 400
