from allocations.models.allocations import (
    DECIDED,
    IN_QUOTA,
    LIVE,
    MOVES,
    Allocation,
    Claim,
    CommuneList,
    Complaint,
    Flag,
    HandOver,
    Reason,
    Status,
)
from allocations.models.rounds import FundingSource, PriorityRule, Programme, Quota, Round
from allocations.models.selections import Selection

__all__ = [
    "DECIDED",
    "IN_QUOTA",
    "LIVE",
    "MOVES",
    "Allocation",
    "Claim",
    "CommuneList",
    "Complaint",
    "Flag",
    "FundingSource",
    "HandOver",
    "PriorityRule",
    "Programme",
    "Quota",
    "Reason",
    "Round",
    "Selection",
    "Status",
]
