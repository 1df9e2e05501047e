"""The worker's entry. Celery only rings; the jobs themselves are rows (administration.jobs)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("trao")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
