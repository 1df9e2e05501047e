"""Who decides on lists: the tier that the programme names (two tiers or three), never about one's own work."""

from __future__ import annotations

from django.utils.translation import gettext as _

from administration.models import Officer, Role
from administration.refusals import NotPossible
from allocations.models import CommuneList, Programme


def decides(officer: Officer, programme: Programme) -> bool:
    """Whether the officer, in the role they work in now, belongs to the tier that decides. Where is their area."""
    return officer.role == Role.REVIEWER and officer.area is not None and officer.area.level == programme.deciding_level


def why_not(officer: Officer, commune_list: CommuneList) -> str:
    """Why the officer may not decide on the list; "" when they may. Needs the list's round and its programme."""
    programme = commune_list.round.programme
    own = {commune_list.prepared_by_id, commune_list.signed_by_id} - {None}
    if officer.pk == commune_list.prepared_by_id:
        return _("Who prepared the list may not decide on it.")
    if officer.pk == commune_list.signed_by_id:
        return _("Who signed the list may not decide on it.")
    if officer.stands_in is not None and officer.stands_in.giver_id in own:
        return _("Nobody decides in the place of who prepared or signed the list.")
    if not decides(officer, programme):
        return _("Lists of this programme are decided on by: %(tier)s.") % {"tier": programme.reviewing_tier}
    return ""


def refuse_unless_decides(officer: Officer, commune_list: CommuneList) -> None:
    if sentence := why_not(officer, commune_list):
        raise NotPossible(sentence)


def deciders_of(commune_list: CommuneList, *, but: Officer) -> list[Officer]:
    """Reviewing officers who may decide on the list, without those who prepared or signed it."""
    commune, programme = commune_list.area, commune_list.round.programme
    able = Officer.objects.filter(
        role=Role.REVIEWER, is_active=True, area__level=programme.deciding_level,
        area__number__lte=commune.number, area__last__gte=commune.last,
    )  # fmt: skip
    own = [pk for pk in (commune_list.prepared_by_id, commune_list.signed_by_id, but.pk) if pk]
    return list(able.exclude(pk__in=own).order_by("full_name", "pk"))
