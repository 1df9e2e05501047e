"""Turns what the database refuses into the sentence an officer reads.

Every constraint carries its sentence (`violation_error_message`); a trigger that raises names its constraint, whose
sentence is looked up in `TRIGGER_REFUSALS` of the app that owns it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import DatabaseError, transaction
from django.db.models.constraints import BaseConstraint
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class NotPossible(Exception):
    """An action that cannot be done; the message says why and is fit for users."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


@contextmanager
def refusals_as_sentences() -> Iterator[None]:
    """A savepoint around writes: a refused write leaves the transaction usable and raises NotPossible."""
    try:
        with transaction.atomic():
            yield
    except DatabaseError as error:
        sentence = sentence_for(error)
        if sentence is None:
            raise
        raise NotPossible(sentence) from error


def sentence_for(error: DatabaseError) -> str | Promise | None:
    """The sentence of the violated constraint, or None when the error is no refusal."""
    cause = error.__cause__
    diagnosis = getattr(cause, "diag", None)
    state = getattr(cause, "sqlstate", None)
    if state in ("55P03", "40P01"):  # a lock that was not given back in time, the victim of a deadlock
        return _("Somebody else is working on the same rows right now. Try again in a moment.")
    if state == "42501":
        return _("This lies outside your area.")
    name = diagnosis.constraint_name if diagnosis else None
    return _sentences().get(name or "")


def _sentences() -> dict[str, str | Promise]:
    found: dict[str, str | Promise] = {}
    for config in apps.get_app_configs():
        found.update(getattr(config, "trigger_refusals", {}))
        for model in config.get_models():
            for constraint in model._meta.constraints:
                message = constraint.violation_error_message
                if message and message != BaseConstraint.default_violation_error_message:
                    found[constraint.name] = message
    return found
