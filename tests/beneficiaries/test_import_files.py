"""Uploading, reading, saving and undoing a commune's list."""

from __future__ import annotations

import datetime
import io

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from administration import jobs
from administration.models import AuditEvent, Job
from administration.refusals import NotPossible
from administration.scope import scope_of
from administration.verbs import Verb
from beneficiaries.actions import change_household, import_files, import_rows
from beneficiaries.household_values import HouseholdValues, PersonValues
from beneficiaries.intake import temporary
from beneficiaries.intake.choices import choices_from_json
from beneficiaries.models import ColumnChoice, Household, ImportFile, Person, StagedHousehold
from tests.beneficiaries.lists import (
    FIRST_ROW,
    HEADER,
    a_list,
    household,
    identity,
    name,
    read,
    reloaded,
    run_job,
    save,
    staged,
    table,
    undo,
    xlsx,
)  # fmt: skip
from tests.factories import (
    LIEN_HUONG,
    commune,
    district,
    make_allocation,
    make_household,
    make_list,
    make_officer,
    make_round,
)  # fmt: skip

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "files")]
State = ImportFile.State


@pytest.fixture
def official(everywhere):
    return make_officer()


def register() -> list[tuple]:
    """Everything the register says, row by row, identity numbers and order included."""
    columns = [f.attname for f in Household._meta.concrete_fields]
    people = [f.attname for f in Person._meta.concrete_fields]
    return [
        *Household.objects.order_by("pk").values_list(*columns),
        *[
            tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)
            for row in Person.objects.order_by("pk").values_list(*people)
        ],
    ]


# ---- uploading ----


def test_upload_keeps_the_file_and_asks_for_it_to_be_read(official):
    upload = import_files.upload_file(io.BytesIO(b"abc"), "../../Đề án\x00.xlsx", by=official)
    file = upload.file
    assert (upload.is_new, file.state, file.area, file.original_name) == (True, State.READING, commune(), "Đề án.xlsx")
    assert file.file.read() == b"abc"
    assert "Đề" not in file.file.name
    assert (file.job.kind, file.job.subject_id, file.job.state) == ("import.read", file.pk, Job.State.QUEUED)
    assert AuditEvent.objects.get().verb == Verb.FILE_UPLOADED


def test_upload_of_the_same_bytes_finds_the_first_import(official):
    first = import_files.upload_file(io.BytesIO(b"abc"), "a.xlsx", by=official)
    again = import_files.upload_file(io.BytesIO(b"abc"), "b.xlsx", by=make_officer())
    assert (again.is_new, again.file.pk, ImportFile.objects.count()) == (False, first.file.pk, 1)


def test_upload_of_the_same_bytes_by_another_commune_is_another_import(official):
    import_files.upload_file(io.BytesIO(b"abc"), "a.xlsx", by=official)
    other = import_files.upload_file(io.BytesIO(b"abc"), "a.xlsx", by=make_officer(area=commune(LIEN_HUONG)))
    assert other.is_new


@pytest.mark.parametrize(("content", "sentence"), [(b"", "is empty"), (b"x" * (10 * 1024 * 1024 + 1), "10 MB")])
def test_upload_refuses_an_empty_and_a_too_large_file(official, content, sentence):
    with pytest.raises(NotPossible, match=sentence):
        import_files.upload_file(io.BytesIO(content), "a.xlsx", by=official)
    assert not ImportFile.objects.exists()


def test_only_a_commune_uploads(everywhere):
    with pytest.raises(NotPossible):
        import_files.upload_file(io.BytesIO(b"abc"), "a.xlsx", by=make_officer("reviewer", area=district()))


# ---- reading ----


def test_a_clean_list_is_ready_at_once(official):
    file = read(a_list([household(1), household(2)]), official)
    assert (file.state, file.summary["questions"]) == (State.CHECKED, [])
    assert [(s.row_no, s.state, s.effect) for s in file.households.in_file_order()] == [
        (FIRST_ROW, "ready", "new"), (FIRST_ROW + 1, "ready", "new"),
    ]  # fmt: skip
    assert not Household.objects.exists()


def test_every_row_of_the_file_is_accounted_for(official):
    rows = [household(1), household(1), household(2, **{"Họ và tên chủ hộ": ""}), household(3)]
    file = read(xlsx([*table(rows), ["", "Tổng cộng: 4 hộ"], [], ["", "NGƯỜI LẬP BIỂU"]]), official)
    assert file.households.count() == file.summary["households"] == 4
    ignored = file.summary["ignored"]
    assert sum(ignored.values()) + 4 == FIRST_ROW - 1 + 4 + 3
    assert (file.summary["repeats"], staged(file, FIRST_ROW + 1).state) == (1, "skipped")


def test_a_refused_file_says_why_and_can_be_sent_again(official):
    file = read(b"%PDF-1.7 not a list", official, "ds.xlsx")
    assert (file.state, file.job.state) == (State.REFUSED, Job.State.FAILED)
    assert "Excel" in file.refusal
    assert read(b"%PDF-1.7 not a list", official, "ds.xlsx").pk != file.pk


def test_a_file_without_a_list_asks_for_the_header_row(official):
    file = read(xlsx([["a", "b"], ["c", "d"]]), official)
    assert (file.state, file.summary["questions"]) == (State.UPLOADED, ["no_list"])
    assert file.seen["sheets"][0]["first"][0] == [1, ["a", "b"]]


def test_rows_of_another_commune_are_errors_and_are_written_nowhere(official):
    header = (*HEADER, "Xã")
    rows = [household(1, Xã="P. Mũi Né"), household(2, Xã="Thị trấn Liên Hương"), household(3, Xã="Xã Không Có")]
    file = read(a_list(rows, header=header), official)
    assert [s.problem_codes for s in file.households.in_file_order()] == [[], ["V80"], ["V81"]]
    saved = save(file, official)
    assert (saved.added, saved.left_out) == (2, 1)
    assert set(Household.objects.values_list("area__code", flat=True)) == {official.area.code}


def test_reading_takes_the_same_number_of_statements_for_fifty_and_five_hundred_rows(official, monkeypatch):
    copies = []
    real = temporary.copied
    monkeypatch.setattr("beneficiaries.intake.stage.copied", lambda *a, **k: copies.append(1) or real(*a, **k))

    def statements(rows: list[dict]) -> int:
        with CaptureQueriesContext(connection) as queries:
            file = read(a_list(rows), official)
        assert file.households.count() == len(rows)
        return len(queries)

    few = statements([household(i) for i in range(50)])
    many = statements([household(i) for i in range(1000, 1500)])
    assert few == many < 60
    assert len(copies) == 2


def test_columns_once_confirmed_are_remembered_for_the_same_header(official):
    header = tuple("Cột lạ" if column == "Ghi chú" else column for column in HEADER)
    file = read(a_list([household(1, **{"Cột lạ": "đi làm xa"})], header=header), official)
    choices = choices_from_json(file.choices)
    fields = {column["index"]: column["field"] for column in file.seen["tables"][0]["columns"]}
    choices.fields = {"Danh sách": {FIRST_ROW - 1: fields | {9: "note"}}}
    import_files.choose_columns(file.pk, choices, by=official)
    run_job(file)
    assert staged(file, FIRST_ROW).values["household"]["note"] == "đi làm xa"
    assert ColumnChoice.objects.count() == 1
    second = read(a_list([household(2, **{"Cột lạ": "ốm"})], header=header), official)
    assert staged(second, FIRST_ROW).values["household"]["note"] == "ốm"
    assert second.state == State.CHECKED


def test_confirming_columns_as_they_are_reads_nothing_again(official):
    file = read(a_list([household(1)]), official)
    assert import_files.choose_columns(file.pk, choices_from_json(file.choices), by=official) is None
    assert reloaded(file).state == State.CHECKED


def test_another_choice_of_columns_keeps_what_was_mended_and_left_out(official):
    file = read(a_list([household(1, **{"Họ và tên chủ hộ": ""}), household(2), household(3)]), official)
    import_rows.mend_cell(file.pk, staged(file, FIRST_ROW).pk, FIRST_ROW, "full_name", "Lê Thị Mận", by=official)
    import_rows.skip_rows(file.pk, [staged(file, FIRST_ROW + 1).pk], by=official)
    choices = choices_from_json(file.choices)
    choices.fields = {"Danh sách": {FIRST_ROW - 1: {9: "ignore"}}}
    import_files.choose_columns(file.pk, choices, by=official)
    run_job(file)
    assert staged(file, FIRST_ROW).values["household"]["people"][0]["full_name"] == "Lê Thị Mận"
    assert [s.state for s in file.households.in_file_order()] == ["ready", "skipped", "ready"]


# ---- saving ----


def test_saving_puts_households_and_members_into_the_register(official):
    lines = [
        ["STT", "Họ và tên", "Năm sinh", "Giới tính", "Quan hệ với chủ hộ", "Số CCCD", "Thôn", "Loại hộ"],
        [1, name(1), "15/08/1970", "Nữ", "Chủ hộ", identity(1), "Thôn 1", "Hộ cận nghèo"],
        ["", "Trần Văn Con", "2001", "Nam", "Con", "060201000123", "", ""],
    ]
    file = save(read(xlsx(lines), official), official)
    saved = Household.objects.get()
    head, child = saved.members.order_by("pk")
    assert (file.state, file.added) == (State.APPLIED, 1)
    assert (saved.code, saved.hamlet, saved.category, saved.area_id) == (
        "22915-00001",
        "Thôn 1",
        "HCN",
        official.area_id,
    )
    assert (saved.created_by, saved.source.row_no, saved.source.household) == (official, 2, saved)
    assert (head.full_name, head.is_head, head.identity_number, head.birth_text) == (
        name(1),
        True,
        identity(1),
        "15/08/1970",
    )
    assert (child.full_name, child.is_head, child.relation, child.birth_text) == ("Trần Văn Con", False, "Con", "2001")


def test_saving_is_one_event_that_names_every_household(official):
    file = save(read(a_list([household(1), household(2)]), official), official)
    event = AuditEvent.objects.get(verb=Verb.FILE_APPLIED)
    assert sorted(event.household_ids) == sorted(Household.objects.values_list("pk", flat=True))
    assert (event.details["file"], event.details["rows"], event.subject_id) == ("ds.xlsx", 2, str(file.pk))


def test_saving_waits_until_nothing_is_open(official):
    file = read(a_list([household(1), household(2, **{"Họ và tên chủ hộ": ""})]), official)
    with pytest.raises(NotPossible, match="1"):
        import_files.start_apply(file.pk, by=official)
    import_rows.skip_rows(file.pk, None, by=official)
    import_files.start_apply(file.pk, by=official)
    assert reloaded(file).state == State.APPLYING


def test_a_job_delivered_twice_saves_once(official):
    file = read(a_list([household(1)]), official)
    job = import_files.start_apply(file.pk, by=official)
    assert jobs.run(job.pk)
    assert not jobs.run(job.pk)
    assert Household.objects.count() == 1


def test_the_same_list_in_another_file_changes_nothing(official):
    rows = [household(1), household(2, **{"Số CCCD": ""}), household(3)]
    save(read(a_list(rows), official), official)
    before = register()
    again = read(xlsx([*table(rows), [], ["", "Tổng cộng: 3 hộ"]]), official)
    assert [s.effect for s in again.households.in_file_order()] == ["same"] * 3
    saved = save(again, official)
    assert (saved.added, saved.updated, saved.unchanged) == (0, 0, 3)
    assert register() == before


def test_a_changed_row_updates_only_what_differs_and_counts_a_version(official):
    save(read(a_list([household(1, **{"Ghi chú": "cũ"})]), official), official)
    saved = Household.objects.get()
    Household.objects.update(address="12 Nguyễn Đình Chiểu")
    file = read(
        a_list([household(1, **{"Số điện thoại": "0912345678", "Loại hộ": "Hộ cận nghèo", "Ghi chú": ""})]), official
    )
    assert staged(file, FIRST_ROW).effect == "changed"
    assert staged(file, FIRST_ROW).values["match"]["shown"] == [
        ["phone", "", "", "0912345678"], ["category", "", "HN", "HCN"],
    ]  # fmt: skip
    after = save(file, official)
    saved.refresh_from_db()
    assert (after.added, after.updated) == (0, 1)
    assert (saved.phone, saved.category, saved.note, saved.address) == (
        "0912345678",
        "HCN",
        "cũ",
        "12 Nguyễn Đình Chiểu",
    )
    assert saved.version == 2


def test_saving_takes_the_same_number_of_statements_for_fifty_and_five_hundred_rows(official):
    def statements(rows: list[dict]) -> int:
        file = read(a_list(rows), official)
        import_files.start_apply(file.pk, by=official)
        with CaptureQueriesContext(connection) as queries:
            run_job(file)
        assert reloaded(file).state == State.APPLIED
        return len(queries)

    statements([household(60)])  # the commune's first number takes a statement of its own
    few = statements([household(i) for i in range(50)])
    many = statements([household(i) for i in range(1000, 1500)])
    changed = statements([household(i, **{"Số điện thoại": "0912345678"}) for i in range(1000, 1500)])
    assert few == many < 70
    assert changed < 70


def test_a_household_registered_elsewhere_after_the_check_is_left_out_and_told(official):
    file = read(a_list([household(1), household(2)]), official)
    make_household(commune(LIEN_HUONG), identity=identity(2))
    saved = save(file, official)
    assert (saved.added, saved.left_out, saved.summary["refused"]) == (1, 1, 1)
    assert staged(saved, FIRST_ROW + 1).state == "conflict"


def test_rows_left_for_later_can_be_mended_and_saved_afterwards(official):
    file = save(read(a_list([household(1), household(2, **{"Họ và tên chủ hộ": ""})]), official), official)
    assert (file.added, file.left_out) == (1, 1)
    row = staged(file, FIRST_ROW + 1)
    import_rows.mend_cell(file.pk, row.pk, row.row_no, "full_name", "Lê Thị Mận", by=official)
    file = save(file, official)
    assert (file.state, file.added, file.left_out, Household.objects.count()) == (State.APPLIED, 2, 0, 2)


def test_a_failed_saving_leaves_a_file_that_can_be_saved_again(official, monkeypatch):
    file = read(a_list([household(1)]), official)
    job = import_files.start_apply(file.pk, by=official)

    def broken(*args: object, **more: object) -> None:
        raise RuntimeError("out of paper")

    with monkeypatch.context() as patch:
        patch.setattr("beneficiaries.intake.apply.apply", broken)
        for _ in range(3):
            Job.objects.filter(pk=job.pk).update(lease_until=None)
            jobs.run(job.pk)
    file = reloaded(file)
    assert (file.state, Household.objects.count()) == (State.CHECKED, 0)
    assert str(job.pk)[:8] in file.refusal
    assert save(file, official).added == 1


def test_work_that_waits_can_be_stopped_and_taken_up_again(official):
    file = read(a_list([household(1)]), official)
    job = import_files.start_apply(file.pk, by=official)
    assert import_files.stop_work(file.pk, by=official)
    assert not jobs.run(job.pk)
    assert (reloaded(file).state, reloaded(file).job.state) == (State.CHECKED, Job.State.CANCELLED)
    assert save(file, official).added == 1


def test_a_given_up_file_leaves_neither_rows_nor_bytes(official, django_capture_on_commit_callbacks):
    file = read(a_list([household(1)]), official)
    with django_capture_on_commit_callbacks(execute=True):
        import_files.abandon(file.pk, by=official)
    file = reloaded(file)
    assert (file.state, file.households.count(), file.preview) == (State.ABANDONED, 0, None)
    assert not file.file.storage.exists(file.file.name)


# ---- undoing ----


def test_undo_restores_the_register_exactly(official):
    save(read(a_list([household(1), household(2)]), official), official)
    make_household(commune(), identity=identity(77), head_name="Phạm Thị Khác")
    before = register()
    more = [
        household(1, **{"Số điện thoại": "0912345678", "Ngày sinh": "16/08/1970"}),
        household(2),
        household(3),
        household(4),
    ]
    file = save(read(a_list(more), official), official)
    assert (file.added, file.updated, file.unchanged) == (2, 1, 1)
    assert register() != before
    file = undo(file, official)
    assert register() == before
    assert (file.state, file.added, file.updated, file.unchanged) == (State.UNDONE, 0, 0, 0)
    assert AuditEvent.objects.filter(verb=Verb.FILE_UNDONE).count() == 1


def test_undo_takes_members_back_that_the_file_added(official):
    save(read(a_list([household(1)]), official), official)
    before = register()
    lines = [
        ["STT", "Họ và tên", "Năm sinh", "Giới tính", "Quan hệ với chủ hộ", "Số CCCD", "Thôn", "Loại hộ"],
        [1, name(1), "15/08/1970", "Nữ", "Chủ hộ", identity(1), "Khu phố 2", "Hộ nghèo"],
        ["", "Trần Văn Con", "2001", "Nam", "Con", "060201000123", "", ""],
    ]
    file = save(read(xlsx(lines), official), official)
    assert (file.updated, Person.objects.count()) == (1, 2)
    undo(file, official)
    assert register() == before


def test_undo_names_what_has_been_touched_or_used_since(official):
    file = save(read(a_list([household(i) for i in range(1, 5)]), official), official)
    touched, listed, *_rest = Household.objects.order_by("code")
    head = touched.members.get()
    change_household(
        touched.pk,
        HouseholdValues(
            area_no=touched.area_id, hamlet="Khu phố 9", category="HN",
            head=PersonValues(full_name=head.full_name, gender="F", birth_year=1970, person_id=head.pk),
        ),
        version=1, by=official,
    )  # fmt: skip
    make_allocation(make_list(make_round()), listed)
    file = undo(file, official)
    assert (file.state, file.added) == (State.APPLIED, 2)
    assert sorted(file.summary["kept"]) == sorted([[touched.code, "touched"], [listed.code, "allocations.Allocation"]])
    assert set(Household.objects.all()) == {touched, listed}


def test_undo_keeps_a_household_that_a_later_file_found_there(official):
    first = save(read(a_list([household(1), household(2)]), official), official)
    second = save(read(a_list([household(2)]), official), official)
    first = undo(first, official)
    kept = Household.objects.get()
    assert (first.state, first.summary["kept"]) == (State.APPLIED, [[kept.code, "later"]])
    assert staged(second, FIRST_ROW).household == kept
    undo(second, official)
    assert undo(first, official).state == State.UNDONE
    assert not Household.objects.exists()


def test_undo_is_refused_after_a_day(official):
    file = save(read(a_list([household(1)]), official), official)
    with (
        time_machine.travel(file.applied_at + datetime.timedelta(hours=24, minutes=1)),
        pytest.raises(NotPossible, match="24"),
    ):
        import_files.undo_import(file.pk, by=official)


def test_an_undone_file_can_be_imported_again(official):
    content = a_list([household(1)])
    undo(save(read(content, official), official), official)
    again = save(read(content, official), official)
    assert (again.added, Household.objects.count()) == (1, 1)
    assert Household.objects.get().code == "22915-00002"  # a code is never given twice


def test_undo_takes_the_same_number_of_statements_whatever_the_size(official):
    def statements(rows: list[dict]) -> int:
        file = save(read(a_list(rows), official), official)
        import_files.undo_import(file.pk, by=official)
        with CaptureQueriesContext(connection) as queries:
            run_job(file)
        assert reloaded(file).state == State.UNDONE
        return len(queries)

    assert statements([household(i) for i in range(50)]) == statements([household(i) for i in range(1000, 1300)]) < 70


# ---- what a stolen dump shows ----


def test_no_identity_number_stands_in_clear_anywhere_after_an_import(official):
    rows = [household(i) for i in range(1, 6)] + [
        household(7, **{"Số CCCD": "06017000000"}),
        household(8, **{"Họ và tên chủ hộ": ""}),
    ]
    file = read(a_list(rows), official)
    import_rows.mend_cell(
        file.pk, staged(file, FIRST_ROW + 5).pk, FIRST_ROW + 5, "identity_number", identity(7), by=official
    )
    save(file, official)
    numbers = [str(row["Số CCCD"]) for row in rows] + [identity(7)]
    for table_name, column in text_columns():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT string_agg("{column}"::text, chr(10)) FROM "{table_name}"')
            text = cursor.fetchone()[0] or ""
        in_clear = [number for number in numbers if number in text or number.encode().hex() in text]
        assert not in_clear, (table_name, column)


def text_columns() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND data_type IN ('text', 'character varying', 'jsonb', 'ARRAY', 'bytea')"
        )
        found = cursor.fetchall()
    assert ("beneficiaries_stagedhousehold", "payload") in found
    return found


def test_a_foreign_file_cannot_be_worked_on(official):
    file = read(a_list([household(1)]), official)
    stranger = make_officer(area=commune(LIEN_HUONG))
    with scope_of(stranger), pytest.raises(ImportFile.DoesNotExist):
        import_files.start_apply(file.pk, by=stranger)
    assert StagedHousehold.objects.ready().count() == 1
