"""A commune's list from workbook to committed rows, beside django-import-export and beside the raw limit.

Every contender runs in a process of its own, in a register that holds nothing but the units. The limit is what nobody
can beat: the reader's bare iteration, then one COPY each of households and people that somebody has made ready
outside the measured time, into tables with the register's columns, checks, keys and indexes, without triggers and
fences. import-export gets the same people clean, under its own headers, and writes them into the register itself, as
its admin does: every row tried and rolled back, then all of it again. It runs on PEER_ROWS rows; its cost per row
hardly changes with them. Wall seconds, and the CPU seconds of the process, its children and its database server: the
second hardly change when others work on the machine.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings

ROWS = int(os.environ.get("TRAO_BENCH_ROWS", "50000"))
PEER_ROWS = int(os.environ.get("TRAO_BENCH_PEER_ROWS", "2000"))
MOST_ROWS = int(os.environ.get("TRAO_BENCH_MOST_ROWS", "0"))  # 500000 for the last point of the line; 10 minutes
RUNS = int(os.environ.get("TRAO_BENCH_RUNS", "3"))
PREPARE, PREVIEW, BULK = "prepare", "import-export, preview and confirm", "import-export, use_bulk"
UNCHECKED = "the same, no row checked"
COMMUNE = "22915"
HEADER = [
    "STT", "Họ và tên chủ hộ", "Ngày sinh", "Giới tính", "Dân tộc", "Số CCCD/CMND", "Điện thoại", "Khu phố", "Địa chỉ",
    "Số khẩu", "Loại hộ", "Loại điện thoại đang dùng", "Điểm B1", "Điểm B2",
]  # fmt: skip
CLEAN_HEADER = [
    "code", "area", "hamlet", "address", "phone", "category", "member_count", "income_score", "deprivation_score",
    "full_name", "gender", "birth_date", "ethnic_group", "identity_number",
]  # fmt: skip
FOREIGN_KEYS = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'"
CLOCKS = ("seconds", "cpu")
LETTERHEAD: list[list[Any]] = [
    ["ỦY BAN NHÂN DÂN PHƯỜNG MŨI NÉ"], [], ["DANH SÁCH HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2024"], [],
]  # fmt: skip


def run() -> None:
    contenders = {
        "limit": ROWS,
        "trao": ROWS,
        "trao, a tenth": ROWS // 10,
        PREVIEW: PEER_ROWS,
        UNCHECKED: PEER_ROWS,
        BULK: PEER_ROWS,
    }
    if MOST_ROWS:
        contenders["trao, most"] = MOST_ROWS
    with tempfile.TemporaryDirectory() as folder:
        files = {rows: _workbook(Path(folder), rows) for rows in set(contenders.values())}
        found: dict[str, list[dict[str, float]]] = {name: [] for name in contenders}
        for turn in range(RUNS):
            for name, rows in contenders.items():
                if turn == 0 or name in ("limit", "trao", "trao, a tenth"):
                    found[name].append(_in_a_process(name, files[rows]))
        _print(contenders, found)


def _in_a_process(name: str, file: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.importing"]
    environment = {**os.environ, "TRAO_STATEMENT_TIMEOUT": "0"}
    subprocess.run([*command, PREPARE, ""], check=True, env=environment)
    done = subprocess.run([*command, name, str(file)], check=True, stdout=subprocess.PIPE, env=environment)
    return json.loads(done.stdout.splitlines()[-1])


def _print(contenders: dict[str, int], found: dict[str, list[dict[str, float]]]) -> None:
    wall, cpu = ({n: statistics.median(r[of] for r in found[n]) / contenders[n] for n in contenders} for of in CLOCKS)
    print(f"\nload average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    print(f"{'':36s}{'rows':>8s} median s  µs a row    CPU µs  peak MB  times trao  by CPU")
    for name, rows in contenders.items():
        peak = max(max(r["own_mb"], r["child_mb"]) for r in found[name])
        print(
            f"{name:36s}{rows:8d} {wall[name] * rows:8.2f} {wall[name] * 1e6:9.0f} {cpu[name] * 1e6:9.0f} {peak:8.0f}"
            f" {wall[name] / wall['trao']:11.2f} {cpu[name] / cpu['trao']:7.2f}"
        )
    steps = found["trao"][-1]
    print("trao by step: " + ", ".join(f"{k} {v:.2f} s" for k, v in steps.items() if k.startswith("in ")))


def _workbook(folder: Path, rows: int) -> Path:
    """A list as officials keep it: letterhead, made-up people, dates of every shape, one row in ten with a mistake."""
    import xlsxwriter

    from demo.people import _NAMES

    path, rng = folder / f"{rows}.xlsx", Random(rows)
    names = _NAMES["kinh"]
    lines = [_row(number, rng, names["surname"].values, names["given_male"].values) for number in range(1, rows + 1)]
    for place, sheet_rows in ((path, [*LETTERHEAD, HEADER, *lines]), (path.with_suffix(".plain"), _clean(lines))):
        book = xlsxwriter.Workbook(place, {"constant_memory": True})
        sheet = book.add_worksheet("Hộ nghèo")
        for at, line in enumerate(sheet_rows):
            sheet.write_row(at, 0, line)
        book.close()
    return path


def _clean(lines: list[list[Any]]) -> Iterable[list[Any]]:
    """The same people for import-export: its headers, nothing to normalise, nothing wrong."""
    yield CLEAN_HEADER
    for number, name, _birth, gender, _people, _identity, _phone, hamlet, address, members, *_rest, b1, b2 in lines:
        woman, year = gender == "Nữ", 1940 + number % 60
        yield [
            f"{COMMUNE}{number:07d}", COMMUNE, hamlet, address, f"09{number:08d}", "HN", members, b1, b2, name,
            "F" if woman else "M", f"{year}-03-{number % 28 + 1:02d}", "01",
            f"060{1 if woman else 0}{year % 100:02d}{number:06d}",
        ]  # fmt: skip


def _row(number: int, rng: Random, family: list[str], given: list[str]) -> list[Any]:
    woman, born = rng.random() < 0.4, date(rng.randint(1940, 1999), rng.randint(1, 12), rng.randint(1, 28))
    identity = f"060{1 if woman else 0}{born.year % 100:02d}{number:06d}"
    birth: Any = rng.choice([f"{born:%d/%m/%Y}", f"{born:%d-%m-%y}", born.year, str(born.year), f"{born:%d.%m.%Y}"])
    name = f"{rng.choice(family)} {'Thị' if woman else 'Văn'} {rng.choice(given)}"
    phone: Any = f"09{rng.randint(10_000_000, 99_999_999)}"
    mistake = rng.random()
    if mistake < 0.03:
        identity = identity[:-1]
    elif mistake < 0.06:
        birth = "31/02/1970"
    elif mistake < 0.10:
        phone, identity = int(phone), int(identity)  # type: ignore[assignment]
    category = rng.choice(["Hộ nghèo", "Cận nghèo", "hộ nghèo ", "HN", "HCN"])
    people = rng.choice(["Kinh", "Chăm", "K'Ho"])
    return [
        number, name if rng.random() > 0.05 else name.upper(), birth, "Nữ" if woman else "Nam", people,
        identity, phone, f"Khu phố {number % 9 + 1}", f"Số {number} Huỳnh Thúc Kháng", rng.randint(1, 8), category,
        rng.choice(["Không có", "2G", "Điện thoại cục gạch", "Thông minh"]), rng.randint(80, 150), rng.randint(10, 60),
    ]  # fmt: skip


# --- The contenders ---------------------------------------------------------------------------------------------------


def _trao(path: Path) -> dict[str, float]:
    from beneficiaries.intake.collecting import without_collecting

    with without_collecting():
        return _steps(path)


def _steps(path: Path) -> dict[str, float]:
    """The product's own steps, one after the other as the job does them, with larger limits."""
    from django.utils import timezone

    from administration.scope import scope_of
    from beneficiaries.intake.apply import apply
    from beneficiaries.intake.match import match
    from beneficiaries.intake.parse import Choices, parse_sheets
    from beneficiaries.intake.place import place_of
    from beneficiaries.intake.read import read_workbook
    from beneficiaries.intake.stage import prepare, write
    from beneficiaries.models import ImportFile, StagedHousehold

    officer, marks = _officer(), [("", time.perf_counter())]

    def mark(step: str) -> None:
        marks.append((step, time.perf_counter()))

    sheets = read_workbook(path, path.name, _limits())
    mark("guard and read")
    parsed = parse_sheets(sheets, choices=Choices(), today=date(2024, 12, 1))
    mark("understand and check")
    with scope_of(officer):
        file = ImportFile.objects.create(
            area=officer.area, uploaded_by=officer, original_name=path.name, sha256=os.urandom(32).hex(), size=1,
            state=ImportFile.State.CHECKED,
        )  # fmt: skip
        staged = prepare(parsed, place_of(file.area))
        match(staged, file.area)
        mark("match")
        write(file, staged)
        mark("stage")
    ready = sum(one.state == StagedHousehold.State.READY for one in staged)
    del sheets, parsed, staged
    with scope_of(officer):
        done = apply(file, by=officer, progress=lambda *_: None, at=timezone.now())
    mark("apply")
    assert len(done.added) == ready > 0.8 * int(path.stem), (len(done.added), ready)
    return {f"in {step}": at - marks[i][1] for i, (step, at) in enumerate(marks[1:])}


def _ready_copies(path: Path) -> dict[str, bytes]:
    """Households and people of the file as COPY wants them: what only the limit is given."""
    from administration.models import Area
    from beneficiaries.intake.apply import HOUSEHOLD_TYPES, NUMBER_TYPES, PERSON_TYPES, person_row
    from beneficiaries.intake.difference import household_values
    from beneficiaries.intake.parse import Choices, parse_sheets
    from beneficiaries.intake.read import read_workbook
    from beneficiaries.intake.temporary import array

    area, officer = Area.objects.filter(level="commune", code=COMMUNE).latest("valid_from"), _officer()
    households, people = [], []
    parsed = parse_sheets(read_workbook(path, path.name, _limits()), choices=Choices(), today=date(2024, 12, 1))
    for at, row in enumerate(parsed.households, start=1):
        if row.head.birth_year and row.head.full_name:
            values = household_values(row)
            values["attributes"] = array(values["attributes"])
            households.append([at, f"{COMMUNE}{at:07d}", area.number, officer.pk, *map(values.get, HOUSEHOLD_TYPES)])
            people.append([area.number, *person_row(at, row.head, is_head=True)])
    columns = {
        f"bench_household (id, code, area_no, created_by_id, {', '.join(HOUSEHOLD_TYPES)})": households,
        f"bench_person (area_no, household_id, is_head, {', '.join([*PERSON_TYPES, *NUMBER_TYPES])})": people,
    }
    return {name: "".join(map(_line, rows)).encode() for name, rows in columns.items()}


def _line(values: Iterable[Any]) -> str:
    texts = ("\\x" + value.hex() if isinstance(value, bytes) else value for value in values)
    return "\t".join("\\N" if t is None else str(t).replace("\\", "\\\\") for t in texts) + "\n"


def _like_the_register() -> None:
    """Two empty tables like the register's: columns, checks, keys and indexes, no triggers and no fence.

    In a process of its own with everything else that is made ready, so that it weighs on no contender's memory.
    """
    from tests.conftest import owner_connection

    with owner_connection() as owner:
        owner.execute("DROP TABLE IF EXISTS bench_person, bench_household")
        for name in ("household", "person"):
            owner.execute(f"CREATE TABLE bench_{name} (LIKE beneficiaries_{name} INCLUDING ALL)")
            owner.execute(f"GRANT ALL ON bench_{name} TO {settings.DATABASE_APP_ROLE}")
        for column, kind in (("created_at", "now()"), ("updated_at", "now()"), ("version", "1")):
            owner.execute(f"ALTER TABLE bench_household ALTER {column} SET DEFAULT {kind}")
        owner.execute("ALTER TABLE bench_household ALTER delisting_reason SET DEFAULT ''")
        owner.execute("ALTER TABLE bench_person ALTER is_live SET DEFAULT true, ALTER attends_school SET DEFAULT false")
        for name in ("household", "person"):
            table = f"beneficiaries_{name}"
            for (definition,) in owner.execute(FOREIGN_KEYS, [table]).fetchall():
                mine = definition.replace("beneficiaries_household", "bench_household")
                owner.execute(f"ALTER TABLE bench_{name} ADD {mine.replace('beneficiaries_person', 'bench_person')}")


def _let_import_export_in() -> None:
    """It sets the sequence of ids after an import, which the application's own role may not."""
    from tests.conftest import owner_connection

    with owner_connection() as owner:
        owner.execute(f"GRANT UPDATE ON SEQUENCE beneficiaries_household_id_seq TO {settings.DATABASE_APP_ROLE}")


def _limit(path: Path, ready: dict[str, bytes]) -> dict[str, float]:
    from django.db import connection
    from python_calamine import CalamineWorkbook

    for _row in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows():
        pass
    with connection.cursor() as cursor:
        for columns, lines in ready.items():
            with cursor.copy(f"COPY {columns} FROM STDIN") as copy:
                copy.write(lines)
    return {}


def _head_of(household: Any, row: Any) -> Any:
    from beneficiaries.models import Person
    from beneficiaries.sealing import fingerprint, seal

    born, number = date.fromisoformat(str(row["birth_date"])[:10]), row["identity_number"]
    return Person(
        household=household, area_id=household.area_id, is_head=True, full_name=row["full_name"],
        gender=row["gender"], birth_year=born.year, birth_date=born, birth_precision="day",
        ethnic_group_id=row["ethnic_group"], cccd_hash=fingerprint(number), cccd_sealed=seal(number),
    )  # fmt: skip


def _import_export(path: Path, *, bulk: bool = False, checked: bool = True) -> dict[str, float]:
    """As its admin does it: the file is read and every row tried and rolled back, then all of it again for good."""
    import tablib
    from import_export import resources
    from import_export.fields import Field
    from import_export.formats.base_formats import XLSX
    from import_export.widgets import ForeignKeyWidget

    from administration.models import Area
    from administration.scope import scope_of
    from beneficiaries.models import Household, Person

    officer = _officer()

    class Households(resources.ModelResource):
        area = Field("area", "area", ForeignKeyWidget(Area, "code"))

        class Meta:
            model = Household
            fields = tuple(CLEAN_HEADER[:9])
            import_id_fields = ("code",)
            use_bulk, batch_size, skip_diff, clean_model_instances = bulk, 1000, bulk, checked
            force_init_instance = bulk
            use_transactions = True

        def before_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
            instance.created_by = officer

        def after_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
            if not bulk:
                head = _head_of(instance, row)
                if checked:
                    head.full_clean()
                head.save()

    def dataset() -> tablib.Dataset:
        return XLSX().create_dataset(path.with_suffix(".plain").read_bytes())

    with scope_of(officer):
        if not bulk:
            preview = Households().import_data(dataset(), dry_run=True)
            assert not preview.has_errors(), preview.row_errors()[0][1][0].error
        rows = dataset()
        result = Households().import_data(rows, dry_run=False, raise_errors=True)
        if bulk:
            saved = Household.objects.in_bulk(rows["code"], field_name="code")
            Person.objects.bulk_create([_head_of(saved[row["code"]], row) for row in rows.dict], batch_size=1000)
        assert result.totals["new"] == Person.objects.count() == int(path.stem), result.totals
    return {}


def _officer() -> Any:
    """An official of a commune without a household."""
    from administration.models import Area, Officer, Role

    area = Area.objects.filter(level="commune", code=COMMUNE).latest("valid_from")
    values = {"role": Role.COMMUNE_OFFICIAL, "area": area, "full_name": "Cán Bộ Nhập", "is_demo": True}
    return Officer.objects.get_or_create(username="bench.import", defaults=values)[0]


def _limits() -> Any:
    from beneficiaries.intake.evidence import Limits

    return Limits(
        rows=600_000, highest_row=700_000, bytes=2**28, unpacked=2**30, tags=10**9, answer=2**30, memory=2**32,
        seconds=600,
    )  # fmt: skip


def main(name: str, path: Path) -> None:
    """One contender once; prints its seconds and its peaks as JSON."""
    import django

    django.setup()
    from django.db import connection

    if name == PREPARE:
        _prepare()
        return
    ready = _ready_copies(path) if name == "limit" else {}
    began, cpu, children = time.perf_counter(), time.process_time(), _children()
    with _server(connection) as server:
        before = server()
        steps = _limit(path, ready) if name == "limit" else CONTENDERS[name](path)
        at_server = server() - before
    used = time.process_time() - cpu + _children() - children + at_server
    own, child = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    spent = {"seconds": time.perf_counter() - began, "cpu": used}
    print(json.dumps({**spent, "own_mb": own, "child_mb": child, **steps}))


def _prepare() -> None:
    """An empty register with one official."""
    from benchmarks.approving import empty, vacuum

    empty()
    _like_the_register()
    _let_import_export_in()
    _officer()
    vacuum()


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _server(connection: Any) -> Any:
    """The CPU seconds of the database server's process for this connection (Linux)."""
    connection.ensure_connection()
    place = Path(f"/proc/{connection.connection.info.backend_pid}/stat")
    tick = os.sysconf("SC_CLK_TCK")

    def seconds() -> float:
        fields = place.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / tick

    return nullcontext(seconds)


CONTENDERS: dict[str, Callable[[Path], dict[str, float]]] = {
    "trao": _trao,
    "trao, a tenth": _trao,
    "trao, most": _trao,
    PREVIEW: _import_export,
    UNCHECKED: lambda path: _import_export(path, checked=False),
    BULK: lambda path: _import_export(path, bulk=True, checked=False),
}

if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
