from administration.models.areas import Area, AreaClass, AreaKind, AreaSuccessor, Kind, Level
from administration.models.audit import AuditEvent
from administration.models.delegations import Delegation
from administration.models.jobs import Job, Submission
from administration.models.officers import Officer, Role

__all__ = [
    "Area",
    "AreaClass",
    "AreaKind",
    "AreaSuccessor",
    "AuditEvent",
    "Delegation",
    "Job",
    "Kind",
    "Level",
    "Officer",
    "Role",
    "Submission",
]
