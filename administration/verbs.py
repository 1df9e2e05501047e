"""Everything that can be done and is recorded, in the words the timeline shows. A new action adds one line."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Verb(models.TextChoices):
    # beneficiaries
    HOUSEHOLD_ADDED = "household.added", _("Household added")
    HOUSEHOLD_CHANGED = "household.changed", _("Household changed")
    HOUSEHOLD_DELISTED = "household.delisted", _("Household removed from the register")
    HOUSEHOLD_RELISTED = "household.relisted", _("Household taken into the register again")
    HOUSEHOLDS_MERGED = "household.merged", _("Two records merged into one")
    HOUSEHOLD_MOVED = "household.moved", _("Household moved to another commune")
    HOUSEHOLD_SPLIT = "household.split", _("Household split")
    LINEAGE_UNDONE = "household.link_undone", _("Merging, move or split undone")
    MOVE_ASKED = "household.move_asked", _("Move of a household asked for")
    MOVE_REFUSED = "household.move_refused", _("Move of a household refused")
    MOVE_TAKEN_BACK = "household.move_taken_back", _("Request for a move taken back")
    PAIR_NOT_SAME = "pair.not_same", _("Two households declared different")
    PAIR_REOPENED = "pair.reopened", _("Decision on two households undone")
    IDENTITY_REVEALED = "household.identity_revealed", _("Identity number shown")
    IDENTITY_SEARCHED = "household.identity_searched", _("Searched by identity number")
    HOUSEHOLDS_EXPORTED = "household.exported", _("List of households taken out as a file")
    FILE_UPLOADED = "import.uploaded", _("Commune file uploaded")
    FILE_COLUMNS_CHOSEN = "import.columns", _("Columns of the file confirmed")
    FILE_MENDED = "import.mended", _("Row of the file mended")
    FILE_ROW_SKIPPED = "import.skipped", _("Row of the file skipped")
    FILE_APPLIED = "import.applied", _("Imported from a file")
    FILE_UNDONE = "import.undone", _("Import undone")
    FILE_STOPPED = "import.stopped", _("Work on the file stopped")
    FILE_ABANDONED = "import.abandoned", _("Import given up")
    # devices
    LOT_RECEIVED = "lot.received", _("Lot received")
    DEVICES_DISPATCHED = "devices.dispatched", _("Devices sent to the commune")
    DEVICE_FAULTY = "device.faulty", _("Device reported faulty")
    # allocations
    ROUND_OPENED = "round.opened", _("Round opened")
    ROUND_CLOSED = "round.closed", _("Round closed")
    QUOTA_SET = "quota.set", _("Quota set")
    PROGRAMME_CHANGED = "programme.changed", _("Programme settings changed")
    ROUND_CHANGED = "round.changed", _("Round settings changed")
    ROUND_ADDED = "round.added", _("Round added")
    RULES_DRAFTED = "rules.drafted", _("Next version of the rules drafted")
    RULES_WRITTEN = "rules.written", _("Draft of the rules written")
    RULES_DROPPED = "rules.dropped", _("Draft of the rules dropped")
    RULES_EFFECT_SHOWN = "rules.effect", _("Effect of the draft looked at")
    RULES_PUBLISHED = "rules.published", _("Rules published")
    CALENDAR_CHANGED = "calendar.changed", _("Holiday calendar changed")
    AREA_CLASS_CHANGED = "area_class.changed", _("Area class changed")
    LIST_BUILT = "list.built", _("Put on the commune list")
    LIST_HOUSEHOLD_WITHDRAWN = "list.withdrawn_line", _("Taken off the commune list")
    LIST_SUBMITTED = "list.submitted", _("Commune list submitted")
    LIST_WITHDRAWN = "list.withdrawn", _("Commune list withdrawn")
    LIST_EXPORTED = "list.exported", _("Commune list exported or printed")
    POSTING_STARTED = "posting.started", _("Posted in public")
    POSTING_CLOSED = "posting.closed", _("Public posting closed with a record")
    POSTING_STOPPED = "posting.stopped", _("Public posting stopped")
    APPROVED = "allocation.approved", _("Approved")
    WAITLISTED = "allocation.waiting", _("Put on the waiting list")
    RETURNED = "allocation.returned", _("Returned for completion")
    REJECTED = "allocation.rejected", _("Rejected")
    PROMOTED = "allocation.promoted", _("Approved from the waiting list: a place became free")
    APPROVAL_CONFIRMED = "allocation.confirmed", _("Approval confirmed after a change in the register")
    DECISION_REOPENED = "allocation.reopened", _("Decision opened again")
    DECISION_UNDONE = "allocation.undone", _("Decision undone")
    HANDED_OVER = "allocation.handed_over", _("Device handed over")
    HAND_OVER_UNDONE = "allocation.hand_over_undone", _("Hand-over undone")
    RECEIPTS_PRINTED = "receipt.printed", _("Receipt printed")
    DECLINED = "allocation.declined", _("Household declined")
    COMPLAINT_RECORDED = "complaint.recorded", _("Complaint recorded")
    COMPLAINT_ANSWERED = "complaint.answered", _("Complaint answered")
    REMINDED = "round.reminded", _("Reminder sent")
    # reports
    REPORT_ASKED = "report.asked", _("Report asked for")
    REPORT_BUILT = "report.built", _("Report built")
    REPORT_DOWNLOADED = "report.downloaded", _("Report downloaded")
    REPORT_CANCELLED = "report.cancelled", _("Report cancelled")
    # accounts
    OFFICER_CREATED = "officer.created", _("Account made")
    OFFICER_MOVED = "officer.moved", _("Account moved to another area or role")
    OFFICER_LOCKED = "officer.locked", _("Account was locked")
    OFFICER_UNLOCKED = "officer.unlocked", _("Account opened again")
    SECOND_FACTOR_REMOVED = "officer.second_factor_removed", _("Two-step log-in of the account removed")
    PASSWORD_RESET = "officer.password_reset", _("Password reset by the administrator")
    PASSWORD_CHANGED = "officer.password_changed", _("Password changed")


def verb_choices() -> list[tuple[str, Any]]:
    """Asked for at run time, so that a new verb needs no migration."""
    return list(Verb.choices)
