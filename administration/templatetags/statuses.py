"""The words, icon and tint of every status and flag: one wording for tags, filters, reports and timelines.

The English words are those of the models' own choices, so both share one translation.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

Text = str | Promise

# code -> (words, icon, tint). A code that means something else for another kind of thing is written "kind:code".
STATUS_LABELS: dict[str, tuple[Text, str, str]] = {
    # a household's request in one round
    "draft": (gettext_lazy("Draft"), "pencil", "draft"),
    "posted": (gettext_lazy("Being posted"), "megaphone", "posted"),
    "submitted": (gettext_lazy("Submitted"), "arrow", "submitted"),
    "returned": (gettext_lazy("Returned for completion"), "return", "returned"),
    "waiting": (gettext_lazy("Waiting list"), "hourglass", "waiting"),
    "approved": (gettext_lazy("Approved"), "tick", "approved"),
    "rejected": (gettext_lazy("Not eligible"), "cross", "rejected"),
    "handed_over": (gettext_lazy("Handed over"), "phone", "handed-over"),
    "paid": (gettext_lazy("Cash paid out"), "tick", "handed-over"),
    "withdrawn": (gettext_lazy("Withdrawn"), "stop", "draft"),
    # the list in which a commune sends its requests
    "list:draft": (gettext_lazy("Being prepared"), "pencil", "draft"),
    "list:submitted": (gettext_lazy("Submitted"), "arrow", "submitted"),
    "list:opened": (gettext_lazy("Under review"), "half", "waiting"),
    "list:decided": (gettext_lazy("Decided"), "tick", "approved"),
    # a round
    "planned": (gettext_lazy("Planned"), "pencil", "draft"),
    "open": (gettext_lazy("Open"), "half", "submitted"),
    "closed": (gettext_lazy("Closed"), "stop", "draft"),
    # a job in the background
    "queued": (gettext_lazy("Waiting"), "hourglass", "waiting"),
    "running": (gettext_lazy("Running"), "half", "submitted"),
    "done": (gettext_lazy("Done"), "tick", "approved"),
    "failed": (gettext_lazy("Failed"), "cross", "rejected"),
    "cancelled": (gettext_lazy("Cancelled"), "stop", "draft"),
    # an imported file
    "import:uploaded": (gettext_lazy("Uploaded"), "file", "draft"),
    "import:mapped": (gettext_lazy("Columns confirmed"), "tick", "draft"),
    "import:reading": (gettext_lazy("Being read"), "half", "submitted"),
    "import:checked": (gettext_lazy("To be mended and saved"), "pencil", "returned"),
    "import:applying": (gettext_lazy("Being saved"), "half", "submitted"),
    "import:applied": (gettext_lazy("Saved"), "tick", "approved"),
    "import:undone": (gettext_lazy("Undone"), "return", "draft"),
    "import:abandoned": (gettext_lazy("Given up"), "stop", "draft"),
    "import:refused": (gettext_lazy("Could not be read"), "cross", "rejected"),
    # a row of an imported file, and what saving it does
    "row:ready": (gettext_lazy("Ready"), "tick", "submitted"),
    "row:broken": (gettext_lazy("To be mended"), "cross", "rejected"),
    "row:conflict": (gettext_lazy("Already registered elsewhere"), "twins", "returned"),
    "row:skipped": (gettext_lazy("Left out"), "stop", "draft"),
    "row:applied": (gettext_lazy("Saved"), "tick", "approved"),
    "row:new": (gettext_lazy("New"), "plus", "approved"),
    "row:changed": (gettext_lazy("Changed"), "pencil", "submitted"),
    "row:same": (gettext_lazy("Unchanged"), "circle", "plain"),
    # the list of an earlier programme
    "source:reading": (gettext_lazy("Being read"), "half", "submitted"),
    "source:read": (gettext_lazy("To be confirmed"), "pencil", "returned"),
    "source:matching": (gettext_lazy("Being compared with the register"), "half", "submitted"),
    "source:active": (gettext_lazy("In use"), "tick", "approved"),
    "source:withdrawn": (gettext_lazy("Withdrawn"), "stop", "draft"),
    "source:refused": (gettext_lazy("Could not be read"), "cross", "rejected"),
    # a device
    "device:in_stock": (gettext_lazy("In stock"), "dot", "draft"),
    "device:handed_over": (gettext_lazy("Handed over"), "phone", "handed-over"),
    "device:faulty": (gettext_lazy("Faulty"), "warning", "returned"),
    # a task on the home page
    "task:todo": (pgettext_lazy("task", "To do"), "dot", "returned"),
    "task:doing": (pgettext_lazy("task", "In progress"), "half", "submitted"),
    "task:blocked": (pgettext_lazy("task", "Cannot start yet"), "circle", "plain"),
    "task:done": (pgettext_lazy("task", "Done"), "tick", "plain"),
    "task:late": (pgettext_lazy("task", "Overdue"), "clock", "rejected"),
}

# Flags stand beside a status and can be several at once.
FLAG_LABELS: dict[str, tuple[Text, str, str]] = {
    "namesake": (gettext_lazy("Possible duplicate"), "twins", "flag"),
    "no_identity": (gettext_lazy("Identity number missing"), "warning", "warning"),
    "no_certificate": (gettext_lazy("Certificate number missing"), "clip", "warning"),
    "received": (gettext_lazy("Received from an earlier programme"), "phone", "flag"),
    "may_have_received": (gettext_lazy("May have received before"), "phone", "warning"),
    "overdue": (pgettext_lazy("flag", "Overdue"), "clock", "flag"),
    "changed": (gettext_lazy("Changed after approval"), "pencil", "warning"),
    "complaint": (pgettext_lazy("flag", "Complaint open"), "bubble", "warning"),
}


def status_label(code: str, kind: str = "") -> str:
    """The words for a status code, in the language of the moment. An unknown code is a KeyError."""
    return str(look_up(code, kind)[0])


def look_up(code: str, kind: str) -> tuple[Text, str, str]:
    return STATUS_LABELS.get(f"{kind}:{code}") or STATUS_LABELS[code]
