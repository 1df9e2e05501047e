"""A list on paper and as a file: masked, in its order, without formulas; a round that is opened."""

from __future__ import annotations

import io

import openpyxl
import pytest
import tablib

from administration.models import AuditEvent, Role
from administration.spreadsheets import KINDS, harmless
from administration.verbs import Verb
from allocations.models import Round
from beneficiaries.models import Household
from tests.allocations.listed_pages import LIST, lines, page, send
from tests.factories import (
    make_officer,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "english")]


# ---- Paper and files -------------------------------------------------------------------------------------------------


def identities(commune_list) -> list[str]:
    return [n.household.members.get(is_head=True).identity_number for n in lines(commune_list, "draft")]


def test_a_printed_list_is_masked_until_somebody_asks_by_name(browser, official, leader, built):
    numbers = [n for n in identities(built) if n]
    text = page(browser, official, f"{LIST}in/")
    assert not any(number in text for number in numbers)
    assert f"{numbers[0][:3]}••••••{numbers[0][-3:]}" in text
    assert not AuditEvent.objects.filter(verb=Verb.LIST_EXPORTED).exists()
    shown = send(browser, official, f"{LIST}in/", status=200).content.decode()
    assert all(number in shown for number in numbers)
    (event,) = AuditEvent.objects.filter(verb=Verb.LIST_EXPORTED)
    assert len(event.household_ids) == 4
    masked = send(browser, leader, f"{LIST}in/", status=200).content.decode()  # may not reveal numbers
    assert not any(number in masked for number in numbers)


@pytest.mark.parametrize("kind", ["xlsx", "csv", "ods"])
def test_a_list_is_exported_in_its_order_with_the_columns_of_form_2(browser, official, built, kind):
    assert kind in KINDS
    response = send(browser, official, f"{LIST}xuat/", {"kind": kind}, status=200)
    assert response["Content-Disposition"] == f'attachment; filename="danh-sach-dot-2-22915.{kind}"'
    rows = read(response.content, kind)
    assert rows[0][:2] == ["No.", "Name of the head of household"]
    assert [row[1] for row in rows[1:]] == ["Lò Thị Yến", "Giàng A Chổ", "Vàng Hữu An", "Đỗ Thị Ẩn"]
    assert rows[1][4] == f"060••••••{identities(built)[0][-3:]}"
    (event,) = AuditEvent.objects.filter(verb=Verb.LIST_EXPORTED)
    assert event.details == {"kind": kind, "with_identity": False}


def test_full_numbers_leave_only_with_the_permission_and_as_text(browser, official, leader, built):
    data = {"kind": "xlsx", "with_identity": "on"}
    rows = read(send(browser, official, f"{LIST}xuat/", data, status=200).content, "xlsx")
    assert [row[4] or "" for row in rows[1:]] == identities(built)
    assert rows[1][4].startswith("060")
    masked = read(send(browser, leader, f"{LIST}xuat/", data, status=200).content, "xlsx")
    assert "••••••" in masked[1][4]


@pytest.mark.parametrize("kind", ["xlsx", "csv", "ods"])
@pytest.mark.parametrize("evil", ["=1+1", "+84", "-2", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0"])
def test_no_cell_of_an_export_is_a_formula(browser, official, built, kind, evil):
    Household.objects.filter(members__full_name="Lò Thị Yến").update(note=evil, hamlet=evil)
    content = send(browser, official, f"{LIST}xuat/", {"kind": kind}, status=200).content
    cells = read(content, kind)[1]
    assert f"'{evil}".replace("\t", "") in [str(cell).replace("\t", "") for cell in cells]
    if kind == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


@pytest.mark.parametrize(("cell", "safe"), [("=1", "'=1"), ("a=1", "a=1"), (5, 5), ("", ""), ("\r1", "'\r1")])
def test_only_text_that_begins_like_a_formula_gets_an_apostrophe(cell, safe):
    assert harmless(cell) == safe


def test_an_unknown_kind_of_file_is_refused(browser, official, built):
    send(browser, official, f"{LIST}xuat/", {"kind": "exe"}, status=422)
    assert not AuditEvent.objects.filter(verb=Verb.LIST_EXPORTED).exists()


def read(content: bytes, kind: str) -> list[list]:
    if kind == "xlsx":
        return [list(row) for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)]
    data = tablib.Dataset().load(content.decode("utf-8-sig") if kind == "csv" else content, format=kind)
    return [data.headers, *[list(row) for row in data]]


# ---- Opening a round -------------------------------------------------------------------------------------------------


def test_the_province_opens_a_planned_round_on_its_page(browser, round):
    staff = make_officer(Role.PROVINCE_STAFF)
    Round.objects.update(state="planned")
    text = page(browser, staff, "/dot/dot-2/mo/")
    assert "Hộ cận nghèo" in text
    assert "0 of 121" in text
    send(browser, staff, "/dot/dot-2/mo/")
    round.refresh_from_db()
    assert round.state == "open"
    assert "already open" in send(browser, staff, "/dot/dot-2/mo/", status=422).content.decode()
