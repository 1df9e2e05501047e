"""The control of the posting guards: without them an unposted list is signed and a complaint passed over."""

import pytest

from administration.models import Role
from administration.scope import EVERYWHERE, within
from allocations.actions import build_list, record_complaint
from allocations.models import Allocation, Status
from tests.allocations.races import without_trigger
from tests.factories import commune, make_household, make_officer, make_round

pytestmark = pytest.mark.django_db(transaction=True)


def test_control_without_the_guard_an_unposted_list_is_signed_over_a_complaint():
    with without_trigger("allocations_allocation", "lines_keep_to_the_procedure"), within(*EVERYWHERE):
        official, leader = make_officer(), make_officer(Role.COMMUNE_LEADER)
        round = make_round(demands_posting=True)
        make_household()
        listed = build_list(round.pk, commune().pk, by=official)
        line = listed.lines.get()
        record_complaint(
            listed.pk, complainant="Ông Mẫu", text="Đã có máy", received_on=round.opens_on, allocation_id=line.pk,
            by=official,
        )  # fmt: skip
        Allocation.objects.update(status=Status.SUBMITTED, signed_by=leader)
        assert listed.lines.get().status == Status.SUBMITTED
