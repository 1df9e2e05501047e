"""The head of a list's page: its state, its steps and the people who work on it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from administration.models import Area, Officer, Role
from allocations.actions import TO_BE_SIGNED
from allocations.list_states import ListState
from allocations.models import DECIDED, LIVE, CommuneList, Flag, Posting, Round, Status
from allocations.readiness import Readiness
from allocations.unit_quota import quota_of


@dataclass(frozen=True)
class Step:
    """One step of the commune's work on a round, in words."""

    label: str
    note: str = ""
    done: bool = False
    current: bool = False


@dataclass(frozen=True)
class PageHead:
    """Facts of one list. `drafts`, `returned`, ... count its lines; `unposted`: those whose posting has not ended;
    `posting`: what hangs now.
    """

    standing: ListState
    drafts: int
    returned: int
    incomplete: int
    awaiting: int
    decided: int
    leaders: list[Officer]
    unposted: int = 0
    posting: Posting | None = None

    @property
    def round_is_open(self) -> bool:
        return self.standing.round.state == Round.State.OPEN

    @property
    def to_be_signed(self) -> int:
        """Lines for which the leader's signature is next: where posting is demanded, those whose posting has ended."""
        return self.drafts - self.unposted if self.standing.round.demands_posting else self.drafts

    @property
    def may_start(self) -> bool:
        return self.standing.commune_list is None and self.round_is_open

    @property
    def is_untouched(self) -> bool:
        """Submitted, and nobody has opened it."""
        return self.standing.state == CommuneList.State.SUBMITTED

    @property
    def over_quota(self) -> int:
        """Lines beyond the quota, 0 without a quota."""
        quota = self.standing.quota
        return max(0, self.standing.lines - quota.allowed) if quota else 0

    @property
    def steps(self) -> list[Step]:
        standing = self.standing
        built = standing.lines > 0
        signed = built and standing.was_submitted and not self.drafts
        reviewed = signed and not self.awaiting and not self.returned
        posts = standing.round.demands_posting
        done = [
            built,
            built and not self.incomplete,
            *([built and not self.unposted] if posts else []),
            signed,
            reviewed,
        ]
        current = done.index(False) if False in done else len(done)
        reviewer = standing.round.programme.reviewing_tier
        words = [
            (_("Build the list"), _households(standing.lines) if built else ""),
            (_("Evidence"), _("%(n)s missing") % {"n": self.incomplete} if self.incomplete else ""),
            *([(_("Public posting"), self._posting())] if posts else []),
            (_("The leader signs and submits"), self._signature()),
            (_("%(tier)s reviews") % {"tier": reviewer}, self._review() if standing.was_submitted else ""),
        ]
        return [Step(label, note, done[i], i == current) for i, (label, note) in enumerate(words)]

    def _posting(self) -> str:
        if self.posting is not None:
            return _("until the end of %(day)s") % {"day": date_format(self.posting.ends_on, "SHORT_DATE_FORMAT")}
        return _("%(n)s to post") % {"n": self.unposted} if self.unposted else ""

    def _signature(self) -> str:
        if self.to_be_signed:
            return _("waiting for the signature: %(n)s") % {"n": self.to_be_signed}
        return self.standing.time_left if self.standing.was_submitted else ""

    def _review(self) -> str:
        notes = [_("%(n)s decided") % {"n": self.decided}]
        if self.awaiting:
            notes.append(_("%(n)s to decide") % {"n": self.awaiting})
        if self.returned:
            notes.append(_("%(n)s returned") % {"n": self.returned})
        return ", ".join(notes)


def read_head(
    round: Round,
    commune: Area,
    commune_list: CommuneList | None,
    today: datetime.date,
    readiness: Readiness | None = None,
) -> PageHead:
    """Four queries. With `readiness` what is missing is counted as of now, else as of the last update of the list."""
    counts = dict.fromkeys(("lines", "drafts", "returned", "incomplete", "awaiting", "decided", "unposted"), 0)
    if commune_list:
        n = Count
        counts = commune_list.lines.aggregate(
            lines=n("pk", filter=Q(status__in=LIVE)),
            drafts=n("pk", filter=Q(status__in=TO_BE_SIGNED)),
            unposted=n("pk", filter=Q(status=Status.DRAFT, posting=None) | Q(posting__state=Posting.State.RUNNING)),
            returned=n("pk", filter=Q(status=Status.RETURNED)),
            incomplete=n(
                "pk", filter=Q(status__in=[*TO_BE_SIGNED, Status.RETURNED], flags__contains=[Flag.NO_IDENTITY])
            ),
            awaiting=n("pk", filter=Q(status=Status.SUBMITTED)),
            decided=n("pk", filter=Q(status__in=[*DECIDED, Status.HANDED_OVER])),
        )
    incomplete = counts["incomplete"] if readiness is None else len(readiness.without_identity)
    quota = quota_of(round.pk, commune.pk)
    standing = ListState(
        round, commune, commune_list, quota, today, counts["lines"], counts["drafts"], counts["returned"]
    )  # fmt: skip
    leaders = Officer.objects.filter(area=commune, role=Role.COMMUNE_LEADER, is_active=True).order_by("full_name")
    return PageHead(
        standing, counts["drafts"], counts["returned"], incomplete, counts["awaiting"], counts["decided"],
        list(leaders), counts["unposted"], commune_list.postings.running().first() if commune_list else None,
    )  # fmt: skip


def _households(n: int) -> str:
    return ngettext("%(n)s household", "%(n)s households", n) % {"n": n}
