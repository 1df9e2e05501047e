"""The official PDF, opened again with pypdf."""

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader
from pypdf.generic import IndirectObject

from reports import paper
from reports.document import Info, Letterhead, Row, Signature, TotalsDiffer
from reports.official_forms import CommuneList, ListedHousehold, PostedHousehold, PostingList, Receipt
from reports.paper import (
    NotTypeset,
    TooLongForPaper,
    typeset,
    write_pdf,
    write_receipt,
    write_receipts,
)
from reports.workbook import write_workbook
from tests.reports.paper_samples import HOUSEHOLD_COLUMNS, PROGRESS_COLUMNS, document, household, households, progress

A4 = (595.276, 841.89)
COMMUNE = Letterhead("UBND huyện Hàm Thuận Bắc", "Ủy ban nhân dân\nxã Hàm Liêm", "Hàm Liêm", date(2024, 3, 5), "12/TB")
INFO = Info("Xã Hàm Liêm", datetime(2024, 3, 5, 7, 5, tzinfo=UTC), "Nguyễn Thị Ẩn", "D2-HL-0307")
CHAIRMAN = Signature(("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"), "Lê Văn Thuận", "(Ký tên, đóng dấu)")
NAMES = ["Nguyễn Thị Ẩn", "Lò Thị Yến", "Trần Văn Hoàng Phước", "K'Brôi", "Mang Thị Sửu", "Đặng Nguyễn Ngọc Hưởng Khuê"]
CATEGORIES = ["Hộ nghèo", "Hộ cận nghèo", "Gia đình chính sách xã hội"]


def posting(count, **changes):
    rows = [PostedHousehold(NAMES[n % 6], 1950 + n % 50, f"Thôn {n % 7 + 1}", CATEGORIES[n % 3]) for n in range(count)]
    given = {
        "letterhead": COMMUNE,
        "round_name": "Đợt 2/2024",
        "posted_from": date(2024, 3, 5),
        "posted_until": date(2024, 3, 12),
        "complaint_address": "trụ sở UBND xã Hàm Liêm",
        "complaint_phone": "0252 3865 000",
        "rows": rows,
        "info": INFO,
        "signatures": (CHAIRMAN,),
        "recipients": ("Nhà văn hóa các thôn;", "Lưu: VT."),
    }
    return PostingList(**{**given, **changes})


def listed(number, gender="female"):
    return ListedHousehold(
        head_name=NAMES[number % 6],
        gender=gender,
        birth_year=1961,
        identity_number=f"0602{number:08d}",
        ethnic_group="Kinh",
        hamlet="Thôn 3",
        category="Hộ nghèo",
    )


def receipt(**changes):
    given = {
        "letterhead": COMMUNE,
        "number": "PGN-00412",
        "programme": "Chương trình hỗ trợ thiết bị, đợt 2/2024",
        "household_head": "Lò Thị Yến",
        "household_code": "HL-00412",
        "address": "Thôn 3, xã Hàm Liêm",
        "category": "Hộ nghèo",
        "receiver": "Lò Văn Pó",
        "relation": "Con",
        "device_model": "Điện thoại mẫu A",
        "imei": "356938035643809",
        "handed_on": date(2024, 3, 12),
        "giver": "Nguyễn Thị Ẩn",
        "printed_at": datetime(2024, 3, 12, 2, 41, tzinfo=UTC),
    }
    return Receipt(**{**given, **changes})


@pytest.fixture
def printed(tmp_path):
    def print_(it):
        path = tmp_path / "paper.pdf"
        write_pdf(it, path)
        return PdfReader(path)

    return print_


def text_of(reader):
    return "\n".join(page.extract_text() for page in reader.pages)


def fonts_of(reader):
    found = {}
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            described = font.get_object()["/DescendantFonts"][0].get_object()
            found[described["/BaseFont"].split("+")[-1]] = described["/FontDescriptor"].get_object()
    return found


def lowest_text(reader):
    """The lowest place, in points, at which anything but the small line at the foot of the page is printed."""
    heights = []

    def visit(text, matrix, _text_matrix, _font, _size):
        if text.strip() and not text.strip().startswith("Mã số liệu"):
            heights.append(matrix[5])

    for page in reader.pages:
        page.extract_text(visitor_text=visit)
    return min(heights)


def size_of(page):
    return float(page.mediabox.width), float(page.mediabox.height)


def test_paper_has_every_part_with_its_diacritics(printed):
    reader = printed(progress(subtitle="Đợt 2/2024", basis="(Đến ngày 05/01/2024)", unit="hộ", annex="Phụ lục I"))

    text = text_of(reader)
    for part in (
        "UBND TỈNH BÌNH THUẬN",
        "SỞ THÔNG TIN",
        "VÀ TRUYỀN THÔNG",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Số: 05/BC-STTTT",
        "Bình Thuận, ngày 05 tháng 01 năm 2024",
        "Phụ lục I",
        "BÁO CÁO TIẾN ĐỘ HỖ TRỢ THIẾT BỊ",
        "Đợt 2/2024",
        "(Đến ngày 05/01/2024)",
        "Đơn vị tính: hộ",
        "4=3/2*100",
        "Huyện Tuy Phong",
        "2.500",
        "50,0",
        "–",
        "./.",
        "NGƯỜI LẬP BIỂU",
        "TM. ỦY BAN NHÂN DÂN",
        "Nguyễn Thị Hồng Ạnh",
        "Nơi nhận:",
        "- Lưu: VT.",
        "Mã số liệu: BC-2024-0307 · Số liệu lúc 01:30 ngày 05/01/2024",
    ):
        assert part in text


def test_totals_of_paper_and_workbook_come_from_the_same_rows(printed):
    assert "Tổng cộng 2.500 1.200 600 50,0" in " ".join(text_of(printed(progress())).split())


@pytest.mark.parametrize(("landscape", "size"), [(True, A4[::-1]), (False, A4)])
def test_pages_are_a4(printed, landscape, size):
    assert size_of(printed(progress(landscape=landscape)).pages[0]) == pytest.approx(size, abs=0.1)


def test_fonts_are_tinos_and_embedded(printed):
    fonts = fonts_of(printed(progress()))

    assert set(fonts) == {"Tinos-Regular", "Tinos-Bold", "Tinos-Italic", "Tinos-BoldItalic"}
    assert all(isinstance(font.raw_get("/FontFile2"), IndirectObject) for font in fonts.values())


def test_paper_is_archivable_and_readable_aloud(printed):
    reader = printed(progress())

    metadata = reader.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in metadata.replace("\n", "")
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert reader.trailer["/Root"]["/Lang"] == "vi-VN"
    assert reader.metadata.title == "BÁO CÁO TIẾN ĐỘ HỖ TRỢ THIẾT BỊ"
    assert reader.metadata.creation_date == datetime(2024, 1, 4, 18, 30, tzinfo=UTC)


def test_page_numbers_start_on_the_second_page_above_a_repeated_head(printed):
    reader = printed(households(120))

    first, *others = [page.extract_text() for page in reader.pages]
    assert len(others) >= 3
    assert "CỘNG HÒA" in first
    for number, text in enumerate(others, start=2):
        assert text.split()[0] == str(number)
        assert "Họ và tên" in text
        assert "CỘNG HÒA" not in text
    assert not first.strip().startswith("1\n")


@pytest.mark.parametrize("count", [*range(12, 34), 60])
def test_signatures_never_stand_alone_on_a_page(printed, count):
    last = printed(households(count)).pages[-1].extract_text()

    assert "TM. ỦY BAN NHÂN DÂN" in last
    assert f"0602{count:08d}" in last
    assert f"0602{count - 1:08d}" in last


@pytest.mark.parametrize("count", [3, 5, 9, *range(14, 23), 40])
def test_the_last_page_has_exactly_one_head(printed, count):
    reader = printed(households(count))

    assert [page.extract_text().count("Họ và tên") for page in reader.pages] == [1] * len(reader.pages)


def test_the_same_document_gives_the_same_bytes(tmp_path):
    for name in ("first.pdf", "second.pdf"):
        write_pdf(progress(watermark="huyen.tuyphong"), tmp_path / name)

    assert (tmp_path / "first.pdf").read_bytes() == (tmp_path / "second.pdf").read_bytes()


def test_watermark_names_whose_copy_it_is_on_every_page(printed):
    reader = printed(households(60, watermark="huyen.tuyphong"))

    assert all("huyen.tuyphong" in page.extract_text() for page in reader.pages)


@pytest.mark.parametrize(
    "text", ["#panic()", "*đậm* _nghiêng_", "$x^2$", "= Đầu đề", "@ref", "<nhãn>", '"]\\', "- mục"]
)
def test_text_is_never_read_as_markup(printed, text):
    it = document(HOUSEHOLD_COLUMNS, [household(1, text)], title=f"Tên {text}", notes=(text,), recipients=(text,))

    assert text in text_of(printed(it))


def test_a_letter_without_a_glyph_becomes_a_box_and_does_not_stop_the_report(printed):
    reader = printed(document(HOUSEHOLD_COLUMNS, [household(1, "Lò Thị Yến 🙂\x00 ꨌ")], watermark="🙂"))

    assert "Lò Thị Yến □ □" in text_of(reader)


def test_decomposed_letters_are_composed(printed):
    assert "Yến" in text_of(printed(document(HOUSEHOLD_COLUMNS, [household(1, "Yê\u0301n")])))


def test_an_empty_document_says_so_on_one_page(printed):
    reader = printed(document(PROGRESS_COLUMNS, []))

    assert len(reader.pages) == 1
    assert "Không có dòng nào" in text_of(reader)
    assert "Tổng cộng 0 0 0 –" in " ".join(text_of(reader).split())


def test_a_code_longer_than_its_column_shrinks_until_it_fits(printed):
    narrow = (*HOUSEHOLD_COLUMNS[:3], replace(HOUSEHOLD_COLUMNS[3], width_mm=12), *HOUSEHOLD_COLUMNS[4:])
    sizes = []

    def visit(text, _cm, matrix, _font, size):
        if "35693803" in text:
            sizes.append(size * abs(matrix[3]))

    printed(document(narrow, [household(1)])).pages[0].extract_text(visitor_text=visit)

    assert 6 <= sizes[0] < 11


def test_totals_that_differ_leave_no_paper(tmp_path):
    with pytest.raises(TotalsDiffer):
        write_pdf(progress(totals=(None, None, 1, 1200, 600, None)), tmp_path / "paper.pdf")

    assert not (tmp_path / "paper.pdf").exists()


def test_a_list_too_long_for_paper_is_refused_before_all_of_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(paper, "MOST_CELLS", 70)
    read = []

    def rows():
        for number in range(1000):
            read.append(number)
            yield household(number)

    with pytest.raises(TooLongForPaper, match="at most 10 rows"):
        write_pdf(document(HOUSEHOLD_COLUMNS, rows()), tmp_path / "paper.pdf")
    assert len(read) == 11


def test_a_long_list_is_archivable_without_tags(printed, monkeypatch):
    monkeypatch.setattr(paper, "MOST_TAGGED_CELLS", 6)

    reader = printed(households(1))

    assert "/StructTreeRoot" not in reader.trailer["/Root"]
    metadata = reader.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:conformance>U</pdfaid:conformance>" in metadata


@pytest.mark.parametrize(("rows", "units"), [(3, 20), (30, 121), (3, 300), (30, 700), (0, 300)])
def test_many_missing_units_are_all_named_and_keep_the_signature_company(printed, rows, units):
    it = households(rows)
    missing = tuple(f"xã_số_{number}" for number in range(units))

    reader = printed(replace(it, info=replace(it.info, missing=missing)))

    text = " ".join(text_of(reader).split())
    assert [name for name in missing if name not in text] == []
    assert f"{missing[-1]}./." in " ".join(reader.pages[-1].extract_text().split())
    assert "Lê Văn Thuận" in reader.pages[-1].extract_text()
    assert lowest_text(reader) > 15 / 25.4 * 72


def test_posting_list_of_180_households_is_five_portrait_pages(printed):
    reader = printed(posting(180).document())

    assert len(reader.pages) == 5
    assert size_of(reader.pages[0]) == pytest.approx(A4, abs=0.1)
    assert all("Họ và tên chủ hộ" in page.extract_text() for page in reader.pages)
    text = " ".join(text_of(reader).split())
    assert "(Niêm yết từ ngày 05/03/2024 đến hết ngày 12/03/2024)" in text
    assert "Danh sách có 180 hộ." in text
    assert "gửi trước 17 giờ ngày 12/03/2024 tại trụ sở UBND xã Hàm Liêm, điện thoại 0252 3865 000./." in text


@pytest.mark.parametrize("count", [0, 1, 2, *range(24, 34), 70])
def test_posting_list_is_never_signed_on_an_empty_page(printed, count):
    last = printed(posting(count).document()).pages[-1].extract_text()

    assert "Lê Văn Thuận" in last
    assert "Họ và tên chủ hộ" in last


def test_posting_list_in_large_type_takes_more_pages(printed):
    assert len(printed(posting(180, large_type=True).document()).pages) > 5


def test_commune_list_shows_the_birth_year_under_the_right_gender(printed, tmp_path):
    rows = [listed(1, "male"), listed(2, "female"), listed(3, "")]
    it = CommuneList(COMMUNE, "Đợt 2/2024", rows, INFO, (CHAIRMAN,))

    reader = printed(it.document())

    assert size_of(reader.pages[0]) == pytest.approx(A4[::-1], abs=0.1)
    text = " ".join(text_of(reader).split())
    assert "Tổng cộng: 3 hộ" in text
    assert "Sinh năm 1961, chưa rõ giới tính" in text
    cells = [row.cells[2:4] for row in it.document().rows]
    assert cells == [(1961, None), (None, 1961), (None, None)]
    write_workbook(it.document(), tmp_path / "form2.xlsx")


def test_receipt_is_one_page_with_two_copies():
    reader = PdfReader(BytesIO(write_receipt(receipt())))

    assert len(reader.pages) == 1
    assert size_of(reader.pages[0]) == pytest.approx(A4, abs=0.1)
    text = " ".join(text_of(reader).split())
    for part in (
        "PHIẾU KÝ NHẬN THIẾT BỊ",
        "Chủ hộ: Lò Thị Yến",
        "Người nhận: Lò Văn Pó",
        "Quan hệ với chủ hộ: Con",
        "Thiết bị: Điện thoại mẫu A",
        "IMEI: 356938035643809",
        "Ngày nhận: 12/03/2024",
        "NGƯỜI GIAO",
        "in lúc 09:41 ngày 12/03/2024",
    ):
        assert text.count(part) == 2, part
    assert text.count("Liên 1: Lưu tại Ủy ban nhân dân xã") == 1
    assert text.count("Liên 2: Giao hộ gia đình") == 1


def test_receipt_with_very_long_texts_still_fits_its_half_of_the_page():
    long = "thôn Đồng Khởi Nghĩa, khu dân cư số mười lăm, " * 16
    names = []

    def visit(text, matrix, _text_matrix, _font, _size):
        if "Nguyễn Thị Ẩn" in text:
            names.append(matrix[5])

    reader = PdfReader(BytesIO(write_receipt(receipt(address=long, accessories=long, condition=long))))
    reader.pages[0].extract_text(visitor_text=visit)

    assert len(reader.pages) == 1
    upper, lower = names
    assert upper > A4[1] / 2
    assert lower > 0


def test_receipt_to_be_filled_in_by_hand_has_lines_to_write_on():
    text = text_of(PdfReader(BytesIO(write_receipt(receipt(imei="", receiver="", handed_on=None)))))

    assert text.count("IMEI: ....") == 2
    assert text.count("Ngày nhận: ....") == 2


def test_receipts_of_a_day_are_a_page_each_and_the_same_bytes_again(tmp_path):
    day = [receipt(number=f"PGN-{number}") for number in range(3)]

    pdf = write_receipts(day, tmp_path / "day.pdf")

    assert (tmp_path / "day.pdf").read_bytes() == pdf == write_receipts(day)
    pages = [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]
    assert [f"PGN-{number}" in page for number, page in enumerate(pages)] == [True, True, True]


def test_a_paper_that_cannot_be_set_says_why():
    with pytest.raises(NotTypeset, match="does not contain key"):
        typeset("list.typ", {}, INFO.taken_at)


def test_a_paper_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(paper, "LONGEST_SECONDS", 0.001)

    with pytest.raises(NotTypeset, match="was not set in"):
        write_receipt(receipt())


def test_receipts_of_nobody_are_refused():
    with pytest.raises(ValueError, match="no receipt"):
        write_receipts([])


def test_rows_may_be_indented_and_bold(printed):
    rows = [Row(("I", "Huyện Tuy Phong", 1, 1, 1, None), 0, True), Row(("a", "Thôn 1", 1, 1, 1, None), level=2)]
    places = {}

    def visit(text, matrix, _text_matrix, font, _size):
        for name in ("Huyện", "Thôn 1"):
            if text.strip().startswith(name):
                places[name] = (matrix[4], font["/BaseFont"].split("+")[-1])

    printed(document(PROGRESS_COLUMNS, rows)).pages[0].extract_text(visitor_text=visit)

    assert places["Huyện"][1] == "Tinos-Bold"
    assert places["Thôn 1"][1] == "Tinos-Regular"
    assert places["Thôn 1"][0] > places["Huyện"][0]
