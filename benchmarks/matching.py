"""Finding doubles: what is found of known ones among 300,000 people; the time of 50,000 rows against 3 million.

Beside it, on the same people: a plain pg_trgm join on similar names, and splink (Fellegi-Sunter on DuckDB), the library
that a user would pick. splink lives in an environment of its own (requirements/bench.lock).
"""

from __future__ import annotations

import csv
import os
import subprocess
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection, transaction

from administration.models import Area, Level, Officer, Role
from administration.scope import everywhere
from benchmarks.doubles import Listed, Province, everybody, make_province
from benchmarks.doubles_register import Measured, fill_register, measure, sought_rows
from beneficiaries.names import fold
from beneficiaries.pairing import count_names, search_rows
from beneficiaries.sealing import seal

PEOPLE, MANY, NEW_PEOPLE = 300_000, 3_000_000, 50_000
SPLINK = Path(__file__).parents[1] / ".venv-bench" / "bin" / "python"
_TIMES = 9  # copies of the first register that make up the rest of the three million, all under other names and dates

_MORE_HOUSEHOLDS = """
INSERT INTO beneficiaries_household (area_no, code, hamlet, address, category, attributes, certificate_no,
       original_code, phone, phone_kind, prior_device, note, created_by_id, version, delisting_reason, member_count)
SELECT area_no, %(prefix)s || substr(code, 2), hamlet, '', 'HN', '{}', '', '', '', 'basic', '', '', created_by_id, 1,
       '', 1
  FROM beneficiaries_household WHERE code LIKE 'D%%'
"""
_MORE_PEOPLE = """
WITH numbered AS (
    SELECT p.*, h.code, row_number() OVER (ORDER BY p.id) AS no, count(*) OVER () AS all_of_them
      FROM beneficiaries_person p JOIN beneficiaries_household h ON h.id = p.household_id WHERE h.code LIKE 'D%%')
INSERT INTO beneficiaries_person (household_id, area_no, is_head, is_live, full_name, gender, birth_year, birth_date,
       birth_precision, relation, attends_school, cccd_hash, cccd_sealed)
SELECT h.id, h.area_no, n.is_head, true, other.full_name, other.gender, extract(year FROM born.day), born.day,
       CASE WHEN born.day IS NULL THEN 'year' ELSE 'day' END, '', false, sha256((%(prefix)s || n.id)::bytea),
       %(sealed)s
  FROM numbered n
  JOIN numbered other ON other.no = (n.no * 7919 + %(step)s) %% n.all_of_them + 1
  JOIN numbered third ON third.no = (n.no * 104729 + %(step)s) %% n.all_of_them + 1
  CROSS JOIN LATERAL (SELECT make_date(third.birth_year, 1, 1) + (n.no * 31 %% 365)::int AS day) AS born
  JOIN beneficiaries_household h ON h.code = %(prefix)s || substr(n.code, 2)
"""


def run() -> None:
    province, ids = _register()
    print(f"\n{_people(province.first):,} people in the register, {_people(province.second):,} in later lists,"
          f" {len(province.truth):,} doubles, {len(province.provable):,} of them provable\n")  # fmt: skip
    print(f"{'':34s} seconds  found of provable  'same' right  found of likely  needless per 100")
    seconds, found = _timed(lambda: search_rows(sought_rows(province.second)))
    _line("Trao", seconds, measure(province, found, ids))
    _peer("pg_trgm join, similarity 0.6", province, lambda: _by_trigrams(province, ids))
    if SPLINK.exists():
        _peer("splink, its usual rules", province, lambda: _by_splink(province))
    _against_many(province)


def _against_many(province: Province) -> None:
    _fill_up()
    rows = _first_people(province.second, NEW_PEOPLE)
    seconds, _ = _timed(lambda: search_rows(sought_rows(rows)))
    with everywhere():
        tracemalloc.start()
        search_rows(sought_rows(rows))
        peak = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE relname = 'beneficiaries_person'")
        (people,) = cursor.fetchone()
    print(f"\n{_people(rows):,} new people against {people:,}: {seconds:.1f} s, {peak:.0f} MB of Python at most")


def _register() -> tuple[Province, list[int]]:
    """The made-up province, its first lists in the register; made once per cluster."""
    with everywhere():
        areas = list(Area.objects.filter(level=Level.COMMUNE).order_by("number").values_list("number", flat=True))
        province = make_province(areas, people=PEOPLE)
        values = {"role": Role.PROVINCE_STAFF, "area": Area.objects.get(level=Level.PROVINCE), "full_name": "Cán Bộ"}
        officer = Officer.objects.get_or_create(username="bench.matching", defaults=values)[0]
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SELECT id FROM beneficiaries_household WHERE code LIKE 'D%' ORDER BY code")
            ids = [pk for (pk,) in cursor.fetchall()]
        if not ids:
            ids = fill_register(province.first, by=officer)
        count_names()
    _as_owner("VACUUM ANALYZE")
    return province, ids


def _fill_up() -> None:
    """To three million people: the same families under other names, dates and numbers."""
    for time_no in range(_TIMES + 3):
        with everywhere(), connection.cursor() as cursor:
            prefix = chr(ord("E") + time_no)
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SELECT EXISTS (SELECT FROM beneficiaries_household WHERE code LIKE %s)", [f"{prefix}%"])
            if cursor.fetchone()[0]:
                continue
            values = {"prefix": prefix, "sealed": seal("060170000001"), "step": 1_009 * (time_no + 1)}
            cursor.execute(_MORE_HOUSEHOLDS, values)
            cursor.execute(_MORE_PEOPLE, values)
    with everywhere():
        count_names()
    _as_owner("VACUUM ANALYZE")


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    with everywhere(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        began = time.perf_counter()
        result = work()
        return time.perf_counter() - began, result


def _line(name: str, seconds: float, measured: Measured) -> None:
    shares = asdict(measured)
    print(f"{name:34s} {seconds:7.1f}  {shares['provable_recall']:17.3f}  {shares['same_precision']:12.3f}"
          f"  {shares['likely_recall']:15.3f}  {shares['needless_per_100']:16.2f}")  # fmt: skip


def _peer(name: str, province: Province, find: Callable[[], set[tuple[int, int]]]) -> None:
    """A peer says only "a pair": that counts as found, for the provable as for the likely ones."""
    seconds, pairs = _timed(find)
    likely = province.truth - province.provable
    clean = len([pair for pair in pairs if pair not in province.truth])
    measured = Measured(
        len(province.provable & pairs) / len(province.provable),
        len(province.truth & pairs) / max(1, len(pairs)),
        len(likely & pairs) / len(likely),
        100 * clean / province.clean,
        len(pairs),
    )
    _line(name, seconds, measured)


_TRIGRAMS = """
SELECT DISTINCT s.household, p.household_id
  FROM trigram_new s JOIN trigram_old p ON p.name %% s.name AND p.birth_year = s.birth_year
"""


def _by_trigrams(province: Province, ids: Sequence[int]) -> set[tuple[int, int]]:
    """Similar names of one year of birth, by a GIN index on the names; without fences, as the plain way has none."""
    rows = [(no, fold(person.name), person.born.year) for no, _, person in everybody(province.second)]
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
        owner.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        owner.execute("SELECT set_config('app.lo', '0', false), set_config('app.hi', '2000000000', false)")
        owner.execute("SET pg_trgm.similarity_threshold = 0.6; SET work_mem = '64MB'; SET statement_timeout = 0")
        owner.execute("CREATE TEMP TABLE trigram_new (household int, name text, birth_year int)")
        with owner.cursor().copy("COPY trigram_new FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        owner.execute(
            "CREATE TEMP TABLE trigram_old AS SELECT p.household_id, search_key AS name, birth_year::int"
            "  FROM beneficiaries_person p JOIN beneficiaries_household h ON h.id = p.household_id"
            " WHERE h.code LIKE 'D%'"
        )
        owner.execute("CREATE INDEX ON trigram_old USING gin (name gin_trgm_ops); ANALYZE trigram_old, trigram_new")
        began = time.perf_counter()
        found = owner.execute(_TRIGRAMS.replace("%%", "%")).fetchall()
        print(f"   (the join alone: {time.perf_counter() - began:.1f} s)")
        owner.rollback()
    index = {pk: no for no, pk in enumerate(ids)}
    return {(later, index[pk]) for later, pk in found}


def _by_splink(province: Province) -> set[tuple[int, int]]:
    with tempfile.TemporaryDirectory() as folder:
        first, second, pairs = (str(Path(folder) / name) for name in ("first.csv", "second.csv", "pairs.csv"))
        _write_people(first, province.first)
        _write_people(second, province.second)
        script = Path(__file__).with_name("splink_peer.py")
        subprocess.run([str(SPLINK), str(script), first, second, pairs], check=True, capture_output=True)
        with open(pairs, encoding="utf-8", newline="") as file:
            return {(int(second_no), int(first_no)) for first_no, second_no in csv.reader(file)}


def _write_people(path: str, households: Sequence[Listed]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "household", "name", "given", "birth", "year", "number", "gender", "area"])
        for no, member, person in everybody(households):
            name, born = fold(person.name), person.born.isoformat() if person.precision == "day" else ""
            writer.writerow((f"{no}-{member}", no, name, name.split()[-1], born, person.born.year, person.number,
                             person.gender, households[no].area))  # fmt: skip


def _people(households: Sequence[Listed]) -> int:
    return sum(len(one.people) for one in households)


def _first_people(households: Sequence[Listed], number: int) -> list[Listed]:
    chosen, people = [], 0
    for one in households:
        if people >= number:
            break
        chosen.append(one)
        people += len(one.people)
    return chosen


def _as_owner(sql: str) -> None:
    connection.close()
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute(sql)
