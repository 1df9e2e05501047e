"""The words communes use: which header names which field. One place for layout and mapping."""

from dataclasses import dataclass
from functools import lru_cache

from beneficiaries.names import fold

IGNORE = "ignore"

FIELDS = (
    "ordinal", "head_ordinal", "member_ordinal", "original_code", "full_name", "family_name", "given_name",
    "member_name", "birth", "birth_day", "birth_month", "birth_year", "birth_year_male", "birth_year_female", "gender",
    "gender_male_mark", "gender_female_mark", "ethnic_group", "identity_number", "old_identity_number", "phone",
    "hamlet", "address", "commune", "district", "member_count", "category", "poor_mark", "near_poor_mark",
    "not_poor_mark", "policy_mark", "other_policy_mark", "attributes", "merit_mark", "merit_monthly_mark",
    "protection_mark", "minority_mark", "no_labour_mark", "pupil_mark", "certificate_no", "recognised_year",
    "relation", "income_score", "deprivation_score", "phone_kind", "prior_device", "note", IGNORE,
)  # fmt: skip

# More than one column of a list may say these: marks add up, notes are joined.
REPEATABLE = frozenset(
    {"poor_mark", "near_poor_mark", "not_poor_mark", "policy_mark", "other_policy_mark", "attributes", "merit_mark",
     "merit_monthly_mark", "protection_mark", "minority_mark", "no_labour_mark", "pupil_mark", "note", "prior_device",
     "ordinal", IGNORE}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Rule:
    field: str
    exact: frozenset[str]
    words: tuple[str, ...]
    without: tuple[str, ...]


def _rule(field: str, *, exact: str = "", words: str = "", without: str = "") -> _Rule:
    def folded(text: str) -> tuple[str, ...]:
        return tuple(f"{fold(part)}" for part in text.split("|") if part.strip())

    return _Rule(field, frozenset(folded(exact) + folded(words)), folded(words), folded(without))


# The first rule that fits decides, so the order matters: "Quan hệ với chủ hộ" must not be taken for "Chủ hộ".
_RULES = (
    _rule("head_ordinal", exact="stt hộ|tt hộ|stt chủ hộ|số tt hộ|số thứ tự hộ|stt hộ gia đình|số hộ"),
    _rule("member_ordinal", exact="stt khẩu|stt nhân khẩu|stt người|tt khẩu|số tt khẩu|stt tv",
          words="stt thành viên|tt thành viên|số thứ tự thành viên"),
    _rule("ordinal", exact="stt|tt|số tt|số thứ tự|thứ tự|no|số|t t|s t t"),
    _rule(IGNORE, words="ngày cấp|nơi cấp|ngày rà soát|thời gian rà soát|người rà soát|chữ ký|ký nhận|ký tên|date"
                        "|reviewer|quickreview result|phiếu a|ngày hết hạn|số tài khoản|số tiền|hỗ trợ y tế|email"),
    _rule(IGNORE, words="vợ chồng|của vợ|của chồng|tên vợ|tên chồng|vợ hoặc chồng|người thân|giám hộ|trưởng thôn"
                        "|tổ trưởng|trưởng khu|trưởng khu phố|nhận thay|ủy quyền|khẩu nữ|số nữ"
                        "|trong đó nữ|số lao động", without="quan hệ|qh|chủ hộ"),
    _rule("relation", exact="qh|quan hệ", words="quan hệ|qh với|qh chủ hộ|mối quan hệ"),
    _rule("certificate_no", words="giấy chứng nhận|số gcn|mã gcn|gcn|sổ hộ nghèo|số sổ|số giấy cn"),
    _rule("identity_number", exact="số gttt|giấy tờ tùy thân|đdcn|id",
          words="cccd|căn cước|định danh|can cuoc|ccd"),
    _rule("old_identity_number", words="cmnd|cmt|chứng minh nhân dân|chứng minh thư|số cm|cmtnd"),
    _rule("prior_device", words="đã nhận|đã được hỗ trợ|đã hỗ trợ|được hỗ trợ thiết bị|máy tính bảng|sóng và máy tính"
                                "|đã được cấp|đã cấp"),
    _rule("phone_kind", words="điện thoại thông minh|smartphone|smart phone|loại điện thoại|loại máy|thiết bị hiện có"
                              "|thiết bị đang dùng|điện thoại đang dùng|đang sử dụng điện thoại|có điện thoại"
                              "|thiết bị thông minh|tình trạng điện thoại|hiện trạng thiết bị"),
    _rule("phone", exact="đt|sđt|tel|mobile|phone|số đt|liên hệ|dđ|dtdđ",
          words="điện thoại|sđt|sđt liên hệ|số đt|đt liên hệ|số điện thoại|di động|đtdđ|phone"),
    _rule("income_score", exact="b1|điểm a|điểm b1|phiếu b1|b1point", words="điểm thu nhập|phiếu b1|b1point|điểm b1"),
    _rule("deprivation_score", exact="b2|điểm b|điểm b2|phiếu b2|b2point",
          words="điểm thiếu hụt|mức độ thiếu hụt|phiếu b2|b2point|điểm b2|số chỉ số thiếu hụt"),
    _rule("birth", exact="ns|sinh|nam sinh|năm sinh nam nữ", words="ngày sinh|năm sinh|ngày tháng năm sinh|sinh ngày"
                                                                   "|sinh năm|ngày tháng năm|ngày tháng sinh|n sinh"),
    _rule("gender", exact="gt|giới|phái|nam nữ|giới tính nam nữ", words="giới tính|hostgender|phái nam nữ"),
    _rule("minority_mark", exact="dtts|dttc|hộ dttc|hộ dtts",
          words="dân tộc thiểu số|dân tộc tại chỗ|codantoctaicho|hộ dttc|hộ dtts|đồng bào dân tộc"),
    _rule("ethnic_group", exact="dt|dtộc", words="dân tộc|tộc người|thành phần dân tộc"),
    _rule("member_count", exact="khẩu|số nk|nk|sk|số khẩu|số người|tổng khẩu|numberofmembers",
          words="nhân khẩu|số khẩu|số người|số thành viên|tổng số khẩu|numberofmembers|số tv"),
    _rule("original_code", words="mã hộ|mã số hộ|mã gia đình|famili code|mã hgđ|mã số"),
    _rule("family_name", exact="họ|họ đệm|họ và đệm|họ và tên đệm|họ tên đệm|họ lót|họ và lót|họ và chữ lót|họ chữ lót"
                               "|họ và tên lót|họ và chữ đệm"),
    _rule("given_name", exact="tên|tên gọi|tên chính"),
    _rule("member_name", words="họ tên thành viên|họ và tên thành viên|tên thành viên|họ tên nhân khẩu"
                               "|họ và tên nhân khẩu|họ tên người trong hộ",
          without="họ tên chủ hộ và|chủ hộ và thành viên|họ và tên chủ hộ và"),
    _rule("full_name", exact="chủ hộ|hvt|ht|họ tên|tên chủ hộ|hộ gia đình|hộ|họ và tên|tên hộ|người đại diện hộ",
          words="họ và tên|họ tên|tên chủ hộ|chủ hộ|hostname|tên người|họ và tên chủ hộ|hộ ông bà|ông bà|đại diện hộ"),
    _rule("recognised_year", words="năm công nhận|năm xác nhận|năm rà soát|năm được công nhận|năm quyết định"),
    _rule("near_poor_mark", exact="hcn|cn|cận|hộ cn", words="cận nghèo|cận ngèo",
          without="hộ nghèo hộ cận|hộ nghèo cận|nghèo cận nghèo|nghèo hoặc cận|nghèo và cận|nghèo hộ cận"
                  "|cận nghèo hộ nghèo|nghèo hay cận|nghèo hcn|hn hcn|nghèo hoặc hộ|nghèo và hộ"),
    _rule("not_poor_mark", exact="ktd", words="không nghèo|không thuộc diện|thoát nghèo|mức sống trung bình"),
    _rule("category", exact="diện|loại hộ|đối tượng|phân loại|loại|diện hộ|hộ nghèo hộ cận nghèo|hn hcn|hn cn|classify"
                            "|hộ nghèo cận nghèo|thuộc diện|kết quả|đt hộ",
          words="loại hộ|diện hộ|thuộc diện|kết quả rà soát|phân loại hộ|classify|đối tượng hộ|loại đối tượng"
                "|hộ nghèo hộ cận nghèo|hộ nghèo cận nghèo|hộ nghèo hoặc cận nghèo|hộ nghèo và cận nghèo"
                "|nghèo cận nghèo|diện nghèo|tình trạng hộ|nghèo hoặc cận nghèo"),
    _rule("merit_monthly_mark", words="trợ cấp hằng tháng|trợ cấp hàng tháng|trợ cấp tháng"),
    _rule("merit_mark", exact="ncc|hộ ncc|hộ có công", words="có công|ncc|chính sách có công|thương binh|liệt sĩ"),
    _rule("protection_mark", exact="btxh", words="bảo trợ xã hội|btxh|trợ giúp xã hội|trợ cấp xã hội"),
    _rule("other_policy_mark", words="chính sách khác|đối tượng khác|csk"),
    _rule("policy_mark", exact="csxh|gđcs|hộ chính sách",
          words="chính sách xã hội|csxh|gia đình chính sách|hộ chính sách"),
    _rule("no_labour_mark", exact="kknlđ", words="không có khả năng lao động|không còn khả năng lao động|kknlđ"
                                                 "|mất sức lao động|không có sức lao động"),
    _rule("pupil_mark", words="học sinh|đang đi học|đang học"),
    _rule("attributes", words="ưu tiên|diện chính sách|đối tượng chính sách|diện khác|chế độ"),
    _rule("poor_mark", exact="hn|nghèo|hộ nghèo", words="hộ nghèo|nghèo mới|tái nghèo|nghèo cũ|nghèo phát sinh"),
    _rule("hamlet", exact="thôn|kp|khu phố|tdp|bản|buôn|ấp|xóm|khóm|bon|tổ|làng|khu|thôn kp|tổ dp",
          words="thôn|khu phố|tổ dân phố|buôn|khóm|xóm|tdp|thôn bản|bản làng|khu dân cư|ấp"),
    _rule("commune", exact="xã|phường|thị trấn|tt xã|địa phương|đơn vị|xp|xã phường thị trấn|đặc khu|xã tt|phường xã",
          words="xã phường|phường xã|tên xã|tên phường|xã thị trấn|đơn vị hành chính"),
    _rule("district", exact="huyện|quận|thị xã|quận huyện|thành phố|huyện tx tp|huyện thị xã thành phố",
          words="tên huyện|quận huyện|huyện thị|huyện thành phố"),
    _rule("address", exact="đc|nơi ở|chỗ ở|hktt|thường trú|địa chỉ",
          words="địa chỉ|nơi ở|chỗ ở|thường trú|hktt|nơi cư trú"
                                                                         "|hộ khẩu|nơi đkhk"),
    _rule("note", exact="gc|ghi chú|khác|lý do", words="ghi chú|lý do|nguyên nhân|diễn giải|nội dung khác"),
)  # fmt: skip

# "Hỗ trợ" over "y tế, giáo dục, nhà ở" and the twelve indicators say nothing that Trao keeps.
_GROUPS_WITHOUT_VALUE = ("ho tro", "thieu hut", "chi so", "cac chi so", "mong muon", "nguien nhan", "nhu cau")
_BIRTH_GROUP = frozenset({"birth"})
_GENDER_LEAVES = {"nam": "male", "nu": "female"}
_DATE_LEAVES = {"ngai": "birth_day", "thang": "birth_month", "nam": "birth"}


@lru_cache(maxsize=4096)
def _match(folded: str) -> tuple[str, float]:
    """The field one folded label names, and how sure that is (1 exact, 0.8 contained, 0 unknown)."""
    padded = f" {folded} "
    for rule in _RULES:
        if folded in rule.exact:
            return rule.field, 1.0
        if any(f" {word} " in padded for word in rule.words) and not any(f" {no} " in padded for no in rule.without):
            return rule.field, 0.8
    return IGNORE, 0.0


@lru_cache(maxsize=4096)
def recognise(parts: tuple[str, ...]) -> tuple[str, float]:
    """The field a column's header names: `parts` are its levels from the top group down to the leaf."""
    parts = tuple(part for part in parts if not (part.startswith("(") and part.endswith(")"))) or parts
    folded = [key for key in (fold(part) for part in parts) if key]
    if not folded:
        return IGNORE, 0.0
    if len(folded) == 1:
        return _single(folded[0], parts[-1])
    leaf, groups = folded[-1], folded[:-1]
    if leaf == "dt":
        return _by_letter(parts[-1])
    if any(word in group for group in groups for word in _GROUPS_WITHOUT_VALUE):
        return IGNORE, 0.8
    group_field = next((field for field, sure in map(_match, reversed(groups)) if sure and field != IGNORE), IGNORE)
    under_group = _leaf_under_group(leaf, parts[-1], group_field)
    if under_group:
        return under_group
    field, sure = _match(leaf)
    if sure:
        return field, sure
    field, sure = _match(" ".join(folded))
    return field, min(sure, 0.7)


def _single(folded: str, original: str) -> tuple[str, float]:
    if folded in _GENDER_LEAVES and not (folded == "nam" and "ă" in original.lower()):
        return f"gender_{_GENDER_LEAVES[folded]}_mark", 0.6
    return _by_letter(original) if folded == "dt" else _match(folded)


def _by_letter(original: str) -> tuple[str, float]:
    """ĐT is the telephone, DT the people (dân tộc): without its marks a label cannot tell them apart."""
    return ("phone", 1.0) if "đ" in original.lower() else ("ethnic_group", 0.8)


def _leaf_under_group(leaf: str, original: str, group: str) -> tuple[str, float] | None:
    """Leaves that mean something only under their group: Nam and Nữ, ngày tháng năm, họ and tên, Tổng số."""
    is_year_word = leaf == "nam" and "ă" in original.lower()
    if leaf in _GENDER_LEAVES and not is_year_word:
        gender = _GENDER_LEAVES[leaf]
        if group in _BIRTH_GROUP:
            return f"birth_year_{gender}", 1.0
        if group in ("gender", IGNORE):
            return f"gender_{gender}_mark", 1.0 if group == "gender" else 0.6
        return IGNORE, 0.8
    if group in _BIRTH_GROUP and leaf in _DATE_LEAVES:
        return _DATE_LEAVES[leaf], 1.0
    if group == "member_count" and _match(leaf)[0] != "member_count":
        return ("member_count", 0.9) if leaf.startswith(("tong", "so khau", "khau")) else (IGNORE, 0.8)
    return None
