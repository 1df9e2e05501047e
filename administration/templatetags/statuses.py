"""The words, icon and tint of every status and flag: one wording for tags, filters, reports and timelines."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

Text = str | Promise

# code -> (words, icon, tint). A code that means something else for another kind of thing is written "kind:code".
STATUS_LABELS: dict[str, tuple[Text, str, str]] = {
    # a household's request in one round, and the list it travels in
    "draft": (pgettext_lazy("status", "Draft"), "pencil", "draft"),
    "posted": (pgettext_lazy("status", "On public posting"), "megaphone", "posted"),
    "awaiting_signature": (pgettext_lazy("status", "Waiting for the leader's signature"), "hourglass", "waiting"),
    "submitted": (pgettext_lazy("status", "Submitted"), "arrow", "submitted"),
    "returned": (pgettext_lazy("status", "Returned for completion"), "return", "returned"),
    "waiting": (pgettext_lazy("status", "Waiting list"), "hourglass", "waiting"),
    "approved": (pgettext_lazy("status", "Approved"), "tick", "approved"),
    "rejected": (pgettext_lazy("status", "Not eligible"), "cross", "rejected"),
    "handed_over": (pgettext_lazy("status", "Device handed over"), "phone", "handed-over"),
    "withdrawn": (pgettext_lazy("status", "Withdrawn or cancelled"), "stop", "draft"),
    "decided": (pgettext_lazy("status", "All decided"), "tick", "approved"),
    # a household
    "listed": (pgettext_lazy("status", "On the list"), "tick", "plain"),
    "delisted": (pgettext_lazy("status", "Off the list"), "stop", "draft"),
    # a round
    "planned": (pgettext_lazy("status", "In preparation"), "pencil", "draft"),
    "open": (pgettext_lazy("status", "Open"), "half", "submitted"),
    "closed": (pgettext_lazy("status", "Closed"), "stop", "draft"),
    # a job in the background
    "queued": (pgettext_lazy("status", "Waiting to start"), "hourglass", "waiting"),
    "running": (pgettext_lazy("status", "Running"), "half", "submitted"),
    "done": (pgettext_lazy("status", "Done"), "tick", "approved"),
    "failed": (pgettext_lazy("status", "Failed"), "cross", "rejected"),
    "cancelled": (pgettext_lazy("status", "Cancelled"), "stop", "draft"),
    # an imported file
    "uploaded": (pgettext_lazy("status", "Uploaded"), "file", "draft"),
    "reading": (pgettext_lazy("status", "Reading the file"), "half", "submitted"),
    "mapping": (pgettext_lazy("status", "Columns to confirm"), "pencil", "returned"),
    "checking": (pgettext_lazy("status", "Checking the rows"), "half", "submitted"),
    "to_mend": (pgettext_lazy("status", "Errors to mend"), "warning", "returned"),
    "ready": (pgettext_lazy("status", "Ready to save"), "tick", "submitted"),
    "saving": (pgettext_lazy("status", "Saving"), "half", "submitted"),
    "saved": (pgettext_lazy("status", "Saved"), "tick", "approved"),
    "undone": (pgettext_lazy("status", "Undone"), "return", "draft"),
    # a row of an imported file
    "row:ok": (pgettext_lazy("row", "No error"), "tick", "approved"),
    "row:error": (pgettext_lazy("row", "Has errors"), "cross", "rejected"),
    "row:warning": (pgettext_lazy("row", "To be checked"), "warning", "returned"),
    "row:skipped": (pgettext_lazy("row", "Skipped"), "stop", "draft"),
    "row:saved": (pgettext_lazy("row", "Saved"), "tick", "approved"),
    # a device
    "in_stock": (pgettext_lazy("status", "In stock"), "dot", "draft"),
    "in_transit": (pgettext_lazy("status", "On the way"), "arrow", "submitted"),
    "reserved": (pgettext_lazy("status", "Reserved for a household"), "clock", "waiting"),
    "faulty": (pgettext_lazy("status", "Faulty"), "warning", "returned"),
    "lost": (pgettext_lazy("status", "Lost"), "cross", "rejected"),
    "recovered": (pgettext_lazy("status", "Taken back"), "return", "draft"),
    "device:returned": (pgettext_lazy("device", "Returned to stock"), "return", "draft"),
    # a task on the home page
    "task:todo": (pgettext_lazy("task", "To do"), "dot", "returned"),
    "task:doing": (pgettext_lazy("task", "In progress"), "half", "submitted"),
    "task:blocked": (pgettext_lazy("task", "Cannot start yet"), "circle", "plain"),
    "task:done": (pgettext_lazy("task", "Done"), "tick", "plain"),
    "task:late": (pgettext_lazy("task", "Overdue"), "clock", "rejected"),
}

# Flags stand beside a status and can be several at once.
FLAG_LABELS: dict[str, tuple[Text, str, str]] = {
    "suspected_duplicate": (pgettext_lazy("status", "Suspected duplicate"), "twins", "flag"),
    "missing_evidence": (pgettext_lazy("status", "Evidence missing"), "clip", "warning"),
    "overdue": (pgettext_lazy("status", "Overdue"), "clock", "flag"),
    "complaint": (pgettext_lazy("status", "Complaint open"), "bubble", "warning"),
}


def status_label(code: str, kind: str = "") -> str:
    """The words for a status code, in the language of the moment. An unknown code is a KeyError."""
    return str(look_up(code, kind)[0])


def look_up(code: str, kind: str) -> tuple[Text, str, str]:
    return STATUS_LABELS.get(f"{kind}:{code}") or STATUS_LABELS[code]
