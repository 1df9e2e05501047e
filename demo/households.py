"""Every commune's households, entered as an official would: a file dropped in, read, and saved by the import."""

from __future__ import annotations

import csv
import datetime
import io
import random
from collections.abc import Iterator
from pathlib import Path

from administration.models import Area, Job, Officer
from administration.scope import scope_of
from beneficiaries.actions.import_files import apply_file, start_apply, upload_file
from beneficiaries.actions.import_reading import read_file
from beneficiaries.actions.import_rows import skip_rows
from beneficiaries.intake.household_rows import HouseholdRow, PersonRow
from beneficiaries.models import EthnicGroup, Gender
from demo.people import make_households

HEADER = [
    "STT hộ", "Họ và tên", "Quan hệ với chủ hộ", "Ngày sinh", "Giới tính", "Dân tộc", "Số CCCD", "Thôn/Khu phố",
    "Loại hộ", "Diện ưu tiên", "Số giấy chứng nhận", "Điện thoại", "Điện thoại đang dùng", "Đã nhận thiết bị",
    "Số khẩu",
]  # fmt: skip
PHONES = {"none": "Chưa có", "basic": "Điện thoại 2G", "smart": "Điện thoại thông minh", "unknown": ""}


def register(
    commune: Area,
    count: int,
    *,
    from_elsewhere: list[HouseholdRow],
    official: Officer,
    at: datetime.datetime,
    rng: random.Random,
) -> int:
    """Imports the commune's list, leaving broken rows for later; returns how many households it added.

    `from_elsewhere` are households that another commune has listed too: the import finds them.
    """
    households = make_households(commune.code, count, rng) + from_elsewhere
    year = at.year
    content = io.BytesIO(as_file(households, year=year).encode("utf-8-sig"))
    name = f"DS hộ nghèo, cận nghèo {commune.name} {year}.csv"
    with scope_of(official):
        file = upload_file(content, name, by=official, at=at).file
        read_file(file.pk, by=official, progress=_quietly)
        if file.households.exclude(state="ready").exists():
            skip_rows(file.pk, None, by=official)
        start_apply(file.pk, by=official)
        done = apply_file(file.pk, by=official, progress=_quietly, at=at)
        Job.objects.unfinished().filter(subject_id=file.pk, requested_by=official).update(state=Job.State.DONE)
    return len(done.added)


def leave_unfinished(list_file: Path, *, official: Officer, at: datetime.datetime) -> None:
    """A file that was dropped in and read, and still has errors to mend."""
    with list_file.open("rb") as content, scope_of(official):
        file = upload_file(io.BytesIO(content.read()), list_file.name, by=official, at=at).file
        read_file(file.pk, by=official, progress=_quietly)
        Job.objects.unfinished().filter(subject_id=file.pk, requested_by=official).update(state=Job.State.DONE)


def doubles_of(commune: Area, count: int, rng: random.Random) -> list[HouseholdRow]:
    """Two households of a commune as they turn up in another one: with the same number, and with none but the name."""
    listed = [one for one in make_households(commune.code, count, rng) if one.head.birth_precision == "day"][:2]
    for household in listed:
        household.hamlet = "Thôn 1"
    for household in listed[1:]:
        household.head.identity_number = ""
    for household in listed:
        household.members = []
        household.member_count = 1
    return listed


def as_file(households: list[HouseholdRow], *, year: int) -> str:
    """The list as a commune keeps it: the members of a household under their head."""
    groups = dict(EthnicGroup.objects.values_list("code", "name"))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([f"DANH SÁCH HỘ NGHÈO, HỘ CẬN NGHÈO, HỘ CHÍNH SÁCH NĂM {year}"])
    writer.writerow(HEADER)
    for number, household in enumerate(households, start=1):
        writer.writerows(_lines(number, household, groups))
    return text.getvalue()


def _lines(number: int, household: HouseholdRow, groups: dict[str, str]) -> Iterator[list[object]]:
    of_household: list[object] = [
        household.hamlet,
        _CATEGORY_WORDS[household.category],
        ", ".join(_ATTRIBUTE_WORDS[attribute] for attribute in household.attributes),
        household.certificate_no,
        household.phone,
        PHONES[household.phone_kind],
        household.prior_device,
        household.member_count or 1 + len(household.members),
    ]
    for person in household.people():
        is_head = person is household.head
        own = [number if is_head else "", person.full_name, "Chủ hộ" if is_head else person.relation, _born(person)]
        own += [
            "Nam" if person.gender == Gender.MALE else "Nữ",
            groups.get(person.ethnic_group, ""),
            person.identity_number,
        ]
        yield [*own, *(of_household if is_head else [""] * len(of_household))]


def _born(person: PersonRow) -> str:
    if person.birth_date and person.birth_precision == "day":
        return person.birth_date.strftime("%d/%m/%Y")
    return str(person.birth_year or "")


_CATEGORY_WORDS = {
    "HN": "Hộ nghèo", "HCN": "Hộ cận nghèo", "CSXH": "Gia đình chính sách xã hội", "CSK": "Đối tượng chính sách khác",
}  # fmt: skip
_ATTRIBUTE_WORDS = {
    "NCC": "Người có công", "NCC_TC": "Người có công hưởng trợ cấp hằng tháng", "BTXH": "Bảo trợ xã hội",
    "DTTS": "Dân tộc thiểu số", "KKNLD": "Không có khả năng lao động", "HS": "Có học sinh",
}  # fmt: skip


def _quietly(done: int, total: int) -> None:
    """Nobody watches the demo's imports."""
