"""A read list goes into the register through the same actions and jobs as on the pages, commune by commune."""

from __future__ import annotations

import io
from collections import Counter
from typing import IO

from django.utils.translation import gettext as _

from administration import jobs
from administration.models import Area, Officer, Role
from administration.refusals import NotPossible
from administration.scope import scope_of
from beneficiaries import tasks
from beneficiaries.actions import import_files, import_rows
from beneficiaries.intake.parse import Choices
from beneficiaries.list_reading import ReadList
from beneficiaries.models import ImportFile, StagedHousehold
from beneficiaries.shared_list import share_of

assert tasks  # noqa: S101 - importing it registers the work that `jobs.run` does here


def officer_for(area: Area) -> Officer:
    """Who imports when nobody is named: an administrator, else the province's staff, of the least area around it."""
    roles = {Role.ADMINISTRATOR: 0, Role.PROVINCE_STAFF: 1}
    found = Officer.objects.select_related("area").filter(
        is_active=True, role__in=roles, area__number__lte=area.number, area__last__gte=area.last
    )
    officers = sorted(found, key=lambda o: (roles[Role(o.role)], o.area.last - o.area.number if o.area else 0, o.pk))
    if not officers:
        raise NotPossible(
            _("Nobody of the province may import for %(area)s. Name an officer with --as.") % {"area": area}
        )
    return officers[0]


def save_list(read: ReadList, *, by: Officer) -> Counter[str]:
    """Saves the rows without errors and leaves the others for later; how many were added, updated, same, left out.

    A file of several communes is shared out: each commune gets its own rows only, at the same row numbers.
    """
    counts: Counter[str] = Counter()
    for one in dict.fromkeys(staged.commune for staged in read.staged if staged.commune):
        with scope_of(by):
            commune = Area.objects.get(number=one.number)
        if read.place.alone:
            with read.path.open("rb") as content:
                counts += _save(content, read, read.choices, commune, by)
        else:
            counts += _save(io.BytesIO(share_of(read, one)), read, _share_choices(read), commune, by)
    return counts


def _share_choices(read: ReadList) -> Choices:
    """As the whole file was read, so that a share with few rows is not read otherwise."""
    share = Choices(categories=read.choices.categories, terms=read.choices.terms, is_share=True)
    for table in read.parsed.tables:
        at = table.layout.header_row or 0
        share.fields.setdefault(table.sheet, {})[at] = dict(table.mapping.fields)
        share.structures.setdefault(table.sheet, {})[at] = table.mapping.structure
        share.encodings[table.sheet] = {one.column: one.encoding for one in table.encodings}
    return share


def _save(content: IO[bytes], read: ReadList, choices: Choices, commune: Area, by: Officer) -> Counter[str]:
    with scope_of(by):
        sent = import_files.upload_file(content, read.path.name, by=by, area=commune, choices=choices)
    if sent.file.state == ImportFile.State.APPLIED:
        return Counter(same_file=1)
    _run(sent.file, by)
    with scope_of(by):
        import_files.choose_columns(sent.file.pk, choices, by=by)
    _run(sent.file, by)
    with scope_of(by):
        import_rows.skip_rows(sent.file.pk, None, by=by)
        if not StagedHousehold.objects.ready().filter(file=sent.file).exists():
            return Counter(left_out=sent.file.households.count())
        import_files.start_apply(sent.file.pk, by=by)
    _run(sent.file, by)
    with scope_of(by):
        saved = ImportFile.objects.get(pk=sent.file.pk)
    return Counter(added=saved.added, updated=saved.updated, unchanged=saved.unchanged, left_out=saved.left_out)


def _run(file: ImportFile, by: Officer) -> None:
    with scope_of(by):
        job = ImportFile.objects.select_related("job").get(pk=file.pk).job
    if job is not None and job.is_open:
        jobs.run(job.pk)
        job.refresh_from_db()
        if job.error:
            raise NotPossible(job.error)
