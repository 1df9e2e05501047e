"""Everything that changes rounds, lists and allocations. Lock order everywhere: list, quota, lines by id, device."""

from allocations.actions.complaints import answer_complaint, record_complaint
from allocations.actions.hand_over import Delivery, decline, hand_over, hand_over_many, undo_hand_over
from allocations.actions.lists import (
    MAY_BE_TAKEN_OFF,
    TO_BE_SIGNED,
    assess_list,
    build_list,
    put_back,
    record_export,
    submit_list,
    take_off,
    withdraw_list,
)
from allocations.actions.postings import close_posting, start_posting, stop_posting
from allocations.actions.review import (
    UNDO_WITHIN,
    Outcome,
    PlanChanged,
    approve,
    complained_lines,
    reject,
    send_back,
    undo_decision,
)
from allocations.actions.rounds import QuotaChanged, close_round, open_round, set_quota
from allocations.actions.selections import NothingDecided, decide_selection, select_lines

__all__ = [
    "MAY_BE_TAKEN_OFF",
    "TO_BE_SIGNED",
    "UNDO_WITHIN",
    "Delivery",
    "NothingDecided",
    "Outcome",
    "PlanChanged",
    "QuotaChanged",
    "answer_complaint",
    "approve",
    "assess_list",
    "build_list",
    "close_posting",
    "close_round",
    "complained_lines",
    "decide_selection",
    "decline",
    "hand_over",
    "hand_over_many",
    "open_round",
    "put_back",
    "record_complaint",
    "record_export",
    "reject",
    "select_lines",
    "send_back",
    "set_quota",
    "start_posting",
    "stop_posting",
    "submit_list",
    "take_off",
    "undo_decision",
    "undo_hand_over",
    "withdraw_list",
]
