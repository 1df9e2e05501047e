"""The least that open rounds ask of a device. The app that has rounds says what they are (its event_details)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from administration.models import Area
from devices.models import DeviceModel, Specification


@dataclass(frozen=True)
class Wanted:
    """One open round that gives devices of this kind, and the least it demands (None: nothing beyond the law)."""

    round: str
    demand: Specification | None


@dataclass
class Demands:
    """`of`: the open rounds of a province that give devices of a kind."""

    of: Callable[[Area, str], Iterable[Wanted]] = lambda province, kind: ()


DEMANDS = Demands()


@dataclass(frozen=True)
class Fit:
    """How a model suits the open rounds of a province. `short`: (round, what it lacks there)."""

    short: list[tuple[str, list[str]]]
    suits_some: bool

    @property
    def suits_none(self) -> bool:
        """There are rounds that give such devices, and it is too weak for all of them."""
        return bool(self.short) and not self.suits_some

    @property
    def in_words(self) -> list[str]:
        return [f"{round}: {', '.join(lacking)}" for round, lacking in self.short]


def fit_of(model: DeviceModel, province: Area) -> Fit:
    """What the model lacks in which open round of the province."""
    short, suits_some = [], False
    for wanted in DEMANDS.of(province, model.kind):
        lacking = model.short_of(wanted.demand) if wanted.demand else []
        if lacking:
            short.append((wanted.round, lacking))
        else:
            suits_some = True
    return Fit(short, suits_some)
