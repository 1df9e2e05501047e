"""Deciding on suspected duplicates: who sees which pair, what is shown of the other commune, and the way back."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from administration.models import Officer, Role
from beneficiaries import actions
from beneficiaries.models import Household, HouseholdLink, MoveRequest, SuspectedPair
from tests.beneficiaries.test_pairs import make_pair
from tests.factories import LIEN_HUONG, PHU_HAI, commune, district, make_household, make_officer, make_person, province

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
LIST = "/trung-lap/"
EVIDENCE = {
    "people": [{"name": "marks", "number": "missing", "birth": "equal", "gender": "equal", "a": {"is_head": True},
                "b": {"is_head": True}}],
    "place": "commune", "phone": False, "rare_name": True,
}  # fmt: skip


def browser(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def two(other: str = "", **more) -> SuspectedPair:
    """A pair of Mũi Né and another commune, or of Mũi Né alone; the two are heads."""
    first = make_household(head_name="Nguyễn Thị Hoa", identity=None, phone="0912345678")
    second = make_household(commune(other) if other else None, head_name="Nguyễn Thị Hòa")
    people = {"person_a": first.members.get(), "person_b": second.members.get()}
    return make_pair(first, second, evidence=EVIDENCE, **people, **more)


def decide(client: Client, pair: SuspectedPair, what: str, **more):
    said = {"viec": what, "ly_do": "giay-to", "giu": pair.household_a_id, **more}
    return client.post(reverse("pairs:decide", args=[pair.pk]), said)


# --- Who sees what ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("where", "status"), [("", 200), (LIEN_HUONG, 200), (PHU_HAI, 404)])
def test_a_pair_is_there_for_the_communes_of_its_sides_only(where, status):
    pair = two(LIEN_HUONG)
    officer = make_officer(area=commune(where) if where else None)
    client = browser(officer)

    assert client.get(reverse("pairs:pair", args=[pair.pk])).status_code == status
    assert decide(client, pair, "khac").status_code == (302 if status == 200 else 404)
    assert (pair.household_a.code in text_of(client, LIST + "?tt=xong")) == (status == 200)


@pytest.mark.parametrize("role", [Role.COMMUNE_LEADER])
def test_who_only_looks_is_offered_no_decision_and_cannot_take_one(role):
    pair = two()
    client = browser(make_officer(role))

    assert 'name="viec"' not in text_of(client, reverse("pairs:pair", args=[pair.pk]))
    assert decide(client, pair, "khac").status_code == 403
    pair.refresh_from_db()
    assert pair.state == "open"


def test_an_administrator_has_no_such_page():
    assert browser(make_officer(Role.ADMINISTRATOR)).get(LIST).status_code == 403


def test_the_queue_shows_what_is_certain_first_and_leafs(django_assert_max_num_queries):
    pairs = [two(score=50 + number) for number in range(26)]
    sure = two(certainty="same", score=1)
    client = browser(make_officer())
    with django_assert_max_num_queries(25):
        page = client.get(LIST)
    lines = [line.pair.pk for line in page.context["lines"]]
    assert lines == [sure.pk, *(pair.pk for pair in reversed(pairs))][:25]
    assert len(client.get(LIST + "?page=2").context["lines"]) == 2


def test_a_record_of_another_commune_is_shown_masked_and_without_link():
    pair = two(LIEN_HUONG)
    make_person(pair.household_b, full_name="Trần Văn Bí Mật")
    page = text_of(browser(make_officer()), reverse("pairs:pair", args=[pair.pk]))

    assert reverse("households:detail", args=[pair.household_a.code]) in page
    assert reverse("households:detail", args=[pair.household_b.code]) not in page
    assert "Trần Văn Bí Mật" not in page
    assert "060••••••" in page
    assert "ask the other commune" in page


def test_differences_are_named_in_words_and_with_a_sign():
    pair = two()
    address, client = reverse("pairs:pair", args=[pair.pk]), browser(make_officer())
    assert 'name="lay"' not in text_of(client, address)  # what only one record says is kept without asking
    Household.objects.filter(pk=pair.household_a_id).update(hamlet="Khu phố 9")
    make_person(pair.household_b, full_name="Trần Văn Con")
    found = client.get(address).context["found"]
    assert 'name="lay" value="hamlet"' in text_of(client, address)
    rows = {row.label: (row.sign, row.words) for row in found.rows}
    assert rows["Full name"] == ("≈", "The names differ only in tone marks or capitals.")
    assert rows["Birth"] == ("=", "The same")
    assert rows["Identity number"][0] == "?"
    assert rows["Members of the household"][0] == "≠"
    assert found.advised == pair.household_b_id  # the record with a number


# --- Deciding ---------------------------------------------------------------------------------------------------------


def test_not_the_same_goes_on_to_the_next_pair_and_can_be_undone_from_there():
    first, second = two(score=90), two(score=80)
    client = browser(make_officer())

    answer = decide(client, first, "khac", ghi_chu="Hai người")

    assert answer["Location"] == f"{reverse('pairs:pair', args=[second.pk])}?vua={first.pk}"
    first.refresh_from_db()
    assert (first.state, first.reason) == (
        "not_same", "Two different people: checked against their papers. Hai người",
    )  # fmt: skip
    undo = reverse("pairs:undo", args=[first.pk])
    assert undo in text_of(client, answer["Location"])
    assert client.post(undo)["Location"] == reverse("pairs:pair", args=[first.pk])
    first.refresh_from_db()
    assert first.state == "open"


def test_a_reason_of_ones_own_has_to_be_written():
    pair = two()
    answer = decide(browser(make_officer()), pair, "khac", ly_do="khac")
    assert answer.status_code == 422
    assert "Say why they are not the same household." in answer.content.decode()


def test_two_records_of_the_commune_are_merged_and_taken_apart_again():
    pair = two()
    client = browser(make_officer())

    answer = decide(client, pair, "cung", giu=pair.household_b_id, lay=["phone", "area_id"])

    assert answer["Location"] == f"{LIST}?vua={pair.pk}"
    gone = Household.objects.get(pk=pair.household_a_id)
    assert (gone.continues_in_id, Household.objects.get(pk=pair.household_b_id).phone) == (
        pair.household_b_id, "0912345678",
    )  # fmt: skip
    client.post(reverse("pairs:undo", args=[pair.pk]))
    gone.refresh_from_db()
    assert gone.delisted_on is None
    pair.refresh_from_db()
    assert pair.state == "open"


def test_what_lies_in_another_commune_is_asked_for():
    pair = two(LIEN_HUONG)
    client = browser(make_officer())
    decide(client, pair, "cung")
    pair.refresh_from_db()
    assert pair.state == "waiting"
    asked = MoveRequest.objects.get()
    assert (asked.household_id, asked.into_id) == (pair.household_b_id, pair.household_a_id)
    assert reverse("moves:request", args=[asked.pk]) in text_of(client, reverse("pairs:pair", args=[pair.pk]))
    client.post(reverse("pairs:undo", args=[pair.pk]))
    asked.refresh_from_db()
    assert asked.state == "taken_back"


def test_what_the_numbers_say_is_not_denied_by_one_commune_but_by_the_office_above():
    pair = two(PHU_HAI, certainty="same")
    assert decide(browser(make_officer()), pair, "khac").status_code == 422
    assert decide(browser(make_officer(Role.REVIEWER, district())), pair, "khac").status_code == 302


def test_a_second_decision_says_that_one_was_taken():
    pair = two()
    actions.declare_different(pair.pk, reason="x", by=make_officer(full_name="Lò Thị Yến"))
    answer = decide(browser(make_officer()), pair, "cung")
    assert answer.status_code == 422
    assert "Lò Thị Yến" in answer.content.decode()
    assert not HouseholdLink.objects.exists()


@pytest.mark.parametrize("kept", ["", "x", "0", "9" * 30])
def test_a_record_that_is_none_of_the_two_cannot_be_kept(kept):
    pair = two()
    assert decide(browser(make_officer(Role.PROVINCE_STAFF, province())), pair, "cung", giu=kept).status_code == 422


# --- Moves ------------------------------------------------------------------------------------------------------------


def ask(client: Client, household: Household, to: str):
    return client.post("/chuyen-ho/xin/", {"code": household.code, "to_area": commune(to).pk, "reason": "Về ở với con"})


def test_a_move_is_asked_for_on_a_page_and_agreed_to_by_the_other_commune():
    household = make_household(members=2)
    here, there = browser(make_officer()), browser(make_officer(area=commune(PHU_HAI)))

    page = ask(here, household, PHU_HAI)["Location"]

    assert 'value="dong-y"' not in text_of(here, page)
    assert here.post(page + "tra-loi/", {"viec": "dong-y"}).status_code == 422
    assert 'value="rut"' not in text_of(there, page)
    assert there.post(page + "tra-loi/", {"viec": "dong-y"}).status_code == 302
    new = Household.objects.get(pk=HouseholdLink.objects.get().target_id)
    assert new.area == commune(PHU_HAI)
    address = reverse("households:detail", args=[household.code])
    assert new.code in text_of(here, address)
    assert "tach-lai" not in text_of(here, address)  # undone by who has the household now
    undo = reverse("households:undo_link", args=[new.code, HouseholdLink.objects.get().pk])
    assert undo in text_of(there, reverse("households:detail", args=[new.code]))
    there.post(undo)
    household.refresh_from_db()
    assert household.delisted_on is None


def test_a_move_is_refused_with_a_reason_and_taken_back_by_who_asked():
    household = make_household()
    here, there = browser(make_officer()), browser(make_officer(area=commune(PHU_HAI)))
    page = ask(here, household, PHU_HAI)["Location"]
    assert there.post(page + "tra-loi/", {"viec": "khong", "ly_do": ""}).status_code == 422
    there.post(page + "tra-loi/", {"viec": "khong", "ly_do": "Không ở xã tôi"})
    assert "Không ở xã tôi" in text_of(here, page)
    again = ask(here, household, PHU_HAI)["Location"]
    here.post(again + "tra-loi/", {"viec": "rut"})
    assert [*MoveRequest.objects.order_by("pk").values_list("state", flat=True)] == ["refused", "taken_back"]


def test_a_request_between_two_other_communes_does_not_exist():
    page = ask(browser(make_officer()), make_household(), PHU_HAI)["Location"]
    stranger = browser(make_officer(area=commune(LIEN_HUONG)))
    assert stranger.get(page).status_code == 404
    assert stranger.post(page + "tra-loi/", {"viec": "dong-y"}).status_code == 404
    assert page not in text_of(stranger, "/chuyen-ho/")


def test_a_wrong_code_is_said_at_the_form():
    answer = browser(make_officer()).post(
        "/chuyen-ho/xin/", {"code": "00000-00000", "to_area": commune(PHU_HAI).pk, "reason": "x"}
    )
    assert answer.status_code == 422
    assert "No household in the register has this code." in answer.content.decode()


def test_the_page_of_a_merged_household_leads_on_and_back_and_undoes():
    kept, gone = make_household(), make_household()
    link = actions.merge_households(kept.pk, gone.pk, by=make_officer())
    client = browser(make_officer())
    for one, other in ((kept, gone), (gone, kept)):
        page = text_of(client, reverse("households:detail", args=[one.code]))
        assert reverse("households:detail", args=[other.code]) in page
    stranger = make_household()
    assert client.post(reverse("households:undo_link", args=[stranger.code, link.pk])).status_code == 404
    client.post(reverse("households:undo_link", args=[kept.code, link.pk]))
    gone.refresh_from_db()
    assert gone.delisted_on is None
