"""A commune's list as the columns of form 2, for the printed page and for export."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from administration.templatetags.trao import masked
from allocations.list_contents import ListRow, describe_lines
from allocations.models import CommuneList
from beneficiaries.models import Attribute, Gender


@dataclass(frozen=True)
class PaperRow:
    """One household on form 2. Years of birth stand in one of two columns; `identity` is masked unless asked for."""

    number: int
    code: str
    head_name: str
    born_male: str
    born_female: str
    identity: str
    ethnic_group: str
    hamlet: str
    category: str
    circumstances: str
    certificate_no: str
    members: int | None
    phone: str
    group: int
    rule: str
    status: str
    note: str


def paper_rows(commune_list: CommuneList, *, with_identity: bool) -> list[PaperRow]:
    """All live lines, best first. Five queries, whatever the number of lines."""
    lines = list(commune_list.lines.live().select_related("household").by_priority())
    described = describe_lines(lines, commune_list.round, with_ethnic_groups=True)
    return [_paper_row(row, number, with_identity=with_identity) for number, row in enumerate(described, start=1)]


def _paper_row(row: ListRow, number: int, *, with_identity: bool) -> PaperRow:
    household, head = row.household, row.head
    identity = (head.identity_number or head.old_identity_number) if head else ""
    return PaperRow(
        number=number,
        code=household.code,
        head_name=head.full_name if head else "",
        born_male=head.birth_text if head and head.gender == Gender.MALE else "",
        born_female=head.birth_text if head and head.gender == Gender.FEMALE else "",
        identity=identity if with_identity or not identity else masked(identity),
        ethnic_group=head.ethnic_group.name if head and head.ethnic_group else "",
        hamlet=household.hamlet,
        category=row.line.get_category_display(),
        circumstances="; ".join(_labels(household.attributes)),
        certificate_no=household.certificate_no,
        members=household.member_count,
        phone=household.phone,
        group=row.line.priority_group,
        rule=row.rule.label if row.rule else "",
        status=row.line.get_status_display(),
        note=household.note,
    )


def _labels(attributes: Iterable[str]) -> list[str]:
    return [str(Attribute(attribute).label) for attribute in attributes]
