"""The list of households: searching, filtering, leafing through, taking it out as a file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from administration.access import OfficerRequest, Permission, may, requires
from administration.models import Area
from administration.spreadsheets import KINDS
from administration.templatetags.trao import Column, grouped
from administration.typed import number_in
from beneficiaries import actions
from beneficiaries.export import household_file
from beneficiaries.forms import HouseholdFilterForm
from beneficiaries.search import MOST, Question, find, found_ids, heads_of, members_named

PAGE_SIZES = (25, 50, 100)
SIZE_KEY = "households_per_page"


@requires(Permission.HOUSEHOLDS_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def household_list(request: OfficerRequest) -> HttpResponse:
    """GET shows a list that its address describes. POST is the search box: numbers of people stay out of addresses."""
    filters = HouseholdFilterForm(request.POST or request.GET, area=_area(request))
    if request.method == "POST":
        return _asked(request, filters)
    if filters.box.is_private:
        messages.info(request, _("Type the number into the search box: numbers of people are not kept in addresses."))
        return redirect(f"{request.path}?{filters.query().urlencode()}")
    return _shown(request, filters, filters.question())


def _asked(request: OfficerRequest, filters: HouseholdFilterForm) -> HttpResponse:
    query = filters.query()
    if filters.box.is_private:
        request.GET = QueryDict()  # so that no link of the page leads on from an address that cannot be
        response = _shown(request, filters, _looked_up(request, filters), is_private=True)
        response["HX-Push-Url"] = "false"
        return response
    address = f"{request.path}?{query.urlencode()}" if query else request.path
    if not request.htmx:
        return redirect(address)
    request.GET = query  # type: ignore[assignment]  # the links of the list go on from here
    response = _shown(request, filters, filters.question())
    response["HX-Push-Url"] = address
    return response


def _looked_up(request: OfficerRequest, filters: HouseholdFilterForm) -> Question:
    """A number of a person: an identity number is looked up by an action, because that is recorded."""
    question = replace(filters.question(), area=_area(request))
    if not filters.box.identity:
        return question
    household_id = actions.find_by_identity(filters.box.identity, by=request.user)
    if household_id is None and filters.box.phone:
        return question
    return replace(question, household_ids=[household_id] if household_id else [])


def _shown(
    request: OfficerRequest, filters: HouseholdFilterForm, question: Question, *, is_private: bool = False
) -> TemplateResponse:
    page = find(question, page=request.GET.get("page"), per_page=_per_page(request))
    members = members_named(question, page.object_list)
    context: dict[str, Any] = {
        "filters": filters, "page": page, "columns": _columns(question), "is_private": is_private,
        "is_wide": not question.is_narrow, "rows": [(head, members.get(head.household_id, "")) for head in page],
        "query": filters.query().urlencode(), "chips": filters.chips(), "page_sizes": PAGE_SIZES,
        "most": MOST, "may_edit": may(request.user, Permission.HOUSEHOLDS_EDIT),
        "may_import": may(request.user, Permission.LISTS_IMPORT),
        "may_export": may(request.user, Permission.REPORTS_BUILD),
    }  # fmt: skip
    if request.htmx and not request.htmx.history_restore_request:
        return TemplateResponse(request, "beneficiaries/_household_results.html", context)
    return TemplateResponse(request, "beneficiaries/household_list.html", context)


def _columns(question: Question) -> list[Column]:
    columns = [
        Column(lazy("Household code"), "code"),
        Column(lazy("Head of household (by given name)"), "name"),
        Column(lazy("Identity number")),
        Column(lazy("Hamlet"), "hamlet"),
        Column(lazy("Category")),
        Column(lazy("Phone in use")),
        Column(lazy("Last change"), "changed"),
    ]
    if not question.is_narrow:
        columns.insert(3, Column(lazy("Commune")))
    return columns


def _per_page(request: OfficerRequest) -> int:
    wanted = number_in(request.GET.get("moi_trang"))
    if wanted in PAGE_SIZES:
        request.session[SIZE_KEY] = wanted
    size = request.session.get(SIZE_KEY)
    return size if size in PAGE_SIZES else 50


def _area(request: OfficerRequest) -> Area:
    if request.user.area is None:
        raise BadRequest("this officer has no area")
    return request.user.area


@requires(Permission.REPORTS_BUILD)
@require_POST
def export(request: OfficerRequest) -> HttpResponse:
    """The filtered list as a file, identity numbers masked."""
    file_format = request.POST.get("dinh_dang", "")
    if file_format not in KINDS:
        raise BadRequest("no such format")
    filters = HouseholdFilterForm(request.GET, area=_area(request))
    question = filters.question()
    ids = found_ids(question)
    if len(ids) > MOST:
        sentence = _("A file holds at most %(most)s households. Narrow the list first, for example to one commune.")
        messages.error(request, sentence % {"most": grouped(MOST)})
        return redirect(f"{reverse('households:list')}?{request.GET.urlencode()}")
    actions.record_export(question.area, count=len(ids), file_format=file_format, by=request.user)
    content, media_type = household_file(heads_of(ids, question.sort), file_format)
    response = HttpResponse(content, content_type=media_type)
    name = f"ho-{question.area.code}-{timezone.localtime():%Y%m%d-%H%M}-{request.user.get_username()}.{file_format}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
