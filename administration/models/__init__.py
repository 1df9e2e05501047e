from administration.models.areas import Area, AreaKind, AreaSuccessor, Kind, Level
from administration.models.audit import AuditEvent
from administration.models.jobs import Job, Submission
from administration.models.officers import Officer, Role

__all__ = ["Area", "AreaKind", "AreaSuccessor", "AuditEvent", "Job", "Kind", "Level", "Officer", "Role", "Submission"]
