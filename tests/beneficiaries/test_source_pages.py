"""Earlier programmes in the browser, without a script: from the file to the decision, and who may do what."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from administration.models import Officer, Role
from beneficiaries.models import ExclusionSource, ReceivedHit
from tests.beneficiaries.earlier import a_source_list, add, person, run_job, staff, take_into_use
from tests.beneficiaries.lists import a_list, codes, household, read
from tests.factories import LIEN_HUONG, commune, make_household, make_officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "files")]
NUMBER = "060170900001"


def browser(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def hit() -> ReceivedHit:
    return ReceivedHit.objects.in_force().get()


def test_the_province_takes_a_list_into_use_and_a_household_on_it_is_decided_on():
    officer, found = staff(), make_household(identity=NUMBER, head_name="Trần Thị Bưởi")
    client = browser(officer)
    content = a_source_list([person("Trần Thị Bưởi", "1970", NUMBER), person("Võ Thị Dừa", "", "")])
    said = {
        "name": "Sóng và máy tính cho em", "year": "2021", "giver": "Sở Giáo dục", "kind": "tablet",
        "document_no": "12/SGD", "effect": "blocks", "tep": SimpleUploadedFile("ds.xlsx", content),
    }  # fmt: skip
    assert client.post(reverse("sources:add"), {**said, "year": "1890"}).status_code == 422
    said["tep"] = SimpleUploadedFile("ds.xlsx", content)
    answer = client.post(reverse("sources:add"), said)
    source = ExclusionSource.objects.get()
    address = reverse("sources:source", args=[source.pk])
    assert answer["Location"] == address
    run_job(source)

    page = text_of(client, address)
    assert "nobody can be found by this row" in page
    assert "Take 1 rows into use" in page
    assert "What column" in text_of(client, reverse("sources:columns", args=[source.pk]))
    client.post(reverse("sources:confirm", args=[source.pk]))
    run_job(source)
    assert "1 household is on the list by its number." in text_of(client, address)
    assert "Trần Thị Bưởi" in text_of(client, reverse("sources:hits"))

    official = browser(make_officer())
    assert "Sóng và máy tính cho em (2021)" in text_of(official, reverse("households:detail", args=[found.code]))
    place = reverse("sources:hit", args=[hit().pk])
    shown = text_of(official, place)
    assert "060••••••001" in shown
    assert NUMBER not in shown
    assert 'value="khac"' not in shown  # what a number says is denied by an office above
    decided = official.post(reverse("sources:decide", args=[hit().pk]), {"viec": "cung", "phien_ban": hit().version})
    assert decided["Location"] == f"{reverse('sources:hits')}?vua={hit().pk}"
    assert hit().state == "received"

    client.post(reverse("sources:withdraw", args=[source.pk]), {"reason": "Danh sách sai"})
    assert "Danh sách sai" in text_of(client, address)
    assert place not in text_of(official, reverse("households:detail", args=[found.code]))


def test_not_the_same_goes_on_to_the_next_one_and_can_be_undone():
    first = make_household(identity=NUMBER)
    make_household(identity="060170900002")
    take_into_use([person("A B", "1970", NUMBER), person("C D", "1970", "060170900002")])
    one = ReceivedHit.objects.get(household=first)
    client = browser(make_officer(Role.REVIEWER))
    address = reverse("sources:decide", args=[one.pk])
    assert client.post(address, {"viec": "khac", "ly_do": "khac", "phien_ban": one.version}).status_code == 422
    answer = client.post(address, {"viec": "khac", "ly_do": "so-sai", "phien_ban": one.version})
    assert answer.status_code == 302
    assert "Not the same" in text_of(client, answer["Location"])
    client.post(reverse("sources:undo", args=[one.pk]))
    one.refresh_from_db()
    assert one.state == "open"


def test_a_stale_page_overwrites_nothing():
    make_household(identity=NUMBER)
    take_into_use([person("A B", "1970", NUMBER)])
    one, client = hit(), browser(make_officer())
    client.post(reverse("sources:decide", args=[one.pk]), {"viec": "cung", "phien_ban": one.version})
    answer = browser(make_officer(Role.REVIEWER)).post(
        reverse("sources:decide", args=[one.pk]), {"viec": "khac", "ly_do": "so-sai", "phien_ban": one.version}
    )
    assert answer.status_code == 409
    assert "has already decided on this" in answer.content.decode()
    assert hit().state == "received"


@pytest.mark.parametrize("role", [Role.COMMUNE_OFFICIAL, Role.COMMUNE_LEADER, Role.REVIEWER, Role.ADMINISTRATOR])
def test_others_than_the_province_add_nothing(role):
    officer = make_officer(role)
    assert browser(officer).get(reverse("sources:add")).status_code == 403


def test_a_list_that_is_not_in_use_is_shown_to_the_province_only():
    source = add([person("A B", "1970", NUMBER)], staff())
    assert browser(make_officer()).get(reverse("sources:source", args=[source.pk])).status_code == 404


def test_another_communes_household_is_not_there():
    make_household(identity=NUMBER)
    take_into_use([person("A B", "1970", NUMBER)])
    stranger = browser(make_officer(area=commune(LIEN_HUONG)))
    assert stranger.get(reverse("sources:hit", args=[hit().pk])).status_code == 404
    assert stranger.get(reverse("sources:hits")).context["page"].paginator.count == 0


def test_an_imported_row_says_that_its_number_received_before():
    take_into_use([person("A B", "1970", "060170000001")])
    file = read(a_list([household(1), household(2)]), make_officer())
    assert "V21" in codes(file, 4)
    assert "V21" not in codes(file, 5)
