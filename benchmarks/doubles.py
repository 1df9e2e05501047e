"""A made-up province with known doubles: who is whom is known, so that finding can be measured. Nobody is real.

Households of several people live in communes and hamlets. Some are listed a second time, as it happens: by the same
commune a year later, by another commune after a move, by the wife instead of the husband, by a grown-up child. Every
copy goes through the mistakes of real lists. Twins, namesakes and relatives are there to mislead.
"""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from beneficiaries.names import fold
from demo.people import make_identity, make_name, make_phone

_OLD_NUMBERS = 0.15  # people who also have a nine-digit number
_LETTERS = "abcdeghiklmnopqrstuvxy"


@dataclass(slots=True)
class Somebody:
    """One person as a list has them. `who` is the truth: copies of one person share it."""

    who: int
    name: str
    gender: str
    born: datetime.date
    precision: str = "day"
    number: str = ""
    old_number: str = ""


@dataclass(slots=True)
class Listed:
    """A household as a list has it; the head first."""

    area: int
    hamlet: str
    phone: str
    people: list[Somebody] = field(default_factory=list)


@dataclass(slots=True)
class Province:
    """`first` is in the register, `second` is what comes later; `truth`: (index in second, index in first)."""

    first: list[Listed]
    second: list[Listed]
    truth: set[tuple[int, int]] = field(default_factory=set)
    provable: set[tuple[int, int]] = field(default_factory=set)

    @property
    def clean(self) -> int:
        """How many of the later households are nobody's double."""
        return len(self.second) - len({later for later, _ in self.truth})


def make_province(
    areas: Sequence[int], *, people: int, later: int = 0, doubles: float = 0.06, peoples: str = "01", seed: int = 1
) -> Province:
    """About `people` persons in both lists together; `later` households of them in the second (default: a fifth)."""
    rng = Random(seed)
    maker = _Maker(areas, rng, peoples)
    total = int(people / 3.4)
    later = later or total // 5
    first = [maker.household() for _ in range(total - later)]
    for _ in range(len(first) // 100):
        maker.add_twin(first)
    province = Province(first, [])
    for index in rng.sample(range(len(first)), min(int(total * doubles), later * 4 // 5, len(first))):
        copy = maker.copy(first[index])
        province.truth.add((len(province.second), index))
        if _is_provable(copy, first[index]):
            province.provable.add((len(province.second), index))
        province.second.append(copy)
    while len(province.second) < later:
        province.second.append(maker.household())
    return province


class _Maker:
    def __init__(self, areas: Sequence[int], rng: Random, peoples: str) -> None:
        self.areas, self.rng, self.peoples = areas, rng, peoples
        self.last = 0
        self.serials: dict[str, int] = {}

    def household(self) -> Listed:
        """A head, mostly a spouse, some children, sometimes an old parent."""
        rng = self.rng
        made = Listed(rng.choice(self.areas), f"Thôn {rng.randrange(1, 8)}", make_phone(rng))
        if rng.random() < 0.3:
            made.phone = ""
        head = self.person(rng.choice("MMF"), rng.randrange(1938, 2003))
        made.people.append(head)
        if rng.random() < 0.7:
            spouse = self.person("F" if head.gender == "M" else "M", head.born.year + rng.randrange(-8, 9))
            made.people.append(spouse)
        father = head if head.gender == "M" else made.people[-1]
        for _ in range(rng.choice([0, 1, 1, 2, 2, 3])):
            child = self.person(rng.choice("MF"), min(2024, head.born.year + rng.randrange(20, 38)))
            child.name = " ".join([father.name.split()[0], *child.name.split()[1:]])
            made.people.append(child)
        return made

    def person(self, gender: str, year: int) -> Somebody:
        self.last += 1
        rng = self.rng
        born = datetime.date(year, 1, 1) + datetime.timedelta(days=rng.randrange(365))
        precision = "year" if year < 1965 and rng.random() < 0.45 else "day"
        name = make_name(rng.choice(self.peoples.split()), gender, rng)
        made = Somebody(self.last, name, gender, born, precision)
        if year < 2010 and rng.random() < (0.93 if year < 2003 else 0.5):
            made.number = self.number(gender, year)
        if year < 2000 and rng.random() < _OLD_NUMBERS:
            made.old_number = f"26{self.last % 10_000_000:07d}"
        return made

    def number(self, gender: str, year: int) -> str:
        """Serials are drawn without repeats, so that they are as close to each other as real ones."""
        place = self.rng.choice(["060"] * 8 + ["052", "046", "068"])
        stem = make_identity(place, gender, year, 0)[:6]
        step = self.serials[stem] = self.serials.get(stem, self.rng.randrange(1_000_000)) + 1
        return f"{stem}{step * 618_033 % 1_000_003 % 1_000_000:06d}"

    def add_twin(self, households: list[Listed]) -> None:
        """A grown-up twin of some head, next door: one birthday, one family name, numbers in a row."""
        of = self.rng.choice(households)
        head = of.people[0]
        twin = self.person(head.gender, head.born.year)
        words = head.name.split()
        twin.name = " ".join([*words[:-1], twin.name.split()[-1]]) if len(words) > 1 else twin.name
        if fold(twin.name) == fold(head.name):
            return
        twin.born, twin.precision = head.born, head.precision
        if head.number:
            twin.number = f"{head.number[:-6]}{(int(head.number[-6:]) + 1) % 1_000_000:06d}"
        households.append(Listed(of.area, of.hamlet, "", [twin]))

    def copy(self, original: Listed) -> Listed:
        """The household as another list has it."""
        rng = self.rng
        made = Listed(original.area, original.hamlet, original.phone, list(original.people))
        kind = rng.random()
        if kind < 0.3:  # moved, often by the merger of communes
            made.area, made.hamlet = rng.choice(self.areas), f"Thôn {rng.randrange(1, 8)}"
        elif kind < 0.42 and len(made.people) > 1:  # the other spouse is the head, the first one is not named
            made.people = [made.people[1], *made.people[2:]]
        elif kind < 0.5 and len(made.people) > 2:  # a child has a household of its own
            made.people = [made.people[2]]
            made.hamlet = f"Thôn {rng.randrange(1, 8)}"
        if rng.random() < 0.15:
            made.hamlet = f"Thôn {rng.randrange(1, 8)}"
        if rng.random() < 0.4:
            made.phone = "" if rng.random() < 0.5 else make_phone(rng)
        if len(made.people) > 1 and rng.random() < 0.25:  # this list names the head only
            made.people = made.people[:1]
        made.people = [self.misspelt(person) for person in made.people]
        return made

    def misspelt(self, person: Somebody) -> Somebody:
        made = replace(person)
        for chance, mistake in _MISTAKES:
            if self.rng.random() < chance:
                mistake(made, self.rng)
        return made


def _lose_marks(person: Somebody, rng: Random) -> None:
    text = unicodedata.normalize("NFD", person.name).replace("đ", "d").replace("Đ", "D")
    person.name = "".join(c for c in text if not unicodedata.combining(c))


def _change_i(person: Somebody, rng: Random) -> None:
    swaps = str.maketrans({"y": "i", "ý": "í", "ỳ": "ì", "ỷ": "ỉ", "ỹ": "ĩ", "ỵ": "ị"})
    person.name = person.name.translate(swaps)


def _lose_space(person: Somebody, rng: Random) -> None:
    words = person.name.split()
    if len(words) > 2:
        person.name = " ".join([words[0], words[1] + words[2].lower(), *words[3:]])


def _mistype(person: Somebody, rng: Random) -> None:
    name = list(person.name)
    at = rng.randrange(1, len(name))
    if name[at] == " ":
        at -= 1
    kind = rng.random()
    if kind < 0.5:
        name[at] = rng.choice(_LETTERS)
    elif kind < 0.75:
        del name[at]
    else:
        name.insert(at, rng.choice(_LETTERS))
    person.name = "".join(name)


def _lose_middle(person: Somebody, rng: Random) -> None:
    words = person.name.split()
    if len(words) > 2:
        person.name = f"{words[0]} {words[-1]}"


def _swap_day(person: Somebody, rng: Random) -> None:
    if person.precision == "day" and person.born.day <= 12:
        person.born = person.born.replace(month=person.born.day, day=person.born.month)


def _only_year(person: Somebody, rng: Random) -> None:
    person.precision = "year"


def _other_day(person: Somebody, rng: Random) -> None:
    person.born = person.born.replace(day=rng.randrange(1, 29))


def _wrong_digit(person: Somebody, rng: Random) -> None:
    if person.number:
        at = rng.randrange(12)
        digit = rng.choice([d for d in "0123456789" if d != person.number[at]])
        person.number = person.number[:at] + digit + person.number[at + 1 :]


def _lose_number(person: Somebody, rng: Random) -> None:
    person.number = ""


def _lose_old_number(person: Somebody, rng: Random) -> None:
    person.old_number = ""


def _other_gender(person: Somebody, rng: Random) -> None:
    person.gender = "F" if person.gender == "M" else "M"


_MISTAKES: list[tuple[float, Callable[[Somebody, Random], None]]] = [
    (0.25, _lose_marks), (0.1, _change_i), (0.03, _lose_space), (0.07, _mistype), (0.04, _lose_middle),
    (0.08, _swap_day), (0.12, _only_year), (0.03, _other_day), (0.12, _wrong_digit), (0.15, _lose_number),
    (0.5, _lose_old_number), (0.01, _other_gender),
]  # fmt: skip


def _is_provable(copy: Listed, original: Listed) -> bool:
    """Somebody has the same number in both, or one wrong digit beside an equal name and birth."""
    by_who = {person.who: person for person in original.people}
    return any(_is_proof(person, by_who[person.who]) for person in copy.people if person.who in by_who)


def _is_proof(a: Somebody, b: Somebody) -> bool:
    if a.number and a.number == b.number:
        return True
    if a.old_number and a.old_number == b.old_number:
        return True
    if not a.number or not b.number or sum(x != y for x, y in zip(a.number, b.number, strict=True)) != 1:
        return False
    is_one_name = fold(a.name).replace(" ", "") == fold(b.name).replace(" ", "")
    return (
        is_one_name
        and a.gender == b.gender
        and (a.precision, a.born) == (b.precision, b.born)
        and (a.precision == "day")
    )


def everybody(households: Sequence[Listed]) -> Iterator[tuple[int, int, Somebody]]:
    """(index of the household, index in the household, person)."""
    for index, household in enumerate(households):
        for member, person in enumerate(household.people):
            yield index, member, person
