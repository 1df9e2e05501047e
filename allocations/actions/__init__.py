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
from allocations.actions.payments import Evidence, pay, undo_payment
from allocations.actions.postings import close_posting, start_posting, stop_posting
from allocations.actions.programme import (
    add_round,
    change_programme,
    change_round,
    remove_calendar_day,
    set_area_class,
    set_calendar_day,
    set_source,
    set_supports,
)
from allocations.actions.quotas import QuotaChanged, set_quota, set_quotas, undo_quota_change
from allocations.actions.rechecks import confirm_approval, reopen
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
from allocations.actions.rounds import close_round, open_round
from allocations.actions.rules import draft_rules, drop_draft, publish_rules, show_effect, write_rules
from allocations.actions.selections import NothingDecided, decide_selection, select_lines
from allocations.actions.supports import choose_support, supports_for

__all__ = [
    "MAY_BE_TAKEN_OFF",
    "TO_BE_SIGNED",
    "UNDO_WITHIN",
    "Delivery",
    "Evidence",
    "NothingDecided",
    "Outcome",
    "PlanChanged",
    "QuotaChanged",
    "add_round",
    "answer_complaint",
    "approve",
    "assess_list",
    "build_list",
    "change_programme",
    "change_round",
    "choose_support",
    "close_posting",
    "close_round",
    "complained_lines",
    "confirm_approval",
    "decide_selection",
    "decline",
    "draft_rules",
    "drop_draft",
    "hand_over",
    "hand_over_many",
    "open_round",
    "pay",
    "publish_rules",
    "put_back",
    "record_complaint",
    "record_export",
    "reject",
    "remove_calendar_day",
    "reopen",
    "select_lines",
    "send_back",
    "set_area_class",
    "set_calendar_day",
    "set_quota",
    "set_quotas",
    "set_source",
    "set_supports",
    "show_effect",
    "start_posting",
    "stop_posting",
    "submit_list",
    "supports_for",
    "take_off",
    "undo_decision",
    "undo_hand_over",
    "undo_payment",
    "undo_quota_change",
    "withdraw_list",
    "write_rules",
]
