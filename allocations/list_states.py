"""Where a commune's list stands in its round: state, time left, what comes next. Pure, from rows already read."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from administration.models import Area
from allocations.models import CommuneList, Round
from allocations.unit_quota import UnitQuota

NOT_STARTED = "none"
STATES: list[tuple[str, str | Promise]] = [(NOT_STARTED, gettext_lazy("Not started")), *CommuneList.State.choices]


@dataclass(frozen=True)
class ListState:
    """One commune in one round. `lines` counts the live lines, `drafts` and `returned` those the commune works on."""

    round: Round
    commune: Area
    commune_list: CommuneList | None
    quota: UnitQuota | None
    today: datetime.date
    lines: int = 0
    drafts: int = 0
    returned: int = 0

    @property
    def state(self) -> str:
        return self.commune_list.state if self.commune_list else NOT_STARTED

    @property
    def words(self) -> str | Promise:
        return dict(STATES)[self.state]

    @property
    def allowed(self) -> int | None:
        return self.quota.allowed if self.quota else None

    @property
    def used(self) -> int | None:
        return self.quota.used if self.quota else None

    @property
    def was_submitted(self) -> bool:
        return self.state not in (NOT_STARTED, CommuneList.State.DRAFT)

    @property
    def days_late(self) -> int:
        """Days after the deadline on which the list came, or has not come yet; 0 when in time."""
        if self.round.state == Round.State.PLANNED:
            return 0
        submitted_at = self.commune_list.submitted_at if self.commune_list and self.was_submitted else None
        return self.round.days_late(timezone.localdate(submitted_at) if submitted_at else self.today)

    @property
    def is_overdue(self) -> bool:
        """The deadline has passed and the list has not come, in a round that still takes lists."""
        return self.days_late > 0 and not self.was_submitted and self.round.state == Round.State.OPEN

    @property
    def days_late_in_words(self) -> str:
        return ngettext("%(n)s day", "%(n)s days", self.days_late) % {"n": self.days_late}

    @property
    def time_left(self) -> str:
        """The deadline in words: days left, late by, or came in time."""
        if self.was_submitted:
            late = ngettext("submitted %(n)s day late", "submitted %(n)s days late", self.days_late)
            return late % {"n": self.days_late} if self.days_late else _("submitted in time")
        if self.days_late:
            return ngettext("%(n)s day late", "%(n)s days late", self.days_late) % {"n": self.days_late}
        left = (self.round.submit_by - self.today).days
        if left == 0:
            return _("due today")
        return ngettext("%(n)s day left", "%(n)s days left", left) % {"n": left}

    @property
    def next_step(self) -> str:
        """What happens next, and who does it, in one phrase."""
        round = self.round
        if round.state == Round.State.PLANNED:
            return _("The province opens the round")
        if self.returned:
            return ngettext(
                "Complete %(n)s returned household", "Complete %(n)s returned households", self.returned
            ) % {"n": self.returned}
        if round.state == Round.State.CLOSED:
            return _("Nothing: the round is closed")
        if self.drafts:
            return _("The leader signs and submits")
        if not self.was_submitted:
            return _("Build the list")
        if self.state == CommuneList.State.DECIDED:
            return _("Hand the devices over")
        return _("%(tier)s decides until %(day)s") % {
            "tier": round.programme.reviewing_tier, "day": date_format(round.review_by, "SHORT_DATE_FORMAT"),
        }  # fmt: skip
