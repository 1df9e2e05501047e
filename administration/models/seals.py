"""The seal on the audit trail: a digest of every event, and a chain over them. Only the database writes them."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class AuditDigest(models.Model):
    """What an event said when it was sealed (SHA-256, migration 0007)."""

    event_id = models.BigIntegerField(primary_key=True)
    digest = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("digest of an audit event")
        verbose_name_plural = _("digests of audit events")

    def __str__(self) -> str:
        return f"{self.event_id}: {bytes(self.digest).hex()[:12]}"


class AuditSeal(models.Model):
    """One link of the chain: all events up to this one, bound to the seal before. The newest is worth writing down."""

    last_event_id = models.BigIntegerField(unique=True)
    events = models.IntegerField()
    sealed_at = models.DateTimeField(db_default=Now())
    digest = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("seal of the audit trail")
        verbose_name_plural = _("seals of the audit trail")

    def __str__(self) -> str:
        return bytes(self.digest).hex()
