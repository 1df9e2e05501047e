"""The rules of a round: versions to read, the draft to write, its effect to look at before it is published."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from administration.access import OfficerRequest, Permission, requires
from administration.models import Area
from administration.refusals import NotPossible
from allocations import actions
from allocations.effect_page import describe_changes, describe_effect
from allocations.forms.programme import ordered
from allocations.forms.rules import (
    ConditionRows,
    PriorityRows,
    VersionForm,
    initial_conditions,
    initial_priorities,
    new_condition,
)
from allocations.models import ConditionKind, Round, RuleVersion
from allocations.rules_in_words import describe_version
from allocations.views.programme_place import find_round, page, scope_of_programme

PAGE_SIZE = 50


@require_safe
@requires(Permission.PROGRAMME_VIEW)
def versions(request: OfficerRequest, code: str, round_code: str) -> HttpResponse:
    """The version in force in sentences, the draft and the older ones."""
    round = find_round(request.user, code, round_code)
    found = list(round.rule_versions.select_related("drafted_by", "published_by"))
    current = next((one for one in found if one.state == RuleVersion.State.PUBLISHED), None)
    return page(
        request, "allocations/rules_versions.html",
        round.programme, "rounds", round=round, versions=found,
        draft=next((one for one in found if one.is_draft), None),
        told=describe_version(current) if current else None,
    )  # fmt: skip


@require_safe
@requires(Permission.PROGRAMME_VIEW)
def version(request: OfficerRequest, code: str, round_code: str, number: int) -> HttpResponse:
    round = find_round(request.user, code, round_code)
    found = get_object_or_404(round.rule_versions.select_related("drafted_by", "published_by"), number=number)
    return page(
        request,
        "allocations/rules_version.html",
        round.programme,
        "rounds",
        round=round,
        version=found,
        told=describe_version(found),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PROGRAMME_EDIT)
def draft(request: OfficerRequest, code: str, round_code: str) -> HttpResponse:
    """The draft as sentences with pickers. Each button saves what is there first."""
    round = find_round(request.user, code, round_code)
    found = round.rule_versions.filter(state=RuleVersion.State.DRAFT).first()
    if found is None:
        return _begin(request, round)
    posted = request.POST if "legal_basis" in request.POST else None
    form = VersionForm(posted, version=found)
    conditions = ConditionRows(posted, prefix="c", initial=initial_conditions(list(found.conditions.all())))
    priorities = PriorityRows(posted, prefix="p", initial=initial_priorities(list(found.priorities.all())))
    status = 200
    if posted and all([form.is_valid(), conditions.is_valid(), priorities.is_valid()]):
        return _write(request, found, form, conditions, priorities)
    if posted:
        status = 422
    return page(
        request, "allocations/rules_draft.html",
        round.programme, "rounds", round=round, version=found, form=form,
        kinds=ConditionKind.choices, conditions=conditions, priorities=priorities,
        errors=_errors(conditions, priorities), status=status,
    )  # fmt: skip


@require_POST
@requires(Permission.PROGRAMME_EDIT)
def drop(request: OfficerRequest, code: str, round_code: str) -> HttpResponse:
    """Nobody wants the draft any more."""
    return _act(request, code, round_code, actions.drop_draft, _("The draft was dropped."))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PROGRAMME_EDIT)
def effect(request: OfficerRequest, code: str, round_code: str) -> HttpResponse:
    """What the draft would change, commune by commune. Measured anew by a post."""
    round = find_round(request.user, code, round_code)
    found = get_object_or_404(round.rule_versions, state=RuleVersion.State.DRAFT)
    if request.method == "POST":
        with scope_of_programme(round.programme):
            actions.show_effect(found.pk, by=request.user)
        return redirect("programme:effect", code, round_code)
    return page(
        request, "allocations/rules_effect.html",
        round.programme, "rounds", round=round, version=found, told=describe_version(found),
        effect=describe_effect(found) if found.effect else None,
    )  # fmt: skip


@require_safe
@requires(Permission.RULES_PUBLISH)
def changes(request: OfficerRequest, code: str, round_code: str, commune_code: str) -> HttpResponse:
    """The households of one commune whose place would change, with the reason."""
    round = find_round(request.user, code, round_code)
    found = get_object_or_404(round.rule_versions, state=RuleVersion.State.DRAFT)
    communes = Area.objects.visible_to(request.user).communes().filter(code=commune_code)
    commune = get_object_or_404(communes.order_by("-valid_from")[:1])
    rows = describe_changes(found, commune)
    shown = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return page(
        request,
        "allocations/rules_changes.html",
        round.programme,
        "rounds",
        round=round,
        version=found,
        commune=commune,
        shown=shown,
    )


@require_POST
@requires(Permission.RULES_PUBLISH)
def publish(request: OfficerRequest, code: str, round_code: str) -> HttpResponse:
    said = _("The rules are in force from now on. Communes that still prepare their list bring it up to date.")
    return _act(request, code, round_code, actions.publish_rules, said)


def _begin(request: OfficerRequest, round: Round) -> HttpResponse:
    """The page of a draft that does not exist yet goes back; the button that starts one posts."""
    if request.method == "POST":
        try:
            with scope_of_programme(round.programme):
                actions.draft_rules(round.pk, by=request.user)
        except NotPossible as refusal:
            messages.error(request, str(refusal))
        else:
            return redirect("programme:draft", round.programme.code, round.code)
    return redirect("programme:rules", round.programme.code, round.code)


def _write(
    request: OfficerRequest, found: RuleVersion, form: VersionForm, conditions: Any, priorities: Any
) -> HttpResponse:
    wanted = [row.condition for row in ordered(conditions)]
    if added := new_condition(request.POST.get("them", "")):
        wanted.append(added)
    said = form.cleaned_data
    with scope_of_programme(found.round.programme):
        actions.write_rules(
            found.pk, conditions=wanted, priorities=[row.rule for row in ordered(priorities)], ties=form.ties,
            legal_basis=said["legal_basis"], reason=said["reason"], by=request.user,
        )  # fmt: skip
        if "xem" in request.POST:
            actions.show_effect(found.pk, by=request.user)
    messages.success(request, _("The draft was saved at %(time)s.") % {"time": f"{timezone.localtime():%H:%M}"})
    name = "programme:effect" if "xem" in request.POST else "programme:draft"
    return redirect(name, found.round.programme.code, found.round.code)


def _act(request: OfficerRequest, code: str, round_code: str, act: Any, said: str) -> HttpResponse:
    """Does something to the draft and goes back to the versions, saying what happened or why it did not."""
    round = find_round(request.user, code, round_code)
    found = get_object_or_404(round.rule_versions, state=RuleVersion.State.DRAFT)
    try:
        with scope_of_programme(round.programme):
            act(found.pk, by=request.user)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("programme:rules", code, round_code)


def _errors(*sets: Any) -> list[dict[str, str]]:
    """What is wrong in the rows, each with the way to its box."""
    return [
        {"text": f"{form[name].label}: {text}" if name != "__all__" else str(text),
         "url": f"#{form[name].id_for_label or form[name].auto_id}" if name != "__all__" else ""}
        for rows in sets if rows.is_bound for form in rows.forms
        for name, texts in form.errors.items() for text in texts
    ]  # fmt: skip
