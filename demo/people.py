"""Made-up people and households for the demo province: plausible, deterministic by seed, nobody real.

Identity numbers are well-formed; their last six digits stay below 900000 here, the lists in demo/lists use the rest.
"""

import json
from collections import Counter
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

from beneficiaries.intake.household_rows import HouseholdRow, PersonRow

RESERVED_SERIALS = 900_000  # and above: only in demo/lists
_SERIALS_PER_COMMUNE = 2_250
_FIRST_CODE, _CODES = 22_900, 400
_TODAY = date(2024, 10, 1)

# Wards and towns of Bình Thuận in 2024: their hamlets are quarters.
_URBAN = """
22915 22918 22921 22924 22927 22930 22933 22936 22945 22951 22954 23231 23232 23234 23235 23237
22969 22972 23005 23032 23059 23062 23110 23149 23191 23194 23230 23236
"""
URBAN_COMMUNES = frozenset(_URBAN.split())
# Communes where a people besides the Kinh is at home.
_HOMES = {
    "16": "23065 23074 23068 23107 23161",  # Cơ-ho: La Dạ, Đông Giang, Đông Tiến, Đa Mi, La Ngâu
    "21": "22975 23008 23011 23017 23113 23116 23239",  # Ra-glai: Phan Dũng, Phan Sơn, Phan Lâm, Phan Điền ...
    "17": "22987 23035 23038 23044 23050 23077",  # Chăm: Phú Lạc, Phan Hòa, Phan Thanh, Phan Hiệp ...
    "07": "23020 23023 23029",  # Nùng: Hải Ninh, Sông Lũy, Sông Bình
    "32": "23221 23227 23182",  # Chơ-ro: Tân Hà, Trà Tân, Gia Huynh
}
_HOME_OF = {code: people for people, codes in _HOMES.items() for code in codes.split()}
_STREETS = (
    "Huỳnh Thúc Kháng", "Nguyễn Đình Chiểu", "Nguyễn Minh Châu", "Xuân Thủy", "Hồ Xuân Hương", "Trần Hưng Đạo",
    "Thủ Khoa Huân", "Nguyễn Thông", "Lê Hồng Phong", "Hùng Vương", "Tôn Đức Thắng", "Võ Nguyên Giáp", "Trường Chinh",
)  # fmt: skip
_PREFIXES = """
032 033 034 035 036 037 038 039 070 076 077 078 079 081 082 083 084 085 086 088 089 090 091 093 094
096 097 098
"""
_MOBILE = _PREFIXES.split()
_OTHER_PROVINCES = ("001", "036", "040", "042", "046", "049", "051", "052", "058", "066", "068", "070", "075", "079")


class Weights:
    """A weighted table that is drawn from quickly: a sequence of values with running sums."""

    def __init__(self, table: dict[str, float]) -> None:
        self.values = list(table)
        self.sums = list(accumulate(table.values()))

    def draw(self, rng: Random) -> str:
        """One value."""
        return rng.choices(self.values, cum_weights=self.sums)[0]


def _load_names() -> dict[str, dict[str, Weights]]:
    tables: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "vn_names.json").read_text(encoding="utf-8"))
    return {
        people: {part: Weights(weights) for part, weights in parts.items() if isinstance(weights, dict)}
        for people, parts in tables.items()
        if isinstance(parts, dict)
    }


_NAMES = _load_names()
_TABLE_OF = {
    "01": "kinh",
    "17": "cham",
    "21": "raglai",
    "04": "hoa_nung",
    "07": "hoa_nung",
    "32": "choro",
    "02": "tay_nung",
}
_CATEGORIES = Weights({"HN": 41, "HCN": 44, "CSXH": 9, "CSK": 6})
_PHONE_KINDS = Weights({"none": 22, "basic": 41, "smart": 17, "unknown": 20})
_NOTES = Weights(
    {"": 88, "đi làm xa": 3, "già yếu, neo đơn": 3, "bệnh hiểm nghèo": 2, "ở nhờ nhà con": 2, "nhà tạm": 2}
)
_PRIOR = Weights({"": 96, "Máy tính bảng, Sóng và máy tính cho em, 2022": 3, "Điện thoại nhà mạng tặng, 2024": 1})


def make_name(people: str, gender: str, rng: Random) -> str:
    """A name as people of an ethnic group (two-digit code) bear it; gender "M" or "F"."""
    side = "male" if gender == "M" else "female"
    if people == "16":
        given = _NAMES["koho"][f"given_{side}"].draw(rng)
        return f"K'{given}" if gender == "M" else f"Ka {given}"
    own, kinh = _NAMES[_TABLE_OF.get(people, "kinh")], _NAMES["kinh"]
    family = own["surname"].draw(rng)
    given = own.get(f"given_{side}", kinh[f"given_{side}"]).draw(rng)
    if people == "21" and rng.random() < 0.6:
        return f"{family} {given}"
    middle = own.get(f"middle_{side}", kinh[f"middle_{side}"]).draw(rng)
    return f"{family} {middle} {given}"


def make_identity(province: str, gender: str, birth_year: int, serial: int) -> str:
    """A well-formed CCCD with the given six-digit serial."""
    century = 2 * ((birth_year - 1900) // 100) + (gender == "F")
    return f"{province}{century}{birth_year % 100:02d}{serial:06d}"


def make_phone(rng: Random) -> str:
    """A mobile number with a prefix in use today."""
    return f"{rng.choice(_MOBILE)}{rng.randrange(10_000_000):07d}"


class People:
    """Makes the people of one commune; no identity number comes twice in it, or in any other commune of a province."""

    def __init__(self, commune_code: str, rng: Random, first_serial: int | None = None) -> None:
        self._rng = rng
        self._serials: Counter[str] = Counter()
        own_block = (int(commune_code) - _FIRST_CODE) % _CODES * _SERIALS_PER_COMMUNE
        self._first_serial = own_block if first_serial is None else first_serial
        self._other = _HOME_OF.get(commune_code, "")

    def people_of_household(self) -> str:
        """The code of a household's ethnic group, after what lives in the commune."""
        roll = self._rng.random()
        if self._other:
            return self._other if roll < 0.72 else "04" if roll < 0.74 and self._other == "07" else "01"
        return "01" if roll < 0.955 else self._rng.choice(("17", "21", "16", "04", "02", "07"))

    def person(self, row_no: int, people: str, gender: str, born: date, relation: str) -> PersonRow:
        """One person with a name, a birth date as exact as papers of that age are, and usually a CCCD."""
        rng = self._rng
        person = PersonRow(
            row_no, make_name(people, gender, rng), born, born.year, "day", gender, people, relation=relation
        )
        if (_TODAY.year - born.year > 68 and rng.random() < 0.35) or born.month == born.day == 1:
            person.birth_date, person.birth_precision = None, "year"
        if rng.random() < (0.95 if _TODAY.year - born.year >= 14 else 0.7):
            province = "060" if rng.random() < 0.9 else rng.choice(_OTHER_PROVINCES)
            person.identity_number = self._identity(province, gender, born.year)
        return person

    def _identity(self, province: str, gender: str, year: int) -> str:
        stem = make_identity(province, gender, year, 0)[:6]
        self._serials[stem] += 1
        count = self._serials[stem]
        if count > _SERIALS_PER_COMMUNE:
            raise ValueError("more people of one year than a commune has numbers for")
        return f"{stem}{self._first_serial + count * 1_013 % _SERIALS_PER_COMMUNE:06d}"


def make_households(commune_code: str, n: int, rng: Random) -> list[HouseholdRow]:
    """`n` made-up households of one commune, about 2.5 people each; the same seed gives the same people.

    Call it once per commune: a second call may give identity numbers again.
    """
    people = People(commune_code, rng)
    unit = "Khu phố" if commune_code in URBAN_COMMUNES else "Thôn"
    hamlets = [f"{unit} {number}" for number in range(1, 4 + int(commune_code) % 9)]
    return [make_household(number, people, hamlets, rng) for number in range(1, n + 1)]


def make_household(row_no: int, people: People, hamlets: list[str], rng: Random) -> HouseholdRow:
    """One household: head, perhaps spouse, children or grandchildren, category and what else a list knows."""
    ethnic_group = people.people_of_household()
    age = min(94, max(21, int(rng.gauss(54, 15))))
    gender = "M" if rng.random() < 0.56 else "F"
    head = people.person(row_no, ethnic_group, gender, _born(age, rng), "Chủ hộ")
    household = HouseholdRow(row_no, "", head)
    _add_members(household, people, age, rng)
    household.category = _CATEGORIES.draw(rng)
    household.attributes = _attributes(household, age, rng)
    household.hamlet = rng.choice(hamlets)
    if rng.random() < 0.4:
        household.address = f"{rng.randrange(1, 400)} {rng.choice(_STREETS)}"
    household.phone = make_phone(rng) if rng.random() < 0.71 else ""
    household.member_count = 1 + len(household.members)
    household.recognised_year = 2024
    household.original_code = str(row_no)
    household.phone_kind = _PHONE_KINDS.draw(rng) if household.phone else "none"
    household.prior_device, household.note = _PRIOR.draw(rng), _NOTES.draw(rng)
    if household.category in ("HN", "HCN"):
        household.certificate_no = f"{row_no:03d}/GCN-HN.HCN" if rng.random() < 0.9 else ""
        household.income_score = float(rng.randrange(60, 176, 5))
        household.deprivation_score = float(
            rng.randrange(30, 90, 10) if household.category == "HN" else rng.randrange(0, 30, 10)
        )
    return household


def _born(age: int, rng: Random) -> date:
    return _TODAY - timedelta(days=age * 365 + rng.randrange(365) + age // 4)


def _add_members(household: HouseholdRow, people: People, age: int, rng: Random) -> None:
    head = household.head
    group, row_no = head.ethnic_group, household.row_no
    if age < 75 and rng.random() < 0.5:
        gender = "F" if head.gender == "M" else "M"
        relation = "Vợ" if gender == "F" else "Chồng"
        household.members.append(
            people.person(row_no, group, gender, _born(max(20, age + rng.randrange(-8, 6)), rng), relation)
        )
    count = rng.choices((0, 1, 2, 3, 4), (40, 28, 20, 9, 3))[0]
    for number in range(count):
        child_age = age - rng.randrange(22, 36) - number
        relation = "Con" if child_age >= 0 else ""
        if child_age > 30 and rng.random() < 0.5:
            child_age, relation = rng.randrange(3, 17), "Cháu"
        if relation:
            gender = "M" if rng.random() < 0.51 else "F"
            child = people.person(row_no, group, gender, _born(child_age, rng), relation)
            if relation == "Con" and head.gender == "M" and group not in ("16",):
                child.full_name = " ".join([head.full_name.split()[0], *child.full_name.split()[1:]])
            household.members.append(child)


def _attributes(household: HouseholdRow, age: int, rng: Random) -> tuple[str, ...]:
    found = []
    if rng.random() < (0.09 if age > 60 else 0.03):
        found.append("NCC")
        if rng.random() < 0.5:
            found.append("NCC_TC")
    if rng.random() < (0.22 if age > 70 else 0.08) or household.category == "CSXH":
        found.append("BTXH")
    if household.head.ethnic_group != "01":
        found.append("DTTS")
    if age > 75 and not household.members:
        found.append("KKNLD")
    if any(person.birth_year and 2006 <= person.birth_year <= 2018 for person in household.members):
        found.append("HS")
    return tuple(found)
