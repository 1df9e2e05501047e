"""Pages of progress and reports: who sees what, what a click does, with and without htmx."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from administration import jobs
from administration.models import AuditEvent, Job, Role
from administration.once import FIELD, new_key
from administration.verbs import Verb
from allocations.models import Allocation, Round, Status
from reports import tasks
from reports.building import gather as gather_report
from reports.definitions import REPORTS
from reports.models import ReportRun
from tests.factories import (
    LIEN_HUONG,
    MUI_NE,
    PHU_HAI,
    TUY_PHONG,
    commune,
    district,
    make_household,
    make_officer,
    make_quota,
    make_round,
    province,
)
from tests.reports.test_definitions import AT, ask, make_busy_round

pytestmark = [pytest.mark.usefixtures("everywhere"), pytest.mark.urls("config.urls")]
HTMX = {"HX-Request": "true"}
DASHBOARD = "/tong-quan/"
REASON = "Đối soát với nhà cung cấp"
assert tasks.BUILD in jobs.HANDLERS  # the worker knows how to build


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with time_machine.travel(AT, tick=True):
        yield


@pytest.fixture
def staff(client: Client) -> Any:
    officer = make_officer(Role.PROVINCE_STAFF, full_name="Nguyễn Văn Tỉnh")
    client.force_login(officer)
    return officer


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# --- Dashboard -----------------------------------------------------------------------------------------------------


def test_dashboard_before_the_first_round_says_so(client, staff):
    response = client.get(DASHBOARD)

    assert response.status_code == 200
    assert 'class="empty"' in response.content.decode()


def test_dashboard_shows_late_communes_first_with_whom_to_call(client, staff):
    make_quota(make_busy_round(), commune("22924"), 5)
    make_officer(area=commune("22924"), full_name="Phạm Văn Xã", phone="0912 000 111")

    response = client.get(DASHBOARD)

    page = response.content.decode()
    assert (
        page.index('id="late"')
        < page.index('class="kpis"')
        < page.index('class="funnel"')
        < page.index('id="progress"')
    )
    late = page[page.index('id="late"') : page.index('class="kpis"')]
    assert "Phường Mũi Né" in late
    assert late.index("Phường Phú Thủy") < late.index("Phường Mũi Né")  # not started, so it is late for longer
    assert "Phạm Văn Xã" in late
    assert 'href="tel:0912000111"' in late


def test_numbers_of_dashboard_page_report_and_plain_count_are_the_same(client, staff):
    round = make_busy_round()

    page = client.get(DASHBOARD)

    figures = page.context["page"].progress.figures
    report = gather_report(REPORTS["progress"], ask("progress", round, by=staff), snapshot_id="x").totals
    plain = {
        "granted": Allocation.objects.filter(status__in=[Status.APPROVED, Status.HANDED_OVER]).count(),
        "handed_over": Allocation.objects.filter(status=Status.HANDED_OVER).count(),
        "listed": Allocation.objects.exclude(status=Status.WITHDRAWN).count(),
    }
    assert plain == {key: report[key] for key in plain} == {key: getattr(figures, key) for key in plain}
    kpis = re.findall(r'class="kpi-number">\s*(?:<a[^>]*>)?([\d.]+)', page.content.decode())
    assert kpis[:3] == ["28", "14", "7"]


@pytest.mark.parametrize(
    ("role", "area", "seen", "hidden"),
    [
        (Role.PROVINCE_STAFF, province, ["Thành phố Phan Thiết", "Huyện Tuy Phong"], []),
        (Role.REVIEWER, district, ["Phường Mũi Né", "Phường Phú Hài"], ["Liên Hương", "Tuy Phong"]),
        (Role.COMMUNE_OFFICIAL, commune, ["Phường Mũi Né"], ["Phú Hài", "Liên Hương"]),
        (Role.COMMUNE_LEADER, commune, ["Phường Mũi Né"], ["Phú Hài", "Liên Hương"]),
    ],
)
def test_dashboard_shows_each_role_its_own_area(client, role, area, seen, hidden):
    make_busy_round()
    client.force_login(make_officer(role, area()))

    text = text_of(client.get(DASHBOARD))

    assert all(name in text for name in seen)
    assert not any(name in text for name in hidden)


def test_dashboard_is_closed_to_administrators(client):
    client.force_login(make_officer(Role.ADMINISTRATOR))

    assert client.get(DASHBOARD).status_code == 403
    assert client.get("/bao-cao/").status_code == 403


def test_round_picker_chooses_the_round_and_ignores_nonsense(client, staff):
    older = make_round(today=datetime.date(2023, 6, 3), name="Đợt cũ", state=Round.State.CLOSED)
    make_busy_round()

    assert client.get(DASHBOARD, {"dot": older.code}).context["page"].round == older
    assert client.get(DASHBOARD, {"dot": "khong-co"}).context["page"].round != older


def test_the_round_in_which_somebody_can_be_late_is_shown_first(client, staff):
    make_round(today=datetime.date(2023, 6, 3), state=Round.State.CLOSED)
    overdue = make_round(today=datetime.date(2024, 6, 3))
    newest = make_round(today=datetime.date(2024, 7, 20))

    assert client.get(DASHBOARD).context["page"].round == overdue
    overdue.state = Round.State.CLOSED
    overdue.save()
    assert client.get(DASHBOARD).context["page"].round == newest


def test_a_round_that_is_only_planned_is_not_offered(client, staff):
    make_round(state=Round.State.PLANNED)

    assert client.get(DASHBOARD).context["page"].rounds == []


def test_htmx_gets_only_the_table_and_history_gets_the_page(client, staff):
    make_busy_round()

    fragment = client.get(DASHBOARD, {"mo": "593"}, headers=HTMX)
    whole = client.get(DASHBOARD, {"mo": "593"}, headers={**HTMX, "HX-History-Restore-Request": "true"})

    assert "<html" not in fragment.content.decode()
    assert fragment.content.decode().lstrip().startswith('<section id="progress"')
    assert "Phường Phú Hài" in text_of(fragment)
    assert "<html" in whole.content.decode()
    assert "HX-Request" in fragment.headers["Vary"]


def test_table_opens_one_district_or_all_and_sorts_the_latest_first(client, staff):
    make_busy_round()
    make_quota(Round.objects.get(), commune("22924"), 5)

    def names(**query: str) -> list[str]:
        return [row.area.short_name for row in client.get(DASHBOARD, query).context["rows"]]

    assert names() == ["Phan Thiết", "Tuy Phong"]
    assert names(mo=TUY_PHONG) == ["Phan Thiết", "Tuy Phong", "Liên Hương"]
    assert names(mo="tat-ca") == ["Phan Thiết", "Mũi Né", "Phú Hài", "Phú Thủy", "Tuy Phong", "Liên Hương"]
    assert names(xep="cham")[0] == "Phú Thủy"


def test_dashboard_costs_the_same_whatever_it_shows(client, staff, django_assert_max_num_queries):
    make_busy_round()

    with django_assert_max_num_queries(25):
        client.get(DASHBOARD, {"xep": "cham"})


def test_a_round_without_quota_or_lists_in_a_commune_s_scope_is_shown_as_its_own(client):
    make_round(today=datetime.date(2024, 6, 3))
    make_household()
    client.force_login(make_officer())

    page = client.get(DASHBOARD)

    assert [c.area.code for c in page.context["page"].progress.late] == [MUI_NE]


# --- Reminder ------------------------------------------------------------------------------------------------------


def remind_url(code: str = MUI_NE) -> str:
    return reverse("reports:remind", args=[Round.objects.get().code, code])


def test_reminding_writes_one_event_and_the_page_shows_it_instead_of_the_button(client, staff):
    make_busy_round()
    assert remind_url() in client.get(DASHBOARD).content.decode()

    response = client.post(remind_url(), follow=True)

    assert AuditEvent.objects.get(verb=Verb.REMINDED).area_no == commune().number
    assert remind_url() not in response.content.decode()
    assert remind_url(PHU_HAI) in response.content.decode()
    client.post(remind_url())
    assert AuditEvent.objects.filter(verb=Verb.REMINDED).count() == 1


def test_a_reviewer_is_not_offered_to_remind_themselves_of_their_own_queue(client):
    make_busy_round()
    make_quota(Round.objects.get(), commune("22924"), 5)
    client.force_login(make_officer(Role.REVIEWER))

    page = client.get(DASHBOARD).content.decode()

    assert remind_url("22924") in page  # the commune has not started
    assert remind_url(MUI_NE) not in page  # waits for this reviewer


@pytest.mark.parametrize(
    ("role", "area", "code", "status"),
    [
        (Role.COMMUNE_OFFICIAL, commune, MUI_NE, 403),
        (Role.COMMUNE_LEADER, commune, MUI_NE, 403),
        (Role.REVIEWER, district, LIEN_HUONG, 404),
        (Role.PROVINCE_STAFF, province, "99999", 404),
    ],
)
def test_reminding_is_refused(client, role, area, code, status):
    make_busy_round()
    client.force_login(make_officer(role, area()))

    assert client.post(remind_url(code)).status_code == status
    assert not AuditEvent.objects.filter(verb=Verb.REMINDED).exists()


def test_reminding_by_get_is_not_possible(client, staff):
    make_busy_round()

    assert client.get(remind_url()).status_code == 405


# --- Asking for a report -------------------------------------------------------------------------------------------


def form(round: Round | None, **more: Any) -> dict[str, Any]:
    asked = {"mau": "progress", "pham_vi": province().number, "dot": round.code if round else "tat-ca", "ly_do": ""}
    return {**asked, FIELD: new_key(), **more}


def test_asking_shows_the_report_s_page_and_rings_after_the_commit(client, staff, django_capture_on_commit_callbacks):
    rung: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("administration.tasks.run_job.delay", lambda job_id: rung.append(job_id))
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post("/bao-cao/moi/", form(make_busy_round()))

    run = ReportRun.objects.get()
    assert response["Location"] == f"/bao-cao/{run.pk}/"
    assert rung == [str(run.job_id)]


def test_the_address_of_the_form_read_again_leads_to_the_list(client, staff):
    assert client.get("/bao-cao/moi/")["Location"] == "/bao-cao/"


def test_sending_the_form_twice_asks_once(client, staff):
    sent = form(make_busy_round())

    first = client.post("/bao-cao/moi/", sent)
    Job.objects.update(state="done")
    second = client.post("/bao-cao/moi/", sent)

    assert first["Location"] == second["Location"]
    assert ReportRun.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"mau": "households_supported"}, "ly_do"),
        ({"mau": "households_supported", "ly_do": "cần"}, "ly_do"),
        ({"dot": "tat-ca"}, "dot"),
        ({"dot": "khong-co"}, "dot"),
        ({"mau": "khong-co"}, "mau"),
        ({"pham_vi": "1"}, "pham_vi"),
    ],
)
def test_a_form_that_lacks_something_comes_back_with_the_reason_beside_its_field(client, staff, changes, field):
    response = client.post("/bao-cao/moi/", form(make_busy_round(), **changes))

    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not ReportRun.objects.exists()


def test_a_summary_of_a_single_commune_is_refused_beside_the_area(client, staff):
    response = client.post("/bao-cao/moi/", form(make_busy_round(), mau="summary", pham_vi=commune().number))

    assert "pham_vi" in response.context["form"].errors


def test_an_officer_cannot_ask_for_another_area(client):
    round = make_busy_round()
    client.force_login(make_officer(Role.REVIEWER))

    response = client.post("/bao-cao/moi/", form(round, pham_vi=district(TUY_PHONG).number))

    assert response.status_code == 422
    assert not ReportRun.objects.exists()


def test_choices_of_the_area_are_the_officer_s_own_in_tree_order(client):
    make_busy_round()
    client.force_login(make_officer(Role.REVIEWER))

    page = client.get("/bao-cao/").content.decode()

    assert page.count("<option") == 16 + 2  # the district and its fifteen communes; one round and all rounds
    assert "Liên Hương" not in page


# --- One report ----------------------------------------------------------------------------------------------------


def asked(by: Any, kind: str = "progress", reason: str = "") -> ReportRun:
    from reports import actions

    return actions.ask_for_report(kind, by.area.pk, round_id=make_busy_round().pk, reason=reason, by=by)


def built(by: Any, kind: str = "progress", reason: str = "") -> ReportRun:
    run = asked(by, kind, reason)
    jobs.run(run.job_id)
    run.refresh_from_db()
    return run


def test_a_waiting_report_shows_its_progress_with_and_without_javascript(client, staff):
    run = asked(staff)

    page = client.get(f"/bao-cao/{run.pk}/").content.decode()
    poll = client.get(f"/bao-cao/{run.pk}/", headers=HTMX).content.decode()

    assert '<noscript><meta http-equiv="refresh"' in page
    assert "<progress" in page
    assert f'hx-get="/bao-cao/{run.pk}/"' in page
    assert "<html" not in poll
    assert f'hx-get="/bao-cao/{run.pk}/"' in poll


@pytest.mark.usefixtures("files")
def test_the_poll_reloads_the_page_when_the_report_is_ready(client, staff):
    run = built(staff)

    assert client.get(f"/bao-cao/{run.pk}/", headers=HTMX).headers["HX-Refresh"] == "true"
    page = client.get(f"/bao-cao/{run.pk}/").content.decode()
    assert f"/bao-cao/{run.pk}/tai/xlsx/" in page
    assert f"/bao-cao/{run.pk}/tai/pdf/" in page
    assert run.snapshot_id in page
    assert run.checksum in page
    assert "<noscript><meta" not in page


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(("extension", "start"), [("xlsx", b"PK\x03\x04"), ("pdf", b"%PDF-")])
def test_a_download_is_the_file_and_one_event(client, staff, extension, start):
    run = built(staff)

    response = client.get(f"/bao-cao/{run.pk}/tai/{extension}/")

    assert b"".join(response.streaming_content).startswith(start)
    assert response.headers["Content-Disposition"].startswith('attachment; filename="bao-cao-tien-do')
    assert response.headers["Content-Disposition"].endswith(f'.{extension}"')
    assert response.headers["Cache-Control"] == "no-store"
    assert AuditEvent.objects.filter(verb=Verb.REPORT_DOWNLOADED).count() == 1


@pytest.mark.usefixtures("files")
def test_a_download_after_the_files_expired_says_so(client, staff):
    run = built(staff, "households_supported", REASON)
    run.taken_at = AT - datetime.timedelta(days=7)
    run.save()

    response = client.get(f"/bao-cao/{run.pk}/tai/xlsx/", follow=True)

    assert response.redirect_chain == [(f"/bao-cao/{run.pk}/", 302)]
    assert 'class="note note-error"' in response.content.decode()
    assert f"/bao-cao/{run.pk}/tai/xlsx/" not in response.content.decode()
    assert not AuditEvent.objects.filter(verb=Verb.REPORT_DOWNLOADED).exists()


@pytest.mark.usefixtures("files")
def test_a_file_that_is_gone_from_the_shelf_is_said_and_not_a_server_error(client, staff):
    run = built(staff)
    run.pdf.storage.delete(run.pdf.name)

    assert client.get(f"/bao-cao/{run.pk}/tai/pdf/").status_code == 302
    assert client.get(f"/bao-cao/{run.pk}/").status_code == 200
    assert client.get("/bao-cao/").status_code == 200


@pytest.mark.usefixtures("files")
def test_somebody_else_s_report_is_not_there(client, staff):
    run = built(staff)
    client.force_login(make_officer(Role.PROVINCE_STAFF))

    for address in ("", "tai/xlsx/", "huy/", "lap-lai/"):
        method = client.post if address in ("huy/", "lap-lai/") else client.get
        assert method(f"/bao-cao/{run.pk}/{address}").status_code == 404, address
    assert "Nguyễn Văn Tỉnh" not in client.get("/bao-cao/").content.decode()


def test_an_unknown_format_is_not_there(client, staff):
    run = asked(staff)

    assert client.get(f"/bao-cao/{run.pk}/tai/exe/").status_code == 404


def test_a_waiting_report_is_cancelled_and_asked_for_again(client, staff):
    run = asked(staff)

    page = client.post(f"/bao-cao/{run.pk}/huy/", follow=True)
    again = client.post(f"/bao-cao/{run.pk}/lap-lai/", {FIELD: new_key()})

    assert Job.objects.get(pk=run.job_id).state == "cancelled"
    assert f"/bao-cao/{run.pk}/lap-lai/" in page.content.decode()
    newest = ReportRun.objects.newest_first()[0]
    assert again["Location"] == f"/bao-cao/{newest.pk}/"
    assert (newest.kind, newest.area, newest.round) == (run.kind, run.area, run.round)


def test_a_failed_report_shows_its_code(client, staff):
    run = asked(staff)
    Job.objects.update(state="failed", error="Mã BC-1182")

    page = client.get(f"/bao-cao/{run.pk}/").content.decode()

    assert "BC-1182" in page
    assert f"/bao-cao/{run.pk}/lap-lai/" in page


@pytest.mark.usefixtures("files")
def test_the_list_shows_one_s_reports_with_files_in_few_queries(client, staff, django_assert_max_num_queries):
    for _ in range(3):
        built(staff)

    with django_assert_max_num_queries(15):
        page = client.get("/bao-cao/").content.decode()

    assert page.count("/tai/xlsx/") == page.count("/tai/pdf/") == 3


def test_admin_lists_of_reports_cannot_change_anything(client):
    officer = make_officer(Role.ADMINISTRATOR, is_staff=True, is_superuser=True)
    client.force_login(officer)

    for model in ("reportrun", "allocationcount", "householdcount"):
        assert client.get(f"/quan-tri/reports/{model}/").status_code == 200
        assert client.get(f"/quan-tri/reports/{model}/add/").status_code == 403
