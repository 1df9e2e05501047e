"""One defect for every rule of the data: planted with the owner's triggers and constraints out of the way."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from administration.models import AuditEvent, Job
from administration.verbs import Verb
from allocations.models import Allocation
from beneficiaries.models import ImportFile, StagedHousehold
from reports.models import AllocationCount, DayCount, HouseholdCount, ReportRun
from tests.factories import (
    PHU_HAI,
    commune,
    district,
    make_device,
    make_household,
    make_officer,
)
from tests.reports.busy_data import LONG_AGO, link_onward, sql, without
from tests.reports.defects_of_records import (
    accepted_move_that_moved_nothing,
    event_slipped_in,
    link_that_names_another_commune,
    merged_pair_of_two_records,
    move_of_another_household,
    pair_that_waits_for_nobody,
    picture_that_is_alive,
    report_with_figures_that_no_line_gives,
    report_with_other_figures_than_its_event,
    seal_forged,
    sealed_event_changed,
    sealed_event_removed,
    sealed_events_swapped,
    tail_of_the_trail_cut_off,
)

# --- Each rule broken ----------------------------------------------------------------------------------------------

Plant = Callable[[dict[str, Allocation]], None]


def two_persons_with_one_number(lines: dict[str, Allocation]) -> None:
    a, b = lines["rejected"].household_id, lines["withdrawn"].household_id
    without("cccd_is_unique_among_the_living")
    sql(
        "UPDATE beneficiaries_person p SET cccd_hash = q.cccd_hash FROM beneficiaries_person q"
        f" WHERE p.household_id = {a} AND p.is_head AND q.household_id = {b} AND q.is_head"
    )


def household_on_two_lists(lines: dict[str, Allocation]) -> None:
    without("household_has_one_live_allocation")
    sql(
        f"UPDATE allocations_allocation SET household_id = {lines['submitted'].household_id}"
        f" WHERE id = {lines['withdrawn'].pk}",
        f"UPDATE allocations_allocation SET status = 'draft' WHERE id = {lines['withdrawn'].pk}",
    )


def person_helped_in_two_households(lines: dict[str, Allocation]) -> None:
    a, b = lines["submitted"].household_id, lines["approved"].household_id
    without("cccd_is_unique_among_the_living")
    sql(
        "UPDATE beneficiaries_person p SET cccd_hash = q.cccd_hash FROM beneficiaries_person q"
        f" WHERE p.household_id = {a} AND p.is_head AND q.household_id = {b} AND q.is_head"
    )


def number_claimed_by_two_lines(lines: dict[str, Allocation]) -> None:
    without("identity_is_helped_once")
    claim = lines["approved"].claims.exclude(identity_hash=None).get()
    sql(
        "INSERT INTO allocations_claim (allocation_id, area_no, person_id, identity_hash)"
        f" SELECT {lines['draft'].pk}, area_no, NULL, identity_hash FROM allocations_claim WHERE id = {claim.pk}"
    )


def person_claimed_by_two_lines(lines: dict[str, Allocation]) -> None:
    without("person_is_helped_once")
    claim = lines["approved"].claims.first()
    sql(
        "INSERT INTO allocations_claim (allocation_id, area_no, person_id, identity_hash)"
        f" SELECT {lines['draft'].pk}, area_no, person_id, NULL FROM allocations_claim WHERE id = {claim.pk}"
    )


def member_of_a_closed_record(lines: dict[str, Allocation]) -> None:
    sql(f"UPDATE beneficiaries_household SET delisted_on = '2024-07-01' WHERE id = {lines['rejected'].household_id}")


def household_without_a_head(lines: dict[str, Allocation]) -> None:
    sql(f"UPDATE beneficiaries_person SET is_head = false WHERE household_id = {lines['rejected'].household_id}")


def approved_line_of_a_closed_record(lines: dict[str, Allocation]) -> None:
    household = lines["approved"].household_id
    sql(
        f"UPDATE beneficiaries_household SET delisted_on = '2024-07-01' WHERE id = {household}",
        f"UPDATE beneficiaries_person SET is_live = false WHERE household_id = {household}",
    )


def record_that_continues_without_a_link(lines: dict[str, Allocation]) -> None:
    a, b = lines["rejected"].household_id, lines["withdrawn"].household_id
    sql(
        f"UPDATE beneficiaries_household SET delisted_on = '2024-07-01', continues_in_id = {b} WHERE id = {a}",
        f"UPDATE beneficiaries_person SET is_live = false WHERE household_id = {a}",
    )


def device_that_does_not_count_onward(lines: dict[str, Allocation]) -> None:
    gone = lines["handed_over"].household_id
    link_onward(gone, lines["withdrawn"].household_id)
    sql(
        f"UPDATE beneficiaries_household SET delisted_on = '2024-07-01',"
        f" continues_in_id = {lines['withdrawn'].household_id} WHERE id = {gone}",
        f"UPDATE beneficiaries_person SET is_live = false WHERE household_id = {gone}",
    )


def quota_counter_moved(lines: dict[str, Allocation]) -> None:
    sql("UPDATE allocations_quota SET used = used + 1 WHERE allowed = 10")


def line_approved_without_a_quota(lines: dict[str, Allocation]) -> None:
    sql("DELETE FROM allocations_quota WHERE allowed = 10")


def more_used_than_allowed(lines: dict[str, Allocation]) -> None:
    without("quota_is_never_exceeded")
    sql("UPDATE allocations_quota SET allowed = 1 WHERE allowed = 10")


def more_given_on_than_there_is(lines: dict[str, Allocation]) -> None:
    sql("UPDATE allocations_quota SET allowed = 9 WHERE allowed = 20")


def decision_without_event(lines: dict[str, Allocation]) -> None:
    sql(f"UPDATE allocations_allocation SET status = 'returned' WHERE id = {lines['waiting'].pk}")


def event_without_line(lines: dict[str, Allocation]) -> None:
    line = lines["approved"]
    AuditEvent.record(
        Verb.APPROVED, line.commune_list, by=line.decided_by, area=line.area, households=[make_household().pk]
    )


def file_counts_one_too_many(lines: dict[str, Allocation]) -> None:
    ImportFile.objects.update(added=2)


def file_counts_too_few_left_out(lines: dict[str, Allocation]) -> None:
    ImportFile.objects.update(left_out=0)


def saved_row_without_household(lines: dict[str, Allocation]) -> None:
    StagedHousehold.objects.filter(state="applied").update(household=None)


def saved_row_of_a_file_never_saved(lines: dict[str, Allocation]) -> None:
    ImportFile.objects.update(applied_at=None, state="checked")


def same_file_saved_twice(lines: dict[str, Allocation]) -> None:
    without("file_is_applied_once")
    ImportFile.objects.create(
        area=commune(), uploaded_by=make_officer(), original_name="b.xlsx", sha256="0" * 64, size=1, state="applied",
        applied_at=datetime.datetime(2024, 7, 1, tzinfo=datetime.UTC),
    )  # fmt: skip


def job_that_nobody_takes(lines: dict[str, Allocation]) -> None:
    Job.objects.create(kind="x", subject_id=1, requested_by=make_officer(), rung_at=LONG_AGO)


def job_whose_worker_died(lines: dict[str, Allocation]) -> None:
    Job.objects.create(kind="x", subject_id=1, requested_by=make_officer(), state="running", lease_until=LONG_AGO)


def file_being_read_by_nobody(lines: dict[str, Allocation]) -> None:
    ImportFile.objects.create(
        area=commune(), uploaded_by=make_officer(), original_name="c.xlsx", sha256="2" * 64, size=1, state="reading"
    )


def report_done_but_not_built(lines: dict[str, Allocation]) -> None:
    officer = make_officer()
    job = Job.objects.create(kind="report.build", subject_id=1, requested_by=officer, state="done")
    ReportRun.objects.create(kind="progress", area=commune(), requested_by=officer, job=job)


def line_in_another_commune(lines: dict[str, Allocation]) -> None:
    without("line_is_of_its_list", "line_is_where_the_household_is")
    sql(f"UPDATE allocations_allocation SET area_no = {commune(PHU_HAI).pk} WHERE id = {lines['rejected'].pk}")


def person_in_another_commune(lines: dict[str, Allocation]) -> None:
    without("person_is_where_the_household_is")
    household = lines["withdrawn"].household_id
    sql(f"UPDATE beneficiaries_person SET area_no = {commune(PHU_HAI).pk} WHERE household_id = {household}")


def household_in_a_district(lines: dict[str, Allocation]) -> None:
    without("person_is_where_the_household_is")
    household = make_household().pk
    sql(f"UPDATE beneficiaries_household SET area_no = {district().pk} WHERE id = {household}")


def claim_in_another_commune(lines: dict[str, Allocation]) -> None:
    sql(f"UPDATE allocations_claim SET area_no = {commune(PHU_HAI).pk}")


def row_of_a_file_in_another_commune(lines: dict[str, Allocation]) -> None:
    StagedHousehold.objects.filter(state="skipped").update(area=commune(PHU_HAI))


def handed_over_without_paper(lines: dict[str, Allocation]) -> None:
    sql("DELETE FROM allocations_handover")


def paper_of_a_line_not_handed_over(lines: dict[str, Allocation]) -> None:
    sql(f"UPDATE allocations_handover SET allocation_id = {lines['approved'].pk}")


def given_device_still_in_stock(lines: dict[str, Allocation]) -> None:
    sql("UPDATE devices_device SET state = 'in_stock'")


def given_device_that_nobody_has(lines: dict[str, Allocation]) -> None:
    make_device(state="handed_over")


def member_without_claim(lines: dict[str, Allocation]) -> None:
    sql(f"DELETE FROM allocations_claim WHERE allocation_id = {lines['draft'].pk}")


def claim_of_a_rejected_line(lines: dict[str, Allocation]) -> None:
    without("person_is_helped_once")
    sql(
        "INSERT INTO allocations_claim (allocation_id, area_no, person_id, identity_hash)"
        f" SELECT {lines['rejected'].pk}, area_no, id, NULL FROM beneficiaries_person WHERE NOT is_head LIMIT 1"
    )


def claim_with_another_number(lines: dict[str, Allocation]) -> None:
    sql(f"UPDATE allocations_claim SET identity_hash = NULL WHERE allocation_id = {lines['draft'].pk}")


def decided_by_who_listed(lines: dict[str, Allocation]) -> None:
    without("nobody_approves_what_they_listed")
    sql(f"UPDATE allocations_allocation SET decided_by_id = listed_by_id WHERE id = {lines['rejected'].pk}")


def signed_by_who_prepared(lines: dict[str, Allocation]) -> None:
    without("list_is_signed_by_somebody_else")
    sql("UPDATE allocations_communelist SET signed_by_id = prepared_by_id")


def roll_up_of_lines_off_by_one(lines: dict[str, Allocation]) -> None:
    AllocationCount.objects.filter(status="draft").update(n=2)


def roll_up_of_lines_missing(lines: dict[str, Allocation]) -> None:
    AllocationCount.objects.filter(status="approved").delete()


def roll_up_of_households_off_by_one(lines: dict[str, Allocation]) -> None:
    HouseholdCount.objects.update(n=1)


def roll_up_by_day_off_by_one(lines: dict[str, Allocation]) -> None:
    DayCount.objects.filter(step="listed").update(n=99)


PLANTS: list[tuple[Plant, set[str]]] = [
    (two_persons_with_one_number, {"I1"}),
    (household_on_two_lists, {"I2-household"}),
    (person_helped_in_two_households, {"I2-person"}),
    (number_claimed_by_two_lines, {"I2-claims"}),
    (person_claimed_by_two_lines, {"I2-claims"}),
    (member_of_a_closed_record, {"register"}),
    (household_without_a_head, {"register"}),
    (approved_line_of_a_closed_record, {"register"}),
    (record_that_continues_without_a_link, {"lineage"}),
    (device_that_does_not_count_onward, {"lineage"}),
    (quota_counter_moved, {"I3-counter"}),
    (line_approved_without_a_quota, {"I3-counter"}),
    (more_used_than_allowed, {"I3-limit"}),
    (more_given_on_than_there_is, {"I3-limit"}),
    (decision_without_event, {"I4-decisions"}),
    (event_without_line, {"I4-events"}),
    (file_counts_one_too_many, {"I5-counts"}),
    (file_counts_too_few_left_out, {"I5-counts"}),
    (saved_row_without_household, {"I5-rows"}),
    (saved_row_of_a_file_never_saved, {"I5-rows"}),
    (same_file_saved_twice, {"I6"}),
    (job_that_nobody_takes, {"I8-jobs"}),
    (job_whose_worker_died, {"I8-jobs"}),
    (file_being_read_by_nobody, {"I8-halves"}),
    (report_done_but_not_built, {"I8-halves"}),
    (line_in_another_commune, {"I9"}),
    (person_in_another_commune, {"I9"}),
    (household_in_a_district, {"I9"}),
    (claim_in_another_commune, {"I9"}),
    (row_of_a_file_in_another_commune, {"I9"}),
    (handed_over_without_paper, {"I11"}),
    (paper_of_a_line_not_handed_over, {"I11"}),
    (given_device_still_in_stock, {"I11"}),
    (given_device_that_nobody_has, {"I11"}),
    (member_without_claim, {"claims"}),
    (claim_of_a_rejected_line, {"claims"}),
    (claim_with_another_number, {"claims"}),
    (decided_by_who_listed, {"hands"}),
    (signed_by_who_prepared, {"hands"}),
    (roll_up_of_lines_off_by_one, {"roll-up-lines"}),
    (roll_up_of_lines_missing, {"roll-up-lines"}),
    (roll_up_by_day_off_by_one, {"roll-up-days"}),
    (roll_up_of_households_off_by_one, {"roll-up-households"}),
    (sealed_event_changed, {"I10"}),
    (sealed_event_removed, {"I10"}),
    (sealed_events_swapped, {"I10"}),
    (event_slipped_in, {"I10"}),
    (tail_of_the_trail_cut_off, {"I10"}),
    (seal_forged, {"I10"}),
    (report_with_other_figures_than_its_event, {"I12-event"}),
    (report_with_figures_that_no_line_gives, {"I12-figures"}),
    (accepted_move_that_moved_nothing, {"moves"}),
    (move_of_another_household, {"moves"}),
    (link_that_names_another_commune, {"moves"}),
    (picture_that_is_alive, {"copies"}),
    (pair_that_waits_for_nobody, {"pairs"}),
    (merged_pair_of_two_records, {"pairs"}),
]
