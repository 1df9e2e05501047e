"""TCVN3 and VNI per column, by font and by letters; cleaning afterwards; never a changed tone or a lost ư."""

import datetime
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beneficiaries.intake.cells import DateCell, NumberCell, Sheet
from beneficiaries.intake.decode import clean, convert, decode_sheet
from beneficiaries.intake.parse import parse_sheets
from beneficiaries.intake.syllables import is_syllable
from demo.make_lists import to_tcvn3
from tests.beneficiaries.intake.messes import to_vni

NAMES = [
    "Nguyễn Văn Tám",
    "Đỗ Thị Hạnh",
    "Trần Văn Hà",
    "Lê Bá",
    "Võ Thị Lý",
    "Huỳnh Văn Út",
    "K'Brôi",
    "Hứa Ưu",
    "Vũ Đức Ân",
]
ALL_LETTERS = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđ"


def column(cells, font="", at=1):
    return Sheet("S", rows=[[str(number), cell] for number, cell in enumerate(cells)], fonts={at: font} if font else {})


def decoded(cells, font="", chosen=None):
    sheet, encodings = decode_sheet(column(cells, font), chosen)
    return [row[1] for row in sheet.rows], encodings


@pytest.mark.parametrize("encode", [to_tcvn3, to_vni], ids=["TCVN3", "VNI"])
@pytest.mark.parametrize("with_font", [True, False])
def test_decode_sheet_reads_a_column_in_an_old_encoding(encode, with_font):
    font = {to_tcvn3: ".VnTime", to_vni: "VNI-Times"}[encode] if with_font else ""

    names, (encoding,) = decoded([encode(name) for name in NAMES], font)

    assert names == NAMES
    assert (encoding.encoding, encoding.is_sure) == ("tcvn3" if encode is to_tcvn3 else "vni", True)
    assert encoding.samples[0] == (encode("Nguyễn Văn Tám"), "Nguyễn Văn Tám")
    assert len(encoding.samples) == 5


@pytest.mark.parametrize("encode", [to_tcvn3, to_vni], ids=["TCVN3", "VNI"])
def test_convert_gives_back_every_small_letter(encode):
    encoding = "tcvn3" if encode is to_tcvn3 else "vni"

    assert convert(encode(ALL_LETTERS), encoding) == ALL_LETTERS


def test_convert_gives_back_every_vni_capital():
    assert convert(to_vni(ALL_LETTERS.upper()), "vni") == ALL_LETTERS.upper()


@pytest.mark.parametrize(
    ("text", "font", "right"),
    [("nguyÔn v¨n t¸m", ".VnTimeH", "NGUYỄN VĂN TÁM"), ("NGUYÔN V¡N T¸M", ".VnTime", "NGUYỄN VĂN TÁM"),
    ("TRÇN THÞ B¦ëI", "", "TRẦN THỊ BƯỞI"),
     ("Huúnh V¨n ót", "", "Huỳnh Văn Út"), ("Sè CCCD", "", "Số CCCD"), ("L£ B¸", "", "LÊ BÁ"), ("Lª B¸", "", "Lê Bá")],
)  # fmt: skip
def test_convert_gives_tcvn3_its_capitals_back(text, font, right):
    assert convert(text, "tcvn3", font=font) == right


def test_decode_sheet_leaves_unicode_alone_whatever_the_font_says():
    names, encodings = decoded(NAMES, ".VnTime")

    assert names == NAMES
    assert encodings == []


def test_decode_sheet_converts_only_the_old_rows_of_a_mixed_column():
    names, (encoding,) = decoded([*NAMES * 3, to_tcvn3("Nguyễn Thị Bưởi"), to_tcvn3("Đặng Văn Tư")])

    assert names == [*NAMES * 3, "Nguyễn Thị Bưởi", "Đặng Văn Tư"]
    assert encoding.is_sure is False


def test_a_few_old_names_do_not_turn_other_columns_of_a_unicode_sheet():
    names = [*NAMES * 3, *map(to_tcvn3, NAMES[:4])]
    sheet = Sheet("S", rows=[[name, "không rõ" if index == 5 else "1968"] for index, name in enumerate(names)])

    after, encodings = decode_sheet(sheet)

    assert after.rows[5][1] == "không rõ"
    assert [encoding.column for encoding in encodings] == [0]


def test_decode_sheet_takes_the_officials_no_for_an_answer():
    garbled = [to_tcvn3(name) for name in NAMES]

    names, encodings = decoded(garbled, chosen={1: "unicode"})

    assert names[0] == "NguyÔn V¨n T¸m"
    assert encodings == []


def test_decode_sheet_keeps_numbers_dates_and_row_numbers():
    sheet = Sheet("S", rows=[[NumberCell("60065001234"), DateCell("1965-03-05")], [], ["a"]], first_row=1)

    after, _ = decode_sheet(sheet)

    assert after.rows == sheet.rows
    assert [type(cell) for cell in after.rows[0]] == [NumberCell, DateCell]


def test_a_column_of_one_word_follows_the_sheet():
    rows = [[to_tcvn3(name), to_tcvn3(gender)] for name, gender in zip(NAMES, ["Nam", "Nữ"] * 5, strict=False)]

    sheet, encodings = decode_sheet(Sheet("S", rows=rows))

    assert {row[1] for row in sheet.rows} == {"Nam", "Nữ"}
    assert [encoding.encoding for encoding in encodings] == ["tcvn3", "tcvn3"]


@pytest.mark.parametrize(
    ("raw", "text"),
    [("Nguyê\u0303n", "Nguyễn"), ("a\u00a0b", "a b"), ("a\u200bb\ufeff", "ab"), ("K’Brôi", "K'Brôi"), ("K`Brôi",
    "K'Brôi"),
     ("K´Brôi", "K'Brôi"), ("a\r\nb", "a b"), (" a  b ", "a b"), ("a\x00b", "ab"), ("a_x0000_b", "ab"), ("\u202eabc",
     "abc"),
     ("Hoà", "Hoà"), ("", ""), ("ﬁ½", "ﬁ½")],
)  # fmt: skip
def test_clean_composes_letters_and_drops_what_cannot_be_seen(raw, text):
    assert clean(raw) == text


@given(st.text())
def test_clean_twice_is_clean_once(text):
    assert clean(clean(text)) == clean(text)


@given(st.sampled_from(NAMES), st.sampled_from(["NFC", "NFD"]))
def test_clean_never_changes_a_letter(name, form):
    assert clean(unicodedata.normalize(form, name)) == name


@pytest.mark.parametrize(
    "word", ["nguyễn", "nghiêng", "quý", "giếng", "khuỷu", "ướt", "Út", "y", "uyên", "gì", "quyết", "thuở", "oanh"]
)
def test_is_syllable_knows_vietnamese_words(word):
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["nguyÔn", "v¨n", "traàn", "thò́", "xyz", "ngueãn", "ñt", "bìinh"])
def test_is_syllable_refuses_wrongly_coded_words(word):
    assert not is_syllable(word)


HEADER = ["STT", "Họ và tên chủ hộ", "Ngày sinh", "Giới tính", "Dân tộc", "Số CCCD", "Thôn", "Diện hộ", "Ghi chú"]
LIST = [
    HEADER,
    ["1", "Nguyễn Văn Tám", "14/03/1965", "Nam", "Kinh", "060065912345", "Thôn Tân Hòa", "Hộ nghèo", "ở nhờ"],
    ["2", "Trần Thị Bưởi", "25/12/1970", "Nữ", "Chăm", "060170912346", "Thôn Tân Hòa", "Hộ cận nghèo", "đi làm xa"],
    ["3", "K'Brối", "1980", "Nam", "K'Ho", "", "Thôn Đồng Tâm", "Hộ nghèo", ""],
]


def households_of(encode, fonts=None):
    sheet = Sheet("DS", rows=[[encode(cell) for cell in row] for row in LIST], fonts=fonts or {})
    rows = parse_sheets([sheet], today=datetime.date(2024, 11, 1)).households
    for row in rows:
        row.originals = {}
    return rows


@pytest.mark.parametrize(
    "copy",
    [lambda text: unicodedata.normalize("NFD", text), to_tcvn3, to_vni, lambda text: text.replace(" ", "\u00a0")],
    ids=["NFD", "TCVN3", "VNI", "NBSP"],
)
def test_copies_of_one_list_in_every_encoding_give_identical_households(copy):
    assert households_of(copy) == households_of(str)


def test_a_copy_in_the_capitals_font_gives_the_same_values():
    rows = households_of(lambda text: to_tcvn3(text.lower()), dict.fromkeys(range(9), ".VnTimeH"))

    assert [(row.head.full_name, row.head.gender, row.hamlet, row.category) for row in rows] == [
        (row.head.full_name, row.head.gender, row.hamlet, row.category) for row in households_of(str)
    ]
