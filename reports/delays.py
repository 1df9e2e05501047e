"""Where a commune is stuck in a round, since when, and who holds the ball. Pure: figures in, waits out."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from django.db import models
from django.utils.translation import gettext_lazy as _

from administration.models import Role
from allocations.models import Round

SOON = datetime.timedelta(days=3)


class Step(models.TextChoices):
    """Steps of the procedure at which a commune's households can wait, in order."""

    NOT_STARTED = "not_started", _("List not started")
    NOT_SUBMITTED = "not_submitted", _("List not submitted")
    RETURNED = "returned", _("Returned households not completed")
    REVIEW = "review", _("Waiting for review")
    NO_DEVICE = "no_device", _("Devices not yet at the commune")
    HAND_OVER = "hand_over", _("Devices not handed over")


HOLDER: dict[Step, Role] = {  # who has to act
    Step.NOT_STARTED: Role.COMMUNE_OFFICIAL,
    Step.NOT_SUBMITTED: Role.COMMUNE_OFFICIAL,
    Step.RETURNED: Role.COMMUNE_OFFICIAL,
    Step.REVIEW: Role.REVIEWER,
    Step.NO_DEVICE: Role.PROVINCE_STAFF,
    Step.HAND_OVER: Role.COMMUNE_OFFICIAL,
}


# When the holder of a step stays late, the next level is told: after so many days, whom.
ESCALATION: dict[Role, tuple[tuple[int, Role], ...]] = {
    Role.COMMUNE_OFFICIAL: ((3, Role.COMMUNE_LEADER), (7, Role.REVIEWER), (14, Role.PROVINCE_STAFF)),
    Role.REVIEWER: ((3, Role.PROVINCE_STAFF),),
}


class Countable(Protocol):
    """The figures that decide where a commune waits (reports.progress.Figures)."""

    @property
    def target(self) -> int: ...
    @property
    def listed(self) -> int: ...
    @property
    def sent(self) -> int: ...
    @property
    def returned(self) -> int: ...
    @property
    def awaiting(self) -> int: ...
    @property
    def to_hand_over(self) -> int: ...
    @property
    def ready(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Wait:
    """So many households of a commune wait at a step that ends on a day."""

    step: Step
    households: int
    due: datetime.date

    def days_late(self, today: datetime.date) -> int:
        """Calendar days since the deadline; 0 on the day itself and before."""
        return max(0, (today - self.due).days)

    def is_due_soon(self, today: datetime.date) -> bool:
        return datetime.timedelta(0) <= self.due - today <= SOON


@dataclass(frozen=True, slots=True)
class Delay:
    """The step at which most late households of a commune wait."""

    step: Step
    households: int
    due: datetime.date
    days: int


def escalated_to(delay: Delay) -> list[Role]:
    """Which roles above the holder of a late step have been told of it by now."""
    return [role for days, role in ESCALATION.get(HOLDER[delay.step], ()) if delay.days >= days]


def waits_of(figures: Countable, round: Round) -> list[Wait]:
    """Everything that is not finished in a commune, in the order of the steps; nothing in a round that is not open.

    Drafts that stay behind when a list is submitted are no delay: they may lack papers that nobody has.
    """
    if round.state != Round.State.OPEN:
        return []
    if not figures.sent:
        return [_before_submission(figures, round)]
    short = figures.to_hand_over - figures.ready
    waits = [
        Wait(Step.RETURNED, figures.returned, round.review_by),
        Wait(Step.REVIEW, figures.awaiting, round.review_by),
        Wait(Step.NO_DEVICE, short, round.hand_over_by),
        Wait(Step.HAND_OVER, figures.ready, round.hand_over_by),
    ]
    return [wait for wait in waits if wait.households]


def _before_submission(figures: Countable, round: Round) -> Wait:
    if figures.listed:
        return Wait(Step.NOT_SUBMITTED, figures.listed, round.submit_by)
    return Wait(Step.NOT_STARTED, figures.target, round.submit_by)


def delay_of(waits: Sequence[Wait], today: datetime.date) -> Delay | None:
    """The late wait with the most households (of two equal ones the earlier step), or None while all is in time.

    So a commune with two returned households and three hundred in review is shown with the reviewer, not blamed.
    """
    late = [wait for wait in waits if wait.days_late(today)]
    if not late:
        return None
    worst = max(late, key=lambda wait: wait.households)
    return Delay(worst.step, worst.households, worst.due, worst.days_late(today))
