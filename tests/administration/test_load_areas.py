"""`manage.py load_areas`: national file -> areas in the database."""

import datetime
import io
from collections import Counter
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker

from administration.management.commands import load_areas
from administration.models import Area, AreaSuccessor
from administration.units import read

pytestmark = pytest.mark.usefixtures("no_areas")

DECEMBER_2024 = "2024-12-01"


def sign_in(role: str, blocker: DjangoDbBlocker) -> None:
    with blocker.unblock():
        connection.close()
    connection.settings_dict["USER"] = role


@pytest.fixture
def as_owner(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The command runs as the owner of the tables, as it does in production; the application may not remove areas."""
    application = connection.settings_dict["USER"]
    sign_in(settings.DATABASE_OWNER_ROLE, django_db_blocker)
    yield
    sign_in(application, django_db_blocker)


@pytest.fixture
def no_areas(as_owner: None, db: None) -> None:
    """A country in which nothing is loaded yet, until the test's transaction is rolled back."""
    Area.objects.update(parent=None)
    Area.objects.all().delete()


def load(*provinces: str, as_of: str | None = None) -> str:
    out = io.StringIO()
    options = [part for code in provinces for part in ("--province", code)]
    with translation.override("en"):
        call_command("load_areas", *options, *(["--as-of", as_of] if as_of else []), stdout=out)
    return out.getvalue()


def rows() -> list[tuple]:
    return [
        *Area.objects.in_tree_order().values_list(),
        *AreaSuccessor.objects.order_by("old", "new").values_list("old", "new", "extent", "is_default"),
    ]


def test_binh_thuan_loads_with_its_country_districts_and_communes():
    told = load("60", as_of=DECEMBER_2024)
    assert "Tỉnh Bình Thuận (60) on 01/12/2024: 10 districts, 121 communes. Added: 132, changed: 0." in told
    assert "Links from old to new units added: 0." in told
    assert Counter(Area.objects.values_list("level", flat=True)) == {
        "country": 1,
        "province": 1,
        "district": 10,
        "commune": 121,
    }
    mui_ne = Area.objects.get(code="22915")
    assert (mui_ne.name, mui_ne.short_name, mui_ne.kind) == ("Phường Mũi Né", "Mũi Né", "ward")
    assert (mui_ne.parent.name, mui_ne.parent.kind) == ("Thành phố Phan Thiết", "city")
    assert (mui_ne.parent.parent.code, mui_ne.parent.parent.parent.kind) == ("60", "country")
    assert (mui_ne.valid_from, mui_ne.valid_to) == (datetime.date(2004, 7, 8), datetime.date(2025, 7, 1))


def test_subtree_in_the_database_is_the_interval_of_its_area():
    load("60", as_of=DECEMBER_2024)
    district = Area.objects.get(code="593")
    assert set(Area.objects.inside(district)) == {district, *district.children.all()}
    assert Area.objects.inside(Area.objects.get(level="country")).count() == 133


def test_loading_twice_changes_nothing():
    load("60", as_of=DECEMBER_2024)
    load("68")
    before = rows()
    told = load("60", as_of=DECEMBER_2024) + load("68")
    assert rows() == before
    assert told.count("Added: 0, changed: 0.") == 2
    assert told.count("Links from old to new units added: 0.") == 2


def test_lam_dong_after_binh_thuan_links_every_old_commune_to_its_heirs():
    load("60", as_of=DECEMBER_2024)
    told = load("68")
    assert "0 districts, 124 communes" in told
    assert "Links from old to new units added: 123." in told
    assert AreaSuccessor.objects.count() == 123
    assert AreaSuccessor.objects.values("old").distinct().count() == 121
    assert AreaSuccessor.objects.values("new").distinct().count() == 45


def test_split_commune_has_two_successors_and_one_default():
    load("60", as_of=DECEMBER_2024)
    load("68")
    phong_phu = Area.objects.get(code="22978", name="Xã Phong Phú")
    links = phong_phu.successors.order_by("-is_default").values_list("new__name", "extent", "is_default")
    assert list(links) == [("Xã Tuy Phong", "part", True), ("Xã Phan Rí Cửa", "part", False)]


def loaded_and_forgotten(*steps: tuple[str, str]) -> list[tuple]:
    with transaction.atomic():
        for province, as_of in steps:
            load(province, as_of=as_of)
        found = rows()
        transaction.set_rollback(True)
    return found


def test_order_in_which_provinces_are_loaded_makes_no_difference():
    steps = (("60", DECEMBER_2024), ("68", "2025-07-01"), ("01", "2025-06-30"), ("31", "2025-06-30"))
    one_way = loaded_and_forgotten(*steps)
    assert len(one_way) > 1000
    assert loaded_and_forgotten(*reversed(steps)) == one_way


def test_code_used_again_after_the_reform_is_another_area():
    load("60", as_of=DECEMBER_2024)
    load("68")
    names = Area.objects.filter(code="22918").in_tree_order().values_list("name", flat=True)
    assert list(names) == ["Phường Hàm Tiến", "Phường Mũi Né"]


def test_wards_merged_in_december_2024_are_linked_when_the_year_is_loaded_too():
    assert "Links from old to new units added: 2." in load("60", as_of="2024-06-01")
    told = load("60", as_of=DECEMBER_2024)
    assert "Added: 1, changed: 0." in told
    assert "Links from old to new units added: 2." in told
    hung_long = Area.objects.get(code="22951", name="Phường Hưng Long")
    assert hung_long.successors.get().new.name == "Phường Bình Hưng"


def test_without_a_day_the_units_of_today_are_loaded(time_machine):
    time_machine.move_to(datetime.datetime(2025, 7, 1, 0, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=7))))
    load("68")
    assert Area.objects.filter(level="commune").count() == 124
    assert not Area.objects.filter(level="district").exists()


def test_area_class_set_by_an_officer_survives_and_a_wrong_name_is_mended():
    load("60", as_of=DECEMBER_2024)
    assert set(Area.objects.filter(area_class="island").values_list("short_name", flat=True)) == {
        "Ngũ Phụng",
        "Long Hải",
        "Tam Thanh",
    }
    Area.objects.filter(code="22915").update(area_class="region_3", name="Phường Mui Ne")
    told = load("60", as_of=DECEMBER_2024)
    assert "Added: 0, changed: 1." in told
    area = Area.objects.get(code="22915")
    assert (area.name, area.area_class) == ("Phường Mũi Né", "region_3")


def test_whole_country_loads_on_both_sides_of_the_reform(django_assert_max_num_queries):
    day = datetime.date(2025, 6, 30)
    with django_assert_max_num_queries(900):
        load(*[unit.code for unit in read.provinces(day)], as_of="30/06/2025")
        load(*[unit.code for unit in read.provinces(None)], as_of="2025-07-01")
    assert Area.objects.count() == 1 + 63 + 696 + 10_035 + 34 + 3_321
    assert AreaSuccessor.objects.values("old").distinct().count() == 10_040


def test_province_whose_earlier_mergers_are_unknown_says_so():
    assert "these are its units of 01/03/2025" in load("68", as_of=DECEMBER_2024)
    assert "these are its units of" not in load("60", as_of=DECEMBER_2024)


@pytest.mark.parametrize(
    ("provinces", "as_of", "sentence"),
    [
        (["99"], DECEMBER_2024, "No province has the code 99."),
        (
            ["60"],
            "2025-07-01",
            "Tỉnh Bình Thuận (60) no longer existed on 01/07/2025: it had become part of Tỉnh Lâm Đồng",
        ),
        (["60"], "2019-12-31", "The list of units begins on 01/01/2020."),
        (["60"], "hôm qua", "“hôm qua” is not a date."),
        (["60"], "2024-13-01", "“2024-13-01” is not a date."),
        (["68", "99"], DECEMBER_2024, "No province has the code 99."),
    ],
)
def test_what_cannot_be_loaded_is_refused_with_a_sentence_and_loads_nothing(
    provinces: list[str], as_of: str, sentence: str
):
    with pytest.raises(CommandError, match="^" + sentence.replace("(", r"\(").replace(")", r"\)")) as refusal:
        load(*provinces, as_of=as_of)
    assert refusal.value.returncode == 1
    assert not Area.objects.exists()


def test_help_is_shown(capsys):
    with pytest.raises(SystemExit), translation.override("en"):
        load_areas.Command().run_from_argv(["manage.py", "load_areas", "--help"])
    assert "Loads the administrative units of provinces" in capsys.readouterr().out
