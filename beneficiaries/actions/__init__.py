"""What can be done with households."""

from beneficiaries.actions.households import ChangedMeanwhile, add_household, change_household, delist_household
from beneficiaries.actions.identity import find_by_identity, reveal_identity
from beneficiaries.actions.taking_out import record_export

__all__ = [
    "ChangedMeanwhile",
    "add_household",
    "change_household",
    "delist_household",
    "find_by_identity",
    "record_export",
    "reveal_identity",
]
