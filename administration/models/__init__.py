from administration.models.areas import Area, AreaClass, AreaKind, AreaSuccessor, Kind, Level
from administration.models.audit import AuditEvent
from administration.models.delegations import Delegation
from administration.models.jobs import Job, Submission
from administration.models.officers import Officer, Role
from administration.models.seals import AuditDigest, AuditSeal

__all__ = [
    "Area",
    "AreaClass",
    "AreaKind",
    "AreaSuccessor",
    "AuditDigest",
    "AuditEvent",
    "AuditSeal",
    "Delegation",
    "Job",
    "Kind",
    "Level",
    "Officer",
    "Role",
    "Submission",
]
