"""Cash for a phone that the household bought itself: what is paid, on which evidence, to whom (TT 14/2022/TT-BTTTT)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from administration.models import Area, Officer


class Proof(models.TextChoices):
    """What shows that and when the phone was bought."""

    INVOICE = "invoice", _("Invoice")
    RECEIPT = "receipt", _("Receipt of the shop")


class PaymentMethod(models.TextChoices):
    TRANSFER = "transfer", _("Bank transfer")
    IN_HAND = "in_hand", _("Cash in hand, signed for")


class Payment(models.Model):
    """The hand-over of cash. The database compares it with what the round pays (migrations) and lets nobody change it.

    `reference`: of a transfer the number of the payment order, of cash in hand that of the signed receipt.
    """

    allocation = models.OneToOneField("allocations.Allocation", models.PROTECT, related_name="payment")
    area = models.ForeignKey(Area, models.PROTECT, db_column="area_no", related_name="+")
    amount = models.PositiveIntegerField(_("amount paid (đồng)"))
    proof = models.CharField(_("proof of purchase"), max_length=10, choices=Proof.choices)
    proof_no = models.CharField(_("number of the invoice or receipt"), max_length=40)
    bought_on = models.DateField(_("phone bought on"))
    price = models.PositiveIntegerField(_("price on the proof (đồng)"))
    phone = models.CharField(_("phone that was bought"), max_length=80, blank=True)
    method = models.CharField(_("how it is paid"), max_length=10, choices=PaymentMethod.choices)
    reference = models.CharField(_("number of the payment order or signed receipt"), max_length=40)
    is_signed_for = models.BooleanField(_("the receiver has signed the receipt"), default=False)
    receiver_name = models.CharField(_("received by"), max_length=80)
    receiver_relation = models.CharField(_("relation to the head"), max_length=40)
    receiver_identity_sealed = models.BinaryField(null=True)
    paid_on = models.DateField(_("paid on"))
    by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        indexes = [models.Index("area", "paid_on", name="payment_of_area")]
        constraints = [
            models.CheckConstraint(
                name="payment_in_hand_is_signed_for",
                condition=~Q(method="in_hand") | Q(is_signed_for=True),
                violation_error_message=_("Cash in hand is recorded when its receipt has been signed."),
            ),
            models.CheckConstraint(
                name="payment_names_its_papers",
                condition=~Q(proof_no__regex=r"^\s*$") & ~Q(reference__regex=r"^\s*$"),
                violation_error_message=_("Write the numbers of the proof of purchase and of the payment."),
            ),
            models.CheckConstraint(
                name="payment_follows_the_purchase",
                condition=Q(paid_on__gte=F("bought_on")),
                violation_error_message=_("The phone was bought after the day of the payment."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} → {self.receiver_name}"
