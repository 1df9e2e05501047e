"""Which commune list an address speaks of: `/dot/<round>/` the own one, `/dot/<round>/<commune>/` any below."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from administration.models import Area, Officer
from allocations.list_overview import existing_communes
from allocations.models import CommuneList, Round

LINKS = (
    "list", "build", "take_off", "put_back", "submit", "withdraw", "print", "template", "export", "record_complaint",
    "posting", "close_posting", "stop_posting",
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    round: Round
    commune: Area
    commune_list: CommuneList | None
    args: tuple[str, ...]

    def url(self, name: str = "list", *more: object) -> str:
        return reverse(f"rounds:{name}", args=[*self.args, *more])

    @property
    def links(self) -> dict[str, str]:
        """Addresses of everything that can be done with the list, by name."""
        return {name: self.url(name) for name in LINKS}

    def tab_url(self, tab: str) -> str:
        return f"{self.url()}?loc={tab}"

    @property
    def own_list(self) -> CommuneList:
        """The list, where an action needs one; a list that was never built is a 404."""
        if self.commune_list is None:
            raise Http404
        return self.commune_list


def find_round(officer: Officer, code: str) -> Round:
    return get_object_or_404(Round.objects.of_area(officer.area).select_related("programme__province"), code=code)


def find_place(officer: Officer, round_code: str, commune_code: str = "") -> Place:
    """404 for a round of another province and for a commune outside the officer's area."""
    round = find_round(officer, round_code)
    commune = _find_commune(officer, round, commune_code)
    lists = CommuneList.objects.visible_to(officer).select_related(
        "round__programme", "prepared_by", "signed_by", "area"
    )
    found = lists.filter(round=round, area=commune).first()
    return Place(round, commune, found, (round.code, commune_code) if commune_code else (round.code,))


def _find_commune(officer: Officer, round: Round, code: str) -> Area:
    if not code:
        if officer.area is None or not officer.area.is_commune:
            raise Http404
        return officer.area
    communes = existing_communes(officer, round).select_related("parent").filter(code=code)
    commune = communes.order_by("-valid_from").first()
    if commune is None:
        raise Http404
    return commune
