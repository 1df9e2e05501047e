"""Which list under review an address speaks of: /duyet/<round>/<commune>/."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from administration.access import OfficerRequest
from administration.models import Officer
from administration.typed import number_in
from allocations.models import CommuneList
from allocations.presence import look_at, others_looking
from allocations.tiers import deciders_of, why_not


def find_list(officer: Officer, round_code: str, commune_code: str) -> CommuneList:
    """404 outside the officer's area."""
    lists = CommuneList.objects.visible_to(officer).filter(round__code=round_code, area__code=commune_code)
    related = lists.select_related("round__programme", "area__parent", "prepared_by", "signed_by")
    found = related.order_by("-area__valid_from").first()
    if found is None:
        raise Http404
    return found


def list_url(commune_list: CommuneList, name: str = "list", *more: object) -> str:
    return reverse(f"review:{name}", args=[commune_list.round.code, commune_list.area.code, *more])


def presence_on(request: OfficerRequest, commune_list: CommuneList, line_id: int | None = None) -> dict[str, Any]:
    """Remembers that the officer has the list or the line open, and says who else has."""
    asked = number_in(request.GET.get("dong"))
    if not line_id and asked is not None and commune_list.lines.filter(pk=asked).exists():
        line_id = asked
    look_at(request.user, commune_list, line_id, timezone.now())
    return {
        "others": others_looking(request.user, commune_list, line_id), "looked_at": line_id,
        "looking_url": list_url(commune_list, "looking"),
    }  # fmt: skip


def standing(officer: Officer, commune_list: CommuneList) -> dict[str, Any]:
    """Whether the officer may decide on the list; when not, why, and who else does."""
    sentence = why_not(officer, commune_list)
    if officer.pk in (commune_list.prepared_by_id, commune_list.signed_by_id):
        sentence = _("You prepared or signed this list, so you cannot decide on it. Another reviewing officer does.")
    return {"why_not": sentence, "deciders": deciders_of(commune_list, but=officer) if sentence else []}
