"""Is the machine well: does the database answer, does anybody work on what is waiting."""

from django.db import connection
from django.db.models import Min
from django.utils import timezone

from administration.models import Job

STUCK_AFTER = 900  # seconds: the sweep rings every half minute, so nobody is working any more


def oldest_waiting_seconds() -> int:
    """How long the longest-waiting job has been waiting for a worker; 0 when none is. Raises DatabaseError."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    since = Job.objects.waiting().aggregate(since=Min("rung_at"))["since"]
    return int((timezone.now() - since).total_seconds()) if since else 0
