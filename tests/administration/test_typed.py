"""Numbers in addresses and forms: whatever somebody sends there, a page is the answer."""

from __future__ import annotations

import pytest

from administration.models import Role
from administration.typed import number_in
from allocations.actions import build_list, submit_list
from tests.factories import commune, make_household, make_officer, make_quota, make_round

TOO_MUCH = "9" * 5000  # int() itself refuses it


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("17", 17), ("9" * 15, 999_999_999_999_999), (None, None), ("", None), ("-1", None), ("1.5", None),
     ("²", None), ("1 ", None), ("9" * 16, None), (TOO_MUCH, None)],
)  # fmt: skip
def test_a_number_is_digits_only_and_no_more_of_them_than_an_id_has(text, number):
    assert number_in(text) == number


@pytest.mark.django_db
@pytest.mark.usefixtures("everywhere")
@pytest.mark.parametrize(
    ("role", "url", "name"),
    [
        (Role.ADMINISTRATOR, "/nhat-ky/", "page"),
        (Role.PROVINCE_STAFF, "/chi-tieu/dot-2/lich-su/", "truoc"),
        (Role.REVIEWER, "/duyet/dot-2/22915/", "dong"),
        (Role.COMMUNE_OFFICIAL, "/ho/", "moi_trang"),
    ],
)
def test_thousands_of_digits_in_an_address_are_answered_like_no_number(client, role, url, name):
    place = {Role.COMMUNE_OFFICIAL: commune(), Role.REVIEWER: commune().parent}.get(role, commune().parent.parent)
    make_household()
    round = make_round(code="dot-2")
    make_quota(round)
    made = build_list(round.pk, commune().pk, by=make_officer())
    submit_list(made.pk, document_no="1", document_date=round.opens_on, by=make_officer(Role.COMMUNE_LEADER))
    client.force_login(make_officer(role, place))

    plain, odd = client.get(url), client.get(url, {name: TOO_MUCH})

    assert (plain.status_code, odd.status_code) == (200, 200)
