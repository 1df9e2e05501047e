"""Keeps what the lists of earlier programmes say about households. What people decided is never asked again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import F, Q

from beneficiaries.models import ExclusionSource, ReceivedHit
from beneficiaries.received_search import Hit
from beneficiaries.sealing import fingerprint

State, Certainty = ReceivedHit.State, ReceivedHit.Certainty
_FOUND = ["certainty", "score", "evidence", "person_id", "member_no", "key_entry", "key_person"]
_BATCH = 2_000


def keep_hits_of_source(source: ExclusionSource, found: Iterable[Hit]) -> int:
    """Makes the open hits of a source those of this search. Returns how many there are in force."""
    ReceivedHit.objects.filter(source=source, is_live=False).update(is_live=True)
    _keep(ReceivedHit.objects.filter(source=source), list(found))
    return ReceivedHit.objects.filter(source=source).in_force().count()


def keep_hits_of_households(household_ids: Collection[int], found: Sequence[Hit]) -> None:
    """Makes the open hits of these households those of this search."""
    mine = ReceivedHit.objects.filter(household__in=list(household_ids))
    # Who was decided on lives elsewhere by now (merged, split, moved): the decision waits for whoever finds them.
    mine.exclude(state=State.OPEN).exclude(person__household=F("household")).filter(person__isnull=False).update(
        household=None
    )
    _keep(mine, found)


def _keep(present: Any, found: Sequence[Hit]) -> None:
    known = {(hit.household_id, hit.entry_id): hit for hit in present.defer("reason")}
    wanted = {(hit.household_id, hit.entry_id): hit for hit in found}
    gone = [hit.pk for key, hit in known.items() if hit.state == State.OPEN and key not in wanted]
    ReceivedHit.objects.filter(pk__in=gone).delete()
    changed = [
        hit for key, hit in known.items() if hit.state == State.OPEN and key in wanted and _put(hit, wanted[key])
    ]
    ReceivedHit.objects.bulk_update(changed, [*_names(), "version"], batch_size=_BATCH)
    new = [hit for key, hit in wanted.items() if key not in known]
    ReceivedHit.objects.bulk_create(_not_asked_again(new), batch_size=_BATCH)


def _names() -> list[str]:
    return [name.removesuffix("_id") for name in _FOUND]


def _values(hit: Hit) -> dict[str, Any]:
    certainty = Certainty.SAME if hit.is_proved else Certainty.LIKELY
    return {
        "certainty": certainty.value, "score": hit.score, "evidence": hit.evidence, "person_id": hit.person_id,
        "member_no": hit.member_no, "key_entry": hit.key_entry, "key_person": hit.key_person,
    }  # fmt: skip


def _put(stored: ReceivedHit, hit: Hit) -> bool:
    """Whether the search says something else than what is stored."""
    values = _values(hit)
    before = {name: getattr(stored, name) for name in _FOUND}
    if {**before, "key_entry": bytes(before["key_entry"]), "key_person": bytes(before["key_person"])} == values:
        return False
    for name, value in values.items():
        setattr(stored, name, value)
    stored.version += 1
    return True


def _not_asked_again(new: Sequence[Hit]) -> Iterator[ReceivedHit]:
    """Rows to be made. A decision on the same two people counts, under whatever row, household or list."""
    decided = _decided(new)
    for hit in new:
        earlier = decided.get((hit.key_entry, hit.key_person))
        if earlier is None:
            yield _row(hit)
        elif earlier.source_id == hit.source_id and _is_free(earlier):
            ReceivedHit.objects.filter(pk=earlier.pk).update(
                household=hit.household_id, area=hit.area_no, person=hit.person_id, entry=hit.entry_id, is_live=True
            )
            earlier.household_id = hit.household_id
        elif earlier.state == State.RECEIVED:
            yield _row(
                hit, state=earlier.state, decided_by_id=earlier.decided_by_id, decided_at=earlier.decided_at,
                reason=earlier.reason,
            )  # fmt: skip


def _is_free(earlier: ReceivedHit) -> bool:
    """Its household has left: taken back with a file, merged or moved."""
    return earlier.household_id is None or (earlier.household is not None and earlier.household.delisted_on is not None)


def _row(hit: Hit, **decision: Any) -> ReceivedHit:
    return ReceivedHit(
        area_id=hit.area_no, household_id=hit.household_id, source_id=hit.source_id, entry_id=hit.entry_id,
        **_values(hit), **decision,
    )  # fmt: skip


def _decided(new: Sequence[Hit]) -> dict[tuple[bytes, bytes], ReceivedHit]:
    if not new:
        return {}
    either = Q(key_entry__in={hit.key_entry for hit in new}, key_person__in={hit.key_person for hit in new})
    rows = ReceivedHit.objects.filter(either).exclude(state=State.OPEN).select_related("household")
    return {(bytes(row.key_entry), bytes(row.key_person)): row for row in rows.order_by("decided_at")}


def sources_of_numbers(numbers: Iterable[str]) -> dict[str, list[ExclusionSource]]:
    """Number -> the lists in use on which somebody has it. One query while there is no list."""
    by_hash = {fingerprint(number): number for number in numbers if number}
    found = sources_of_hashes([one for one in by_hash if one])
    return {by_hash[one]: sources for one, sources in found.items()}


def sources_of_hashes(hashes: Collection[bytes]) -> dict[bytes, list[ExclusionSource]]:
    if not hashes or not any_source_in_use():
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM received_numbers(%s::bytea[])", [list(hashes)])
        pairs = [(bytes(identity), source_id) for identity, source_id in cursor.fetchall()]
    sources = ExclusionSource.objects.in_bulk({source_id for _identity, source_id in pairs}) if pairs else {}
    found: dict[bytes, list[ExclusionSource]] = {}
    for identity, source_id in sorted(pairs):
        found.setdefault(identity, []).append(sources[source_id])
    return found


def any_source_in_use() -> bool:
    return ExclusionSource.objects.active().exists()


def retire_hits(source: ExclusionSource) -> None:
    """A source that is withdrawn says nothing any more; what people decided about it is kept."""
    hits = ReceivedHit.objects.filter(source=source)
    hits.open().delete()
    hits.update(is_live=False)
