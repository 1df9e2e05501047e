"""A run: officers' processes work off their operations while the nemesis kills sessions and crashes the database."""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import random
import signal
import time
import traceback
from collections.abc import Collection
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

from administration.scope import everywhere
from config.embedded import APP
from reports.invariants import INVARIANTS, breaches_of
from tests.simulation import guards
from tests.simulation.client import Client, Ledger
from tests.simulation.cluster import SimulatedServer
from tests.simulation.operations import Dice
from tests.simulation.province import Province, make_province

LOSES = 0.03  # of all answers
CRASHES = 0.06  # of the nemesis's turns; the others kill one busy session
MOST_CRASHES, MOST_KILLS = 6, 150  # on a slow machine nothing else would happen
NOT_HERE = {"I8-jobs", "I8-halves"}  # no job takes part


def run(
    server: SimulatedServer,
    seed: int,
    *,
    operations: int,
    officers: int,
    people: int,
    places: int,
    without: str = "",
    until: str = "",
    calm: bool = False,
) -> dict[str, Any]:
    """`until`: a rule; the run ends as soon as it is broken."""
    began, log_began = time.monotonic(), server.log.stat().st_size
    with guards.taken(server, without) if without else contextlib.nullcontext():
        province = make_province(places)
        events_before = _count_events()
        connection.close()
        shares = [operations // officers + (i < operations % officers) for i in range(officers)]
        children = [_fork(province, seed * 100 + i, share, people, without) for i, share in enumerate(shares)]
        harm = {"killed": 0, "crashed": 0}
        ledger, seen = Ledger(), dict[str, list[str]]()
        nemesis = random.Random(seed)
        while children:
            children = [child for child in children if not _has_ended(child, ledger)]
            if until and (seen := _broken({until})):
                _stop(children)
            if children and not calm:
                _harm(server, nemesis, harm)
            time.sleep(0.05 + nemesis.random() * 0.2)
        worked = time.monotonic() - began
        broken = seen if until else _broken() | _contradictions(ledger, events_before)
        connection.close()
    return {
        "seed": seed, "seconds": round(worked, 1), **harm, "counts": dict(ledger.counts.most_common()),
        "refusals": dict(ledger.refusals.most_common(40)), "errors": ledger.errors[:10],
        "deadlocks": server.deadlocks(log_began), "broken": broken,
    }  # fmt: skip


# --- The officers' processes ------------------------------------------------------------------------------------------
def _fork(province: Province, seed: int, operations: int, people: int, without: str) -> tuple[int, Path]:
    answers = Path(os.environ["TRAO_FILES"]) / f"ledger-{seed}"
    answers.parent.mkdir(parents=True, exist_ok=True)
    answers.unlink(missing_ok=True)
    gc.freeze()  # what both share is not looked at again
    pid = os.fork()
    if pid:
        return pid, answers
    status = 1
    gc.set_threshold(20_000, 50, 50)
    try:
        if without:
            guards.widen(without)
        answers.write_bytes(pickle.dumps(_work(province, seed, operations, people, without)))
        status = 0
    except BaseException:  # a child says why and never returns into the parent's code
        traceback.print_exc()
    finally:
        os._exit(status)


def _work(province: Province, seed: int, operations: int, people: int, without: str) -> Ledger:
    dice = random.Random(seed)
    client = Client(dice, loses=LOSES, keyless=without == "key")
    chooser = Dice(province, dice, people, often=guards.OFTEN.get(without))
    for _ in range(operations):
        client.send(*chooser.next())
    return client.ledger


def _stop(children: list[tuple[int, Path]]) -> None:
    """What was to be seen has been seen; nobody tells any more what they did."""
    for pid, _answers in children:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    children.clear()


def _has_ended(child: tuple[int, Path], ledger: Ledger) -> bool:
    pid, answers = child
    ended, status = os.waitpid(pid, os.WNOHANG)
    if not ended:
        return False
    if status:
        ledger.errors.append(f"an officer's process ended with {status}")
    else:
        ledger.add(pickle.loads(answers.read_bytes()))
        answers.unlink()
    return True


# --- The nemesis ------------------------------------------------------------------------------------------------------
def _harm(server: SimulatedServer, dice: random.Random, harm: dict[str, int]) -> None:
    if dice.random() < CRASHES and harm["crashed"] < MOST_CRASHES:
        server.crash()
        harm["crashed"] += 1
        return
    if harm["killed"] >= MOST_KILLS:
        return
    with contextlib.suppress(psycopg.OperationalError), server.superuser() as c:
        busy = "SELECT pid FROM pg_stat_activity WHERE usename = %s AND state <> 'idle' ORDER BY random() LIMIT 1"
        killed = c.execute(f"SELECT pg_terminate_backend(pid) FROM ({busy}) AS one", [APP]).fetchone()
        harm["killed"] += bool(killed)


# --- The judge --------------------------------------------------------------------------------------------------------
def _count_events() -> int:
    with everywhere(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM administration_auditevent")
        return int(cursor.fetchone()[0])


def _broken(keys: Collection[str] = ()) -> dict[str, list[str]]:
    """Rule -> how many rows break it, and the first of them. Of all rules, or of these."""
    with everywhere():
        return {
            one.key: [str(breach.count), *breach.first]
            for one in INVARIANTS
            if one.key not in NOT_HERE and (not keys or one.key in keys) and (breach := breaches_of(one))
        }


def _contradictions(ledger: Ledger, events_before: int) -> dict[str, list[str]]:
    """I7: what the clients were told against what is there."""
    with everywhere(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pk FROM unnest(%s::bigint[]) AS told (pk) WHERE NOT EXISTS"
            " (SELECT 1 FROM administration_auditevent e WHERE e.id = told.pk)", [ledger.events],
        )  # fmt: skip
        lost = [row[0] for row in cursor.fetchall()]
    extra = _count_events() - events_before - len(set(ledger.events))
    if lost or extra or len(set(ledger.events)) != len(ledger.events):
        return {"I7": [f"lost {lost[:5]}", f"more than anybody was told: {extra}"]}
    return {}
