"""The record of an import on paper: what it says, who gets it."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from administration.models import AuditEvent
from administration.verbs import Verb
from reports.import_papers import left_rows
from tests.beneficiaries.lists import FIRST_ROW, a_list, household, name, read, save
from tests.factories import LIEN_HUONG, commune, make_officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "files")]


@pytest.fixture
def official(everywhere):
    return make_officer()


def rows() -> list[dict]:
    """Ten good rows, one of them twice, and three that cannot be read for one reason, one for another."""
    bad = [household(number, **{"Ngày sinh": "31/02/1970"}) for number in (20, 21, 22)]
    return [*(household(number) for number in range(1, 11)), household(10), *bad, household(30, **{"Loại hộ": "HNN"})]


def paper_of(client, file) -> str:
    answer = client.get(reverse("papers:import_record", args=[file.pk]))
    assert answer["Content-Type"] == "application/pdf"
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(answer.content)).pages)


def test_the_record_tells_file_people_counts_and_the_rows_that_are_left(client, official):
    file = save(read(a_list(rows()), official, "Danh sách khu phố.xlsx"), official)
    client.force_login(official)
    text = paper_of(client, file)
    for said in ("Danh sách khu phố.xlsx", file.sha256[:16], str(official), "Thêm mới: 10 hộ", "Chưa lưu: 4 dòng",
                 "chỉ tính một lần: 1", f"{FIRST_ROW + 11}–{FIRST_ROW + 13}"):  # fmt: skip
        assert said in text, said
    assert name(1) not in text
    assert AuditEvent.objects.about(file).filter(verb=Verb.FILE_RECORD_PRINTED).count() == 1


def test_rows_are_left_in_the_files_order_a_line_for_each_reason(official):
    file = save(read(a_list(rows()), official), official)
    told = left_rows(file)
    assert [numbers for _, numbers, _ in told] == [f"{FIRST_ROW + 11}–{FIRST_ROW + 13}", str(FIRST_ROW + 14)]
    assert len({reason for _, _, reason in told}) == 2


def test_a_file_that_is_not_saved_has_no_record(client, official):
    file = read(a_list(rows()), official)
    client.force_login(official)
    answer = client.get(reverse("papers:import_record", args=[file.pk]))
    assert answer.status_code == 409
    assert not AuditEvent.objects.filter(verb=Verb.FILE_RECORD_PRINTED).exists()


def test_the_record_of_another_communes_file_does_not_exist(client, official):
    file = save(read(a_list(rows()), official), official)
    client.force_login(make_officer(area=commune(LIEN_HUONG), username="another"))
    assert client.get(reverse("papers:import_record", args=[file.pk])).status_code == 404
