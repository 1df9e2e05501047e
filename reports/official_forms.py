"""The programme's own printed forms: receipt (form 7), posted list (form 3) and the commune's list (form 2).

Like the documents they become, they speak Vietnamese whatever language the officer reads the screen in.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from reports.document import Column, Document, Info, Letterhead, Row, Signature, shown


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a household signs when it receives its device (form 7). Empty texts print as dotted lines to be filled in.

    `printed_at` is aware; `receiver_identity` is shown as given: hand over a masked one.
    """

    letterhead: Letterhead
    number: str
    programme: str
    household_head: str
    household_code: str
    address: str
    category: str
    receiver: str
    relation: str
    device_model: str
    imei: str
    handed_on: date | None
    giver: str
    printed_at: datetime
    receiver_identity: str = ""
    sim: str = ""
    accessories: str = ""
    condition: str = "Máy mở được, đủ phụ kiện"


@dataclass(frozen=True, slots=True)
class PostedHousehold:
    """What the public may read about a household. `identity` comes masked; `number`: its place on the whole list."""

    head_name: str
    birth_year: int | None
    hamlet: str
    category: str
    identity: str = ""
    group: int | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class PostingList:
    """The list a commune posts in public (form 3).

    The number in front of each household is its own, or its place in `rows`; `shown`: which columns follow the name.
    """

    letterhead: Letterhead
    round_name: str
    posted_from: date
    posted_until: date
    complaint_address: str
    rows: Sequence[PostedHousehold]
    info: Info
    complaint_phone: str = ""
    signatures: tuple[Signature, ...] = ()
    recipients: tuple[str, ...] = ()
    large_type: bool = False
    shown: Sequence[str] = ("birth_year", "hamlet", "category")
    part: str = ""

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(column for column in POSTING_COLUMNS if column.key in ("number", "head_name", *self.shown))

    def document(self) -> Document:
        """The list as an A4 portrait document; `large_type` is for the wall of a culture house."""
        until = shown(self.posted_until, "date")
        phone = f", điện thoại {self.complaint_phone}" if self.complaint_phone else ""
        return Document(
            kind="posting_list",
            title="Danh sách hộ dự kiến được hỗ trợ thiết bị",
            subtitle=f"{self.round_name}, {self.part}" if self.part else self.round_name,
            basis=f"(Niêm yết từ ngày {shown(self.posted_from, 'date')} đến hết ngày {until})",
            letterhead=self.letterhead,
            columns=self.columns,
            rows=[
                Row((str(it.number or place), *(getattr(it, column.key) for column in self.columns[1:])))
                for place, it in enumerate(self.rows, start=1)
            ],
            notes=(
                f"Danh sách có {shown(len(self.rows), 'integer')} hộ.",
                f"Phản ánh, khiếu nại về danh sách này gửi trước 17 giờ ngày {until} "
                f"tại {self.complaint_address}{phone}.",
            ),
            signatures=self.signatures,
            recipients=self.recipients,
            landscape=False,
            text_size=14 if self.large_type else 12,
            info=self.info,
        )


@dataclass(frozen=True, slots=True)
class ListedHousehold:
    """One household of the commune's list (form 2)."""

    head_name: str
    gender: Literal["male", "female", ""]
    birth_year: int | None
    identity_number: str
    ethnic_group: str
    hamlet: str
    category: str
    priority: str = ""
    certificate_number: str = ""
    support_form: str = ""
    phone: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CommuneList:
    """The list a commune submits for approval (form 2). `rows` may be read more than once."""

    letterhead: Letterhead
    round_name: str
    rows: Sequence[ListedHousehold]
    info: Info
    signatures: tuple[Signature, ...] = ()
    recipients: tuple[str, ...] = ()
    watermark: str = ""

    def document(self) -> Document:
        """The list as an A4 landscape document."""
        return Document(
            kind="commune_list",
            title="Danh sách hộ đề nghị hỗ trợ thiết bị",
            subtitle=self.round_name,
            letterhead=self.letterhead,
            columns=COMMUNE_COLUMNS,
            rows=list(self._rows()),
            totals_label="Tổng cộng: {count} hộ",
            signatures=self.signatures,
            recipients=self.recipients,
            info=self.info,
            watermark=self.watermark,
        )

    def _rows(self) -> Iterator[Row]:
        for number, it in enumerate(self.rows, start=1):
            unplaced = f"Sinh năm {it.birth_year}, chưa rõ giới tính" if it.birth_year and not it.gender else ""
            yield Row(
                (
                    str(number),
                    it.head_name,
                    it.birth_year if it.gender == "male" else None,
                    it.birth_year if it.gender == "female" else None,
                    it.identity_number,
                    it.ethnic_group,
                    it.hamlet,
                    it.category,
                    it.priority,
                    it.certificate_number,
                    it.support_form,
                    it.phone,
                    "; ".join(filter(None, (it.note, unplaced))),
                )
            )


POSTING_COLUMNS = (
    Column("number", "STT", "ordinal", 12),
    Column("head_name", "Họ và tên chủ hộ", "text", 57),
    Column("birth_year", "Năm sinh", "year", 15),
    Column("hamlet", "Thôn, khu phố", "text", 31),
    Column("identity", "Số định danh", "code", 32),
    Column("category", "Diện", "text", 50),
    Column("group", "Nhóm ưu tiên", "year", 15),
)
COMMUNE_COLUMNS = (
    Column("number", "STT", "ordinal", 10),
    Column("head_name", "Họ và tên chủ hộ", "text", 37),
    Column("born_male", "Nam", "year", 11, group="Năm sinh"),
    Column("born_female", "Nữ", "year", 11, group="Năm sinh"),
    Column("identity_number", "Số CCCD", "code", 27),
    Column("ethnic_group", "Dân tộc", "text", 14),
    Column("hamlet", "Thôn, khu phố", "text", 22),
    Column("category", "Diện hộ", "text", 19),
    Column("priority", "Diện ưu tiên", "text", 23),
    Column("certificate_number", "Số GCN", "text", 21),
    Column("support_form", "Hình thức", "text", 19),
    Column("phone", "Điện thoại", "code", 22),
    Column("note", "Ghi chú", "text", 22),
)
