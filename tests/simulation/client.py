"""An officer's browser: sends one form with one key until it has an answer, and writes down what it was told."""

from __future__ import annotations

import datetime
import random
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError, connection
from django.db.models.signals import post_save

from administration.models import AuditEvent, Officer
from administration.refusals import NotPossible
from administration.scope import scope_of

PATIENCE = 60.0
Work = Callable[[datetime.datetime], Any]


class AnswerLost(Exception):
    """The commit happened, the answer did not arrive."""


@dataclass
class Ledger:
    """What the clients know: the ids of the events of every acknowledged operation; how often what happened."""

    events: list[int] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)

    def add(self, other: Ledger) -> None:
        self.events += other.events
        self.counts += other.counts
        self.refusals += other.refusals
        self.errors += other.errors


class Client:
    """One connection. `keyless` is the control: a form that is sent again is carried out again."""

    def __init__(self, dice: random.Random, *, loses: float, keyless: bool = False) -> None:
        self.dice, self.loses, self.keyless = dice, loses, keyless
        self.ledger = Ledger()
        self._written: list[int] = []
        post_save.connect(self._note_event, sender=AuditEvent, weak=False)

    def _note_event(self, instance: AuditEvent, **_: Any) -> None:
        self._written.append(instance.pk)

    def send(self, name: str, work: Work, by: Officer) -> None:
        """Until the answer is there: done, refused in words, or an error that nobody may ever see."""
        key, give_up = uuid.UUID(int=self.dice.getrandbits(128)), time.monotonic() + PATIENCE
        while True:
            try:
                self._settle(name, self._request(key, work, by))
                return
            except AnswerLost:
                self.ledger.counts["answers lost"] += 1
            except (OperationalError, InterfaceError, psycopg.OperationalError) as error:
                if waited := {"40P01": "deadlocks", "55P03": "waited too long"}.get(_state_of(error)):
                    self.ledger.counts[waited] += 1
                self.ledger.counts["sessions lost"] += 1
                connection.close()
                if time.monotonic() > give_up:
                    raise
                time.sleep(0.03)
            except Exception as error:  # everything else is an error page
                self.ledger.errors.append(f"{name}: {type(error).__name__}: {str(error)[:300]}")
                connection.close()
                return

    def _settle(self, name: str, answer: list[int] | str) -> None:
        self.ledger.counts["operations"] += 1
        if isinstance(answer, str):
            self.ledger.refusals[f"{name}: {answer[:60]}"] += 1
            self.ledger.counts["refused"] += 1
        else:
            self.ledger.events += answer
            self.ledger.counts[name] += 1

    def _request(self, key: uuid.UUID, work: Work, by: Officer) -> list[int] | str:
        """One request as the product makes it: one transaction, the key first, the sentence when it is refused."""
        self._written = []
        with scope_of(by):
            before = _answer_before(key, by)
            if before is not None and not self.keyless:
                self.ledger.counts["found again by the key"] += 1
                return [int(pk) for pk in before.split()]
            answer = self._work(work)
            _keep_answer(key, None if isinstance(answer, str) else " ".join(map(str, answer)))
        if self.dice.random() < self.loses:
            raise AnswerLost
        return answer

    def _work(self, work: Work) -> list[int] | str:
        try:
            work(datetime.datetime.now(datetime.UTC))
        except NotPossible as refusal:
            return str(refusal)
        return list(self._written)


def _answer_before(key: uuid.UUID, by: Officer) -> str | None:
    """The answer that was given to this key, or None when it is new: administration.once in two statements."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO administration_submission (key, officer_id, location) VALUES (%s, %s, '')"
            " ON CONFLICT DO NOTHING RETURNING key", [key, by.pk],
        )  # fmt: skip
        if cursor.fetchone():
            return None
        cursor.execute("SELECT location FROM administration_submission WHERE key = %s", [key])
        return str(cursor.fetchone()[0])


def _keep_answer(key: uuid.UUID, answer: str | None) -> None:
    """A refusal changed nothing and frees the key."""
    with connection.cursor() as cursor:
        if answer is None:
            cursor.execute("DELETE FROM administration_submission WHERE key = %s", [key])
        else:
            cursor.execute("UPDATE administration_submission SET location = %s WHERE key = %s", [answer, key])


def _state_of(error: Exception) -> str:
    return getattr(error, "sqlstate", None) or getattr(error.__cause__, "sqlstate", None) or ""
