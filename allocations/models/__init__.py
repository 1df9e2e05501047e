from allocations.models.allocations import (
    DECIDED,
    IN_QUOTA,
    LIVE,
    MOVES,
    Allocation,
    Claim,
    Complaint,
    Flag,
    HandOver,
    Reason,
    Status,
)
from allocations.models.calendar import CalendarDay
from allocations.models.lists import CommuneList
from allocations.models.looks import Look
from allocations.models.payments import Payment, PaymentMethod, Proof
from allocations.models.postings import Posting
from allocations.models.quotas import Quota, QuotaChange
from allocations.models.rounds import (
    Demand,
    FundingSource,
    PostedColumn,
    Profile,
    Programme,
    Round,
    RoundEffect,
    RoundSupport,
    SourceCode,
    SupportForm,
)
from allocations.models.rules import Condition, ConditionKind, PriorityRule, RuleVersion, Tie
from allocations.models.selections import Selection

__all__ = [
    "DECIDED",
    "IN_QUOTA",
    "LIVE",
    "MOVES",
    "Allocation",
    "CalendarDay",
    "Claim",
    "CommuneList",
    "Complaint",
    "Condition",
    "ConditionKind",
    "Demand",
    "Flag",
    "FundingSource",
    "HandOver",
    "Look",
    "Payment",
    "PaymentMethod",
    "PostedColumn",
    "Posting",
    "PriorityRule",
    "Profile",
    "Programme",
    "Proof",
    "Quota",
    "QuotaChange",
    "Reason",
    "Round",
    "RoundEffect",
    "RoundSupport",
    "RuleVersion",
    "Selection",
    "SourceCode",
    "Status",
    "SupportForm",
    "Tie",
]
