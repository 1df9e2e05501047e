"""What can be done with households."""

from beneficiaries.actions.drafts import discard_draft, keep_draft
from beneficiaries.actions.households import (
    ChangedMeanwhile,
    add_household,
    change_household,
    delist_household,
    relist_household,
)
from beneficiaries.actions.identity import find_by_identity, reveal_identity
from beneficiaries.actions.lineage import merge_households, split_household, undo_link
from beneficiaries.actions.moves import accept_move, ask_move, refuse_move, take_back_move
from beneficiaries.actions.pairs import declare_different, declare_same, reopen_pair
from beneficiaries.actions.received import (
    DecidedMeanwhile,
    confirm_received,
    declare_not_received,
    reopen_received,
)
from beneficiaries.actions.taking_out import record_export

__all__ = [
    "ChangedMeanwhile",
    "DecidedMeanwhile",
    "accept_move",
    "add_household",
    "ask_move",
    "change_household",
    "confirm_received",
    "declare_different",
    "declare_not_received",
    "declare_same",
    "delist_household",
    "discard_draft",
    "find_by_identity",
    "keep_draft",
    "merge_households",
    "record_export",
    "refuse_move",
    "relist_household",
    "reopen_pair",
    "reopen_received",
    "reveal_identity",
    "split_household",
    "take_back_move",
    "undo_link",
]
