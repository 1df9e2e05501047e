"""The words of rules, lists and decisions, as the procedure (9.2, 9.3, 9.5) and the screens (3.0.7, S8) want them, in
Vietnamese and in English: a code keeps its meaning in both.
"""

from __future__ import annotations

import polib
import pytest
from django.conf import settings
from django.utils import translation

from administration.models import AreaKind
from allocations.forms.hand_over import Refusal
from allocations.forms.review import REASONS_TO_REJECT, REASONS_TO_RETURN
from allocations.models import Flag, Profile, Programme, Reason, SourceCode, Status, SupportForm
from beneficiaries.models import Attribute, Category

WORDS = [
    (Category, {
        "HN": ("Hộ nghèo", "Poor household"), "HCN": ("Hộ cận nghèo", "Near-poor household"),
        "CSXH": ("Gia đình chính sách xã hội", "Social-policy family"),
        "CSK": ("Đối tượng chính sách khác", "Other policy household"), "KTD": ("Không thuộc diện", "Not covered"),
    }),
    (SourceCode, {
        "QUY": ("Quỹ Dịch vụ viễn thông công ích Việt Nam", "Vietnam public-utility telecommunication service fund"),
        "NST": ("Ngân sách tỉnh", "Province budget"),
        "DNVT": ("Doanh nghiệp viễn thông", "Telecommunication companies"),
        "XHH": ("Xã hội hóa", "Donations"),
    }),
    (SupportForm, {
        "GOI": ("Gói dịch vụ hỗ trợ kết hợp", "Device with a service package"),
        "TIEN": ("Hỗ trợ bằng tiền", "Cash for a smartphone that was bought"),
        "MTB": ("Máy tính bảng", "Tablet for pupils"), "MAY": ("Cấp thiết bị", "Device in kind"),
    }),
    (Status, {
        "draft": ("Nháp", "Draft"), "posted": ("Đang niêm yết", "Being posted"), "submitted": ("Đã gửi", "Submitted"),
        "returned": ("Trả lại để bổ sung", "Returned for completion"), "waiting": ("Danh sách chờ", "Waiting list"),
        "approved": ("Đã duyệt", "Approved"), "rejected": ("Không đủ điều kiện", "Not eligible"),
        "handed_over": ("Đã giao máy", "Handed over"), "withdrawn": ("Đã thu hồi / hủy", "Withdrawn"),
    }),
    (Flag, {
        "no_identity": ("Thiếu số định danh", "Identity number missing"),
        "namesake": ("Nghi trùng", "Possible duplicate"),
        "no_certificate": ("Thiếu số giấy chứng nhận", "Certificate number missing"),
        "received": ("Đã nhận từ chương trình trước", "Received from an earlier programme"),
        "may_have_received": ("Có thể đã nhận trước đây", "May have received before"),
    }),
    (Reason, {
        "missing_evidence": ("Thiếu minh chứng", "Evidence missing"),
        "wrong_identity": ("Sai hoặc thiếu số định danh", "Identity number wrong or missing"),
        "not_covered": ("Không thuộc diện", "Category not covered"),
        "already_received": ("Đã nhận thiết bị", "Already received a device"),
        "duplicate": ("Trùng với hộ khác", "The same as another household"),
        "moved_away": ("Đã chuyển đi", "Moved away"),
        "declined": ("Hộ từ chối nhận", "Household declined"), "other": ("Lý do khác", "Other reason"),
    }),
    (Refusal, {
        "no_need": ("Không có nhu cầu", "Does not need it"),
        "too_old": ("Già yếu, không sử dụng được", "Old and frail, cannot use it"),
        "has_one": ("Đã có thiết bị", "Has a device already"),
        "absent": ("Vắng, không liên hệ được", "Absent, cannot be reached"), "other": ("Lý do khác", "Other reason"),
    }),
    (Profile, {
        "BA_CAP": ("Ba cấp: xã lập, huyện duyệt, tỉnh theo dõi",
                   "Three tiers: the commune lists, the district approves, the province watches"),
        "HAI_CAP": ("Hai cấp: lãnh đạo xã ký, tỉnh hoặc đơn vị thẩm định được giao duyệt",
                    "Two tiers: the commune leader signs, the province or its reviewing unit approves"),
    }),
]  # fmt: skip
PARTS = {
    (Attribute, "NCC"): "Gia đình người có công với cách mạng", (Attribute, "NCC_TC"): "hưởng trợ cấp hằng tháng",
    (Attribute, "BTXH"): "Có thành viên hưởng trợ cấp xã hội hằng tháng", (Attribute, "DTTS"): "Hộ dân tộc thiểu số",
    (Attribute, "KKNLD"): "Hộ không có khả năng lao động", (Attribute, "HS"): "Có học sinh phổ thông",
    (AreaKind, "KV3"): "Xã khu vực III", (AreaKind, "KV2"): "Xã khu vực II", (AreaKind, "KV1"): "Xã khu vực I",
    (AreaKind, "BNVB"): "vùng bãi ngang, ven biển, hải đảo", (AreaKind, "DAO"): "Xã đảo, đặc khu",
    (AreaKind, "KHAC"): "Còn lại",
}  # fmt: skip
SENTENCES = {  # of 9.5: what a refusal says, and the English it is written in
    "Who prepared the list may not decide on it.": "Người lập danh sách không được tự phê duyệt.",  # V31
    "Who prepares the list may not sign it.": "Người lập danh sách không được tự ký.",
    "Not yet %(n)s working day of public posting (%(m)s to go).":
        "Chưa đủ %(n)s ngày làm việc niêm yết công khai (còn %(m)s ngày).",  # V32
    "%(n)s complaint about the list as a whole is not answered yet.":
        "Còn %(n)s phản ánh, khiếu nại về cả danh sách chưa giải quyết.",  # V33, which names what it is about
    "Lists of this programme are decided on by: %(tier)s.": "Danh sách của chương trình này do %(tier)s duyệt.",
}  # fmt: skip


@pytest.fixture(scope="module")
def catalogue() -> dict[str, str]:
    entries = polib.pofile(str(settings.BASE_DIR / "locale" / "vi" / "LC_MESSAGES" / "django.po"))
    return {entry.msgid: entry.msgstr or entry.msgstr_plural.get(0, "") for entry in entries}


@pytest.mark.parametrize(("choices", "words"), WORDS, ids=lambda part: getattr(part, "__name__", ""))
@pytest.mark.parametrize(("language", "which"), [("vi", 0), ("en", 1)])
def test_every_code_has_its_word(choices, words, language, which):
    with translation.override(language):
        assert {code: str(label) for code, label in choices.choices} == {k: pair[which] for k, pair in words.items()}


@pytest.mark.parametrize(("place", "words"), PARTS.items(), ids=lambda part: str(part))
def test_a_code_of_the_procedure_says_what_the_procedure_calls_it(place, words):
    choices, code = place
    with translation.override("vi"):
        assert words in str(dict(choices.choices)[code])


@pytest.mark.parametrize(("english", "vietnamese"), SENTENCES.items())
def test_a_refusal_says_what_the_procedure_writes(catalogue, english, vietnamese):
    assert catalogue[english] == vietnamese


def test_the_tier_is_called_by_its_level_until_it_has_a_name():
    with translation.override("vi"):
        assert Programme(profile="BA_CAP").reviewing_tier == "cấp huyện"
        assert Programme(profile="HAI_CAP").reviewing_tier == "cấp tỉnh"
    assert Programme(profile="HAI_CAP", reviewer_label="Sở KH&CN").reviewing_tier == "Sở KH&CN"


def test_a_return_asks_for_what_can_be_completed_and_a_rejection_for_what_cannot():
    assert {Reason.MISSING_EVIDENCE, Reason.WRONG_IDENTITY, Reason.OTHER} <= set(REASONS_TO_RETURN)
    assert {Reason.NOT_COVERED, Reason.ALREADY_RECEIVED, Reason.DUPLICATE, Reason.OTHER} <= set(REASONS_TO_REJECT)
    assert Reason.MISSING_EVIDENCE not in REASONS_TO_REJECT
