"""Which commune a row belongs to: the own one by any of its names, another one, or nobody's."""

import re
from dataclasses import dataclass

from administration.models import Area, AreaSuccessor, Level
from beneficiaries.names import fold

_UNIT_WORDS = re.compile(r"^(?:ubnd|xa|phuong|thi tran|dac khu|tt|x|p|dk)\s+")


@dataclass(frozen=True, slots=True)
class Place:
    """The commune of a file: its folded names, old and new ones too, and the other communes of the province."""

    name: str
    own: frozenset[str]
    others: dict[str, str]

    def of(self, text: str) -> str | None:
        """ "" for the own commune or an empty text, the name of another one, None when nothing is called so."""
        if not text.strip():
            return ""
        first = re.split(r"\s*[,;–]\s*|\s+-\s+", text.strip())[0]
        key = commune_key(first)
        if key in self.own or not key:
            return ""
        return self.others.get(key)


def commune_key(text: str) -> str:
    """Folded name without its kind: "P. Mũi Né" and "Phường Mũi Né" are both "mui ne"."""
    key = fold(text)
    while (shorter := _UNIT_WORDS.sub("", key)) != key:
        key = shorter
    return key


def place_of(area: Area) -> Place:
    """Two queries: the communes of the province, and what became of this one or what it was made of."""
    province = Area.objects.filter(level=Level.PROVINCE, number__lte=area.number, last__gte=area.number).first()
    communes = Area.objects.communes().inside(province or area).values_list("number", "short_name", "name")
    others = {commune_key(short): name for number, short, name in communes if number != area.number}
    links = AreaSuccessor.objects.filter(old=area).values_list("new__short_name", flat=True)
    former = AreaSuccessor.objects.filter(new=area).values_list("old__short_name", flat=True)
    own = {commune_key(name) for name in (area.name, area.short_name, *links.union(former, all=True))}
    return Place(area.name, frozenset(own), {key: name for key, name in others.items() if key not in own})
