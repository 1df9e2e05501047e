"""S9: one household with its rank, its reasons, its decision and the timeline of everything that happened to it."""

import pytest

from administration.models import Role
from allocations import actions
from allocations.models import Reason
from tests.allocations.scenes import submitted
from tests.factories import PHU_HAI, commune, make_officer

pytestmark = pytest.mark.usefixtures("everywhere")


def text_of(client, officer, url, *, status=200) -> str:
    client.force_login(officer)
    response = client.get(url)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def test_the_page_tells_everything_or_only_decisions_newest_first(client):
    scene = submitted(1)
    line = scene.lines[0]
    actions.record_complaint(
        scene.commune_list.pk, complainant="Ông Mẫu", text="x", received_on=scene.round.opens_on,
        allocation_id=line.pk, by=scene.official,
    )  # fmt: skip
    actions.send_back(scene.commune_list.pk, [line.pk], reason=Reason.MISSING_EVIDENCE, by=scene.reviewer)
    url = f"/phan-bo/{line.household.code}/"

    everything = text_of(client, scene.official, url)
    decisions = text_of(client, scene.official, f"{url}?xem=quyet-dinh")

    assert "Trả lại" in everything
    assert "Thiếu minh chứng" in everything
    assert "Ghi phản ánh" in everything or "phản ánh" in everything
    assert everything.index("Trả lại để bổ sung", everything.index("timeline")) > 0
    assert "Trả lại" in decisions
    assert "phản ánh" not in decisions[decisions.index('class="timeline"') : decisions.index("</main>")]


def test_a_reviewer_is_led_to_the_decision_and_the_official_is_not(client):
    scene = submitted(1)
    url = f"/phan-bo/{scene.lines[0].household.code}/"

    assert f"{scene.url}?che-do=tung-ho" in text_of(client, scene.reviewer, url)
    assert f"{scene.url}?che-do=tung-ho" not in text_of(client, scene.official, url)


def test_a_household_elsewhere_has_no_page(client):
    scene = submitted(1)
    url = f"/phan-bo/{scene.lines[0].household.code}/"

    text_of(client, make_officer(area=commune(PHU_HAI)), url, status=404)
    text_of(client, make_officer(Role.ADMINISTRATOR), url, status=403)
