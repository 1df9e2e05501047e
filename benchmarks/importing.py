"""A commune's list from workbook to committed rows, beside django-import-export and beside the raw limit.

Every contender runs in a process of its own, so that its peak memory is its own. The limit is what nobody can beat:
the reader's bare iteration and one COPY into a table with the same indexes. import-export runs on PEER_ROWS rows
(its cost per row hardly changes with the rows: `TRAO_BENCH_PEER_ROWS=50000` proves it in a quarter of an hour).
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
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import psycopg
from django.conf import settings

ROWS = 50_000
PEER_ROWS = int(os.environ.get("TRAO_BENCH_PEER_ROWS", "5000"))
RUNS = 3
COMMUNE = "22915"
HEADER = [
    "STT", "Họ và tên chủ hộ", "Ngày sinh", "Giới tính", "Dân tộc", "Số CCCD/CMND", "Điện thoại", "Khu phố", "Địa chỉ",
    "Số khẩu", "Loại hộ", "Loại điện thoại đang dùng", "Điểm B1", "Điểm B2",
]  # fmt: skip
LETTERHEAD: list[list[Any]] = [
    ["ỦY BAN NHÂN DÂN PHƯỜNG MŨI NÉ"], [], ["DANH SÁCH HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2024"], [],
]  # fmt: skip


def run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = {rows: _workbook(Path(folder), rows) for rows in {5_000, ROWS, PEER_ROWS}}
        contenders = {
            "limit": ROWS, "trao": ROWS, "trao, a tenth": 5_000,
            "import-export, preview and confirm": PEER_ROWS, "import-export, use_bulk": PEER_ROWS,
        }  # fmt: skip
        found: dict[str, list[dict[str, float]]] = {name: [] for name in contenders}
        for turn in range(RUNS):
            for name, rows in contenders.items():
                if turn == 0 or not name.startswith("import-export"):
                    found[name].append(_in_a_process(name, files[rows]))
        _print(contenders, found)


def _in_a_process(name: str, file: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.importing", name, str(file)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout.splitlines()[-1])


def _print(contenders: dict[str, int], found: dict[str, list[dict[str, float]]]) -> None:
    per_row = {name: statistics.median(r["seconds"] for r in found[name]) / contenders[name] for name in contenders}
    print(f"\n{'':38s} {'rows':>7s} median s  µs a row  peak MB  times trao")
    for name, rows in contenders.items():
        peak = max(max(r["own_mb"], r["child_mb"]) for r in found[name])
        print(
            f"{name:38s} {rows:7d} {per_row[name] * rows:8.2f} {per_row[name] * 1e6:9.0f} {peak:8.0f}"
            f" {per_row[name] / per_row['trao']:10.2f}"
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
    for place, above in ((path, LETTERHEAD), (path.with_suffix(".plain"), [])):
        book = xlsxwriter.Workbook(place, {"constant_memory": True})
        sheet = book.add_worksheet("Hộ nghèo")
        for at, line in enumerate([*above, HEADER, *lines]):
            sheet.write_row(at, 0, line)
        book.close()
    return path


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
    """The product's own steps, one after the other as the job does them, with larger limits."""
    from django.utils import timezone

    from administration.scope import scope_of
    from beneficiaries.intake.apply import apply
    from beneficiaries.intake.evidence import Limits
    from beneficiaries.intake.match import match
    from beneficiaries.intake.parse import Choices, parse_sheets
    from beneficiaries.intake.place import place_of
    from beneficiaries.intake.read import read_workbook
    from beneficiaries.intake.stage import prepare, write
    from beneficiaries.models import ImportFile, StagedHousehold

    limits = Limits(rows=100_000, highest_row=200_000, bytes=2**27, unpacked=2**29, tags=10**8, seconds=120)
    officer, marks = _officer(), [("", time.perf_counter())]

    def mark(step: str) -> None:
        marks.append((step, time.perf_counter()))

    sheets = read_workbook(path, path.name, limits)
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


def _limit(path: Path) -> dict[str, float]:
    from django.db import connection
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows()
    with connection.cursor() as cursor:
        columns = ", ".join(f"c{i}" for i in range(len(HEADER)))
        with cursor.copy(f"COPY bench_rows ({columns}) FROM STDIN") as copy:
            for number, row in enumerate(rows):
                if number > 4:
                    copy.write_row([str(value) for value in row])
    return {}


def _import_export(path: Path, *, bulk: bool) -> dict[str, float]:
    """As its admin does it: the file is read and every row tried and rolled back, then all of it again for good."""
    import tablib
    from import_export import resources
    from import_export.formats.base_formats import XLSX

    model = _model()

    class Rows(resources.ModelResource):
        class Meta:
            model = _model()
            fields = tuple(f"c{i}" for i in range(len(HEADER)))
            import_id_fields = ("c0",)
            use_bulk, batch_size, skip_diff, clean_model_instances = bulk, 1000, bulk, True
            force_init_instance = bulk
            use_transactions = True

    def dataset() -> tablib.Dataset:
        table = XLSX().create_dataset(_without_letterhead(path))
        table.headers = [f"c{i}" for i in range(len(HEADER))]
        return table

    if not bulk:
        preview = Rows().import_data(dataset(), dry_run=True)
        assert not preview.has_errors(), preview.row_errors()[0][1][0].error
    result = Rows().import_data(dataset(), dry_run=False, raise_errors=True)
    assert result.totals["new"] == int(path.stem), result.totals
    assert model.objects.count() == int(path.stem)
    return {}


def _without_letterhead(path: Path) -> bytes:
    """import-export wants its own header in the first row: prepared here, outside the measured time."""
    return path.with_suffix(".plain").read_bytes()


def _model() -> Any:
    from django.core.validators import MinLengthValidator
    from django.db import models

    known = _model.__dict__.get("made")
    if known is None:
        attributes: dict[str, Any] = {f"c{i}": models.CharField(max_length=200) for i in range(len(HEADER))}
        attributes["c1"] = models.CharField(max_length=80, validators=[MinLengthValidator(2)])
        attributes["__module__"] = "benchmarks.importing"
        attributes["Meta"] = type(
            "Meta", (), {"app_label": "beneficiaries", "db_table": "bench_rows", "managed": False}
        )
        known = _model.__dict__["made"] = type("BenchRow", (models.Model,), attributes)
    return known


def _empty_table() -> None:
    """The peers' table: the same columns as text, a primary key, two unique keys and the register's search indexes."""
    columns = ", ".join(f"c{i} text NOT NULL" for i in range(len(HEADER)))
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute("DROP TABLE IF EXISTS bench_rows")
        owner.execute(f"CREATE TABLE bench_rows (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, {columns})")
        owner.execute("CREATE UNIQUE INDEX ON bench_rows (c0)")
        for indexed in ("c5", "c7, c1", "c10, c0", "fold_vi(c1)"):
            owner.execute(f"CREATE INDEX ON bench_rows ({indexed})")
        owner.execute(f"GRANT ALL ON bench_rows TO {settings.DATABASE_APP_ROLE}")
        owner.execute(f"GRANT ALL ON SEQUENCE bench_rows_id_seq TO {settings.DATABASE_APP_ROLE}")


def _officer() -> Any:
    """A commune official; what an earlier run imported for the commune is taken out again."""
    from django.db import connection

    from administration.models import Area, Officer, Role
    from administration.scope import everywhere

    area = Area.objects.filter(level="commune", code=COMMUNE).latest("valid_from")
    values = {"role": Role.COMMUNE_OFFICIAL, "area": area, "full_name": "Cán Bộ Nhập", "is_demo": True}
    officer = Officer.objects.get_or_create(username="bench.import", defaults=values)[0]
    with everywhere(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM beneficiaries_person WHERE area_no = %s", [area.number])
        cursor.execute("UPDATE beneficiaries_stagedhousehold SET household_id = NULL WHERE area_no = %s", [area.number])
        cursor.execute("DELETE FROM beneficiaries_household WHERE area_no = %s", [area.number])
        cursor.execute("DELETE FROM beneficiaries_stagedhousehold WHERE area_no = %s", [area.number])
    return officer


CONTENDERS: dict[str, Callable[[Path], dict[str, float]]] = {
    "limit": _limit,
    "trao": _trao,
    "trao, a tenth": _trao,
    "import-export, preview and confirm": lambda path: _import_export(path, bulk=False),
    "import-export, use_bulk": lambda path: _import_export(path, bulk=True),
}


def main(name: str, path: Path) -> None:
    """One contender once; prints its seconds and its peaks as JSON."""
    import django

    django.setup()
    if name.startswith("trao"):
        _officer()
    else:
        _empty_table()
    began = time.perf_counter()
    steps = CONTENDERS[name](path)
    own, child = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps({"seconds": time.perf_counter() - began, "own_mb": own, "child_mb": child, **steps}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
