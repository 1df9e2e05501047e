"""Made-up households: what a list is about before anybody wrote it down badly."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from random import Random

MALE = """Nguyễn Văn Tám|Trần Hữu Phước|Lê Đình Hòa|Phạm Quốc Toản|Huỳnh Ngọc Ẩn|Đặng Văn Ước|Bùi Thế Ỷ|Công Văn Ba
Tổng Văn Hai|Ngô Đức Thịnh|Đỗ Xuân Sửu|Võ Thành Nghĩa|Mang Văn Thôn|Lý Hùng|Dương Ngọc Khánh|Nguyễn Nam|Lê Nữ Hoàng Nam
Trương Xã|Hồ Văn Phường|Mai Văn Hộ|Cao Nghèo|K'Brôi|K' Văn Sình|Mang Cường|Thông Minh Trí|Ya Ương|Đinh Huyện
Nguyễn Phú Quý|Tôn Thất Ấp|Lâm Tổ|Chu Văn Chủ|Trịnh Công Cộng""".replace("\n", "|").split("|")
FEMALE = """Trần Thị Bưởi|Lê Thị Ấn|Nguyễn Thị Thủy|Phạm Thị Nữ|Huỳnh Thị Mỹ Ý|Đặng Thị Thúy|Võ Thị Ngọc Ánh|Công Thị Ba
Tổng Thị Lan|Bá Thị Hoa|Thông Thị Ức|Ka Nhiêm|K'Thị Ỏn|Ka' Bríu|Đào Thị Quyền|Lưu Thị Ghi|Hà Thị Hết|Mai Thị Cộng
Ngô Thị Ưu|Đỗ Thị Ưởng|Dương Thị Yến|Lý Thị Xuân|Trương Mỹ Duyên|Nguyễn Thị Kế Toán|Lê Thị Lập|Hồ Thị Danh
Cao Thị Số|Mang Thị Sách|Bùi Thị Hậu|Phan Thị Thôn|Tạ Thị Tư|Phùng Thị Trưởng""".replace("\n", "|").split("|")
PROVINCES = ["060", "060", "060", "001", "004", "058", "068", "037", "079", "096"]
PEOPLES = {
    "01": ["Kinh", "kinh", "KINH", "Việt", "Dân tộc Kinh", "Người Kinh"],
    "02": ["Tày"],
    "04": ["Hoa", "Hán", "hoa"],
    "05": ["Khơ-me", "Khmer", "Khơ Me"],
    "07": ["Nùng", "nùng"],
    "08": ["Mông", "H'Mông", "HMông", "Mèo"],
    "12": ["Ê-đê", "Ê Đê", "Êđê"],
    "16": ["Cơ-ho", "K'Ho", "K'ho", "Cơ Ho", "K’Ho"],
    "17": ["Chăm", "Chàm", "CHĂM"],
    "20": ["Mnông", "M'Nông"],
    "21": ["Ra-glai", "Raglai", "Raglay", "Ra Glai"],
    "32": ["Chơ-ro", "Chơ Ro"],
}
COMMUNES = {
    "22915": "Phường Mũi Né",
    "22921": "Phường Phú Hài",
    "23086": "Xã Hồng Sơn",
    "23077": "Xã Hàm Phú",
    "22969": "Thị trấn Liên Hương",
    "23221": "Xã Tân Hà",
    "23257": "Xã Tân Hà",
    "22960": "Xã Phong Nẫm",
}


@dataclass(slots=True)
class Truth:
    """One household. `precision` says how much of the birth is known: day, month or year."""

    name: str
    gender: str
    born: datetime.date
    precision: str
    ethnic: str
    number: str
    phone: str
    members: int
    category: str
    village: str
    commune: str

    def values(self) -> dict[str, object]:
        """The answer: what a record's `values` must say."""
        return {
            "head_name": self.name,
            "gender": self.gender,
            "birth_date": self.born.isoformat() if self.precision == "day" else None,
            "birth_year": self.born.year,
            "birth_precision": self.precision,
            "ethnic_code": self.ethnic,
            "id_number": self.number or None,
            "id_kind": {12: "cccd", 9: "cmnd"}.get(len(self.number)),
            "phone": self.phone or None,
            "member_count": self.members,
            "category": self.category,
            "commune_code": self.commune,
            "village": self.village,
        }


def households(rng: Random, count: int, villages: list[str], communes: list[str]) -> list[Truth]:
    """Different people: no number, phone or name with birth twice."""
    found: dict[tuple[str, int], Truth] = {}
    while len(found) < count:
        one = _household(rng, len(found), villages, communes)
        found.setdefault((one.name, one.born.year), one)
    return list(found.values())


def _household(rng: Random, serial: int, villages: list[str], communes: list[str]) -> Truth:
    gender = rng.choice(["male", "female"])
    born = datetime.date(rng.randint(1926, 2003), rng.randint(1, 12), rng.randint(2, 28))
    number = ""
    if rng.random() < 0.9:
        sex = (0 if gender == "male" else 1) + (2 if born.year >= 2000 else 0)
        number = f"{rng.choice(PROVINCES)}{sex}{born.year % 100:02}{serial:03}{rng.randint(100, 999)}"
        if rng.random() < 0.06:
            number = f"26{serial:04}{rng.randint(100, 999)}"
    return Truth(
        name=rng.choice(MALE if gender == "male" else FEMALE),
        gender=gender,
        born=born,
        precision=rng.choices(["day", "year", "month"], [8, 2, 0.3])[0],
        ethnic=rng.choice(list(PEOPLES)),
        number=number,
        phone=f"0{rng.choice('35789')}{serial:04}{rng.randint(1000, 9999)}" if rng.random() < 0.7 else "",
        members=rng.randint(1, 9),
        category=rng.choice(["poor", "near_poor"]),
        village=rng.choice(villages),
        commune=rng.choice(communes),
    )
