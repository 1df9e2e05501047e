"""The doorbell: Celery tasks that carry a job's id, and the sweep that makes a lost message harmless."""

import logging

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from administration import jobs
from administration.models import Job

log = logging.getLogger(__name__)


@shared_task(name="administration.tasks.run_job")
def run_job(job_id: str) -> None:
    """May be delivered twice or late: the claim lets one worker in, once."""
    jobs.run(job_id)


@shared_task(name="administration.tasks.sweep_jobs")
def sweep_jobs() -> None:
    for job_id in jobs.sweep():
        run_job.delay(str(job_id))


def ring(job: Job) -> None:
    """Called by doorways: after the commit, tell a worker. When the broker is down the sweep finds the row later."""
    transaction.on_commit(lambda: _ring_now(str(job.pk)), robust=True)


def _ring_now(job_id: str) -> None:
    try:
        run_job.delay(job_id)
    except (OperationalError, OSError) as error:
        log.warning("the broker does not answer, job %s waits for the sweep: %s", job_id, error)
