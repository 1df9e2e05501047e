"""The list that is signed when cash is paid out (danh sách ký nhận tiền): who is paid, on which proof, and who was.

Households that are still to be paid have empty lines to sign on; those that were paid stand with what was recorded.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils import timezone, translation

from administration.models import Area, Officer
from administration.templatetags.trao import masked
from allocations.list_contents import heads_of
from allocations.models import IN_QUOTA, Allocation, Payment, PaymentMethod, Round, RoundSupport, SupportForm
from beneficiaries.models import Person
from reports.building import PAPER_LANGUAGE
from reports.document import Column, Document, Info, Row, Signature, shown
from reports.letterhead import letterhead_of
from reports.money_in_words import dong_in_words

ROOM_TO_SIGN = "\u00a0\n\u00a0"
COLUMNS = (
    Column("number", "STT", "ordinal", 10),
    Column("head", "Họ và tên chủ hộ", "text", 40),
    Column("identity", "Số CCCD", "code", 27),
    Column("hamlet", "Thôn, khu phố", "text", 27),
    Column("proof", "Hóa đơn, chứng từ mua máy", "text", 34),
    Column("bought_on", "Ngày mua", "date", 20),
    Column("amount", "Số tiền (đồng)", "money", 24, total=True),
    Column("receiver", "Người nhận", "text", 34),
    Column("paid_on", "Ngày nhận", "date", 20),
    Column("signature", "Ký nhận hoặc số chứng từ chuyển khoản", "text", 34),
)


def rounds_with_cash(commune: Area) -> QuerySet[Round]:
    """Rounds in which households of the commune get or got cash, newest first."""
    lines = Allocation.objects.filter(area=commune, form=SupportForm.CASH, status__in=IN_QUOTA)
    return Round.objects.filter(pk__in=lines.values("round")).newest_first().select_related("programme")


def gather_payment_list(
    round: Round, commune: Area, *, with_identity: bool, by: Officer, at: datetime.datetime
) -> Document:
    """All approved households of the commune that get cash, by hamlet and rank. Five queries.

    With `with_identity` identity numbers are in full: for officers who may reveal them, and on record.
    """
    lines = list(
        Allocation.objects.filter(area=commune, round=round, form=SupportForm.CASH, status__in=IN_QUOTA)
        .select_related("household", "payment", "source").order_by("household__hamlet", "rank", "pk")
    )  # fmt: skip
    heads = heads_of(line.household_id for line in lines)
    amounts = {s.source_id: s.amount or 0 for s in RoundSupport.objects.filter(round=round, form=SupportForm.CASH)}
    with translation.override(PAPER_LANGUAGE):
        rows = [
            _row(n, line, _identity(heads.get(line.household_id), in_full=with_identity), amounts)
            for n, line in enumerate(lines, start=1)
        ]
        total = sum(_amount(line, amounts) for line in lines)
        return Document(
            kind="payment_list",
            title="Danh sách ký nhận tiền hỗ trợ mua điện thoại thông minh",
            subtitle=f"{round.programme.name} – {round.name}",
            basis=_basis(round),
            letterhead=letterhead_of(commune, timezone.localdate(at)),
            columns=COLUMNS,
            rows=rows,
            totals_label="Tổng cộng: {count} hộ",
            notes=(f"Số tiền bằng chữ: {dong_in_words(total)}.", f"Nguồn kinh phí: {_sources(lines)}."),
            signatures=(
                Signature(("NGƯỜI LẬP",), str(by)),
                Signature(("KẾ TOÁN",), ""),
                Signature(("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"), "", "(Ký tên, đóng dấu)"),
            ),
            info=Info(commune.name, at, str(by), f"KY-NHAN-{round.code}-{commune.code}".upper()),
        )


def _identity(head: Person | None, *, in_full: bool) -> tuple[str, str]:
    """Name and number of the head."""
    if head is None:
        return "", ""
    number = head.identity_number
    return head.full_name, number if in_full or not number else masked(number)


def _row(number: int, line: Allocation, head: tuple[str, str], amounts: dict[int, int]) -> Row:
    payment: Payment | None = getattr(line, "payment", None)
    return Row(
        (
            str(number), *head, line.household.hamlet,
            f"{payment.get_proof_display()} {payment.proof_no}" if payment else "",
            payment.bought_on if payment else "",
            _amount(line, amounts),
            payment.receiver_name if payment else "",
            payment.paid_on if payment else "",
            _signature(payment),
        )
    )  # fmt: skip


def _amount(line: Allocation, amounts: dict[int, int]) -> int:
    return line.paid_amount or amounts.get(line.source_id, 0)


def _signature(payment: Payment | None) -> str:
    if payment is None:
        return ROOM_TO_SIGN
    words = "Chuyển khoản" if payment.method == PaymentMethod.TRANSFER else "Đã ký nhận, phiếu"
    return f"{words} số {payment.reference}"


def _basis(round: Round) -> str:
    days = [s.bought_since for s in round.supports.all() if s.bought_since]
    since = f" mua từ ngày {shown(min(days), 'date')}" if days else ""
    return f"(Hộ đã tự mua điện thoại thông minh{since})"


def _sources(lines: Sequence[Allocation]) -> str:
    return "; ".join(dict.fromkeys(line.source.name for line in lines))
