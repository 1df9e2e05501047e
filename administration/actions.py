"""What is done with officers' accounts. Officers are never deleted: what they did stays theirs."""

from __future__ import annotations

import datetime
import secrets
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from administration.models import Area, AuditEvent, Officer, Role
from administration.refusals import NotPossible, refusals_as_sentences
from administration.scope import within
from administration.verbs import Verb

# Read out over the telephone: no letter or digit that sounds or looks like another one, no Vietnamese typing keys.
_SYLLABLES = tuple(
    "babibobucacocugagoguhahohulalolumamimomunaninonutatitotuvavivovu"[i : i + 2] for i in range(0, 64, 2)
)


@transaction.atomic
def create_officer(
    username: str,
    full_name: str,
    role: str,
    area: Area | None,
    *,
    by: Officer,
    phone: str = "",
    at: datetime.datetime | None = None,
) -> tuple[Officer, str]:
    """The new officer and the first password, which is to be replaced at the first log-in."""
    _refuse_foreign_area(area, by=by)
    password = spoken_password()
    officer = Officer(
        username=username, full_name=full_name, phone=phone, role=role, area=area, must_change_password=True
    )
    officer.is_staff = role == Role.ADMINISTRATOR
    officer.set_password(password)
    with refusals_as_sentences():
        officer.save(force_insert=True)
    _record(Verb.OFFICER_CREATED, officer, by=by, at=at, role=role, place=str(area or ""))
    return officer, password


@transaction.atomic
def move_officer(
    officer_id: int, *, role: str, area: Area | None, by: Officer, at: datetime.datetime | None = None
) -> Officer:
    """Another role or another area, from the next request on. The history stays where it happened."""
    officer = _lock(officer_id, by=by)
    _refuse_foreign_area(area, by=by)
    if officer.pk == by.pk:
        raise NotPossible(_("Nobody changes their own role or area."))
    before = {"role": officer.role, "area": str(officer.area or "")}
    after = {"role": role, "area": str(area or "")}
    if before == after and officer.area == area:
        return officer
    officer.role, officer.area, officer.is_staff = role, area, role == Role.ADMINISTRATOR
    with refusals_as_sentences():
        officer.save(update_fields=["role", "area", "is_staff"])
    changes = [{"field": n, "old": before[n], "new": after[n]} for n in before if before[n] != after[n]]
    _record(Verb.OFFICER_MOVED, officer, by=by, at=at, changes=changes)
    return officer


@transaction.atomic
def lock_officer(officer_id: int, *, locked: bool, by: Officer, at: datetime.datetime | None = None) -> Officer:
    """A locked account cannot enter any more, also where it is signed in now."""
    officer = _lock(officer_id, by=by)
    if officer.pk == by.pk:
        raise NotPossible(_("Nobody locks their own account."))
    officer.is_active = not locked
    officer.save(update_fields=["is_active"])
    _record(Verb.OFFICER_LOCKED if locked else Verb.OFFICER_UNLOCKED, officer, by=by, at=at)
    return officer


@transaction.atomic
def reset_password(officer_id: int, *, by: Officer, at: datetime.datetime | None = None) -> str:
    """A new password to be read out once; the officer replaces it at the next log-in. Sessions end at once."""
    officer = _lock(officer_id, by=by)
    password = spoken_password()
    officer.set_password(password)
    officer.must_change_password = True
    officer.save(update_fields=["password", "must_change_password"])
    _record(Verb.PASSWORD_RESET, officer, by=by, at=at)
    return password


@transaction.atomic
def remove_second_factor(officer_id: int, *, by: Officer, at: datetime.datetime | None = None) -> Officer:
    """For an officer who lost telephone and recovery codes. A new password alone does not do this (ASVS 6.4.3)."""
    officer = _lock(officer_id, by=by)
    removed, _kinds = Authenticator.objects.filter(user=officer).delete()
    if not removed:
        raise NotPossible(_("This account has no two-step log-in."))
    _record(Verb.SECOND_FACTOR_REMOVED, officer, by=by, at=at)
    return officer


@transaction.atomic
def change_own_password(officer_id: int, password: str, *, at: datetime.datetime | None = None) -> Officer:
    """The officer has chosen a password of their own."""
    officer = Officer.objects.select_for_update(of=["self"]).select_related("area").get(pk=officer_id)
    officer.set_password(password)
    officer.must_change_password = False
    officer.save(update_fields=["password", "must_change_password"])
    _record(Verb.PASSWORD_CHANGED, officer, by=officer, at=at)
    return officer


def spoken_password() -> str:
    """Five groups of three syllables: 75 random bits, easy to read out and to type."""
    groups = ("".join(secrets.choice(_SYLLABLES) for _syllable in range(3)) for _group in range(5))
    return "-".join(groups)


def _lock(officer_id: int, *, by: Officer) -> Officer:
    officer = Officer.objects.select_for_update(of=["self"]).select_related("area").get(pk=officer_id)
    _refuse_foreign_area(officer.area, by=by)
    return officer


def _refuse_foreign_area(area: Area | None, *, by: Officer) -> None:
    """An administrator without an area looks after all accounts, one with an area after those inside it."""
    if by.area is not None and (area is None or not by.area.contains(area.number)):
        raise NotPossible(_("This lies outside your area."))


def _record(verb: Verb, officer: Officer, *, by: Officer, at: datetime.datetime | None, **details: Any) -> None:
    """The event lies where the officer works. An administrator without an area sees nothing, so its unit is opened."""
    area = officer.area or by.area
    number = area.number if area else 0
    with within(number, number):
        AuditEvent.record(verb, officer, by=by, area=number, at=at, officer=str(officer), **details)


@transaction.atomic
def record_export(what: str, *, count: int, kind: str, by: Officer, at: datetime.datetime | None = None) -> None:
    """Writes down who took which list out as a file, how many lines, in which format."""
    area = by.area.number if by.area else 0
    with within(area, by.area.last if by.area else 0):
        AuditEvent.record(Verb.TABLE_EXPORTED, by, by=by, area=area, at=at, list=what, count=count, format=kind)
