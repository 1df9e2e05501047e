"""Cash for a phone that was bought: paid to a household once, on evidence, and counted like a hand-over."""

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("administration", "0007_audit_seals"),
        ("allocations", "0024_released_persons_are_claimed_again"),
        ("beneficiaries", "0012_pairs_never_wait"),
        ("devices", "0003_specification"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", models.PositiveIntegerField(verbose_name="amount paid (đồng)")),
                (
                    "proof",
                    models.CharField(
                        choices=[("invoice", "Invoice"), ("receipt", "Receipt of the shop")],
                        max_length=10,
                        verbose_name="proof of purchase",
                    ),
                ),
                ("proof_no", models.CharField(max_length=40, verbose_name="number of the invoice or receipt")),
                ("bought_on", models.DateField(verbose_name="phone bought on")),
                ("price", models.PositiveIntegerField(verbose_name="price on the proof (đồng)")),
                ("phone", models.CharField(blank=True, max_length=80, verbose_name="phone that was bought")),
                (
                    "method",
                    models.CharField(
                        choices=[("transfer", "Bank transfer"), ("in_hand", "Cash in hand, signed for")],
                        max_length=10,
                        verbose_name="how it is paid",
                    ),
                ),
                (
                    "reference",
                    models.CharField(max_length=40, verbose_name="number of the payment order or signed receipt"),
                ),
                (
                    "is_signed_for",
                    models.BooleanField(default=False, verbose_name="the receiver has signed the receipt"),
                ),
                ("receiver_name", models.CharField(max_length=80, verbose_name="received by")),
                ("receiver_relation", models.CharField(max_length=40, verbose_name="relation to the head")),
                ("receiver_identity_sealed", models.BinaryField(null=True)),
                ("paid_on", models.DateField(verbose_name="paid on")),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "verbose_name": "payment",
                "verbose_name_plural": "payments",
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="allocation",
            name="changed_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="allocation",
            name="removed_delete",
        ),
        migrations.RemoveConstraint(
            model_name="allocation",
            name="handed_over_means_a_device",
        ),
        migrations.AddField(
            model_name="allocation",
            name="paid_amount",
            field=models.PositiveIntegerField(null=True, verbose_name="paid (đồng)"),
        ),
        migrations.AddField(
            model_name="allocationversion",
            name="paid_amount",
            field=models.PositiveIntegerField(null=True, verbose_name="paid (đồng)"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="allocation",
            trigger=pgtrigger.compiler.Trigger(
                name="changed_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "allocations_allocationversion" ("area_no", "category", "commune_list_id", "counts_for_id", "decided_at", "decided_by_id", "decided_for_id", "device_id", "flags", "form", "household_id", "id", "listed_at", "listed_by_id", "paid_amount", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "posting_id", "priority_group", "rank", "reason", "reason_note", "recheck", "round_id", "rule_version_id", "signed_by_id", "source_id", "status", "version") SELECT old_values."area_no", old_values."category", old_values."commune_list_id", old_values."counts_for_id", old_values."decided_at", old_values."decided_by_id", old_values."decided_for_id", old_values."device_id", old_values."flags", old_values."form", old_values."household_id", old_values."id", old_values."listed_at", old_values."listed_by_id", old_values."paid_amount", _pgh_attached_context.value, NOW(), \'changed\', old_values."id", old_values."posting_id", old_values."priority_group", old_values."rank", old_values."reason", old_values."reason_note", old_values."recheck", old_values."round_id", old_values."rule_version_id", old_values."signed_by_id", old_values."source_id", old_values."status", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="ff921d0032e1c07cfd99b0fd286dee74d2c7754c",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_changed_update_3a178",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="allocations_allocation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="allocation",
            trigger=pgtrigger.compiler.Trigger(
                name="removed_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "allocations_allocationversion" ("area_no", "category", "commune_list_id", "counts_for_id", "decided_at", "decided_by_id", "decided_for_id", "device_id", "flags", "form", "household_id", "id", "listed_at", "listed_by_id", "paid_amount", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "posting_id", "priority_group", "rank", "reason", "reason_note", "recheck", "round_id", "rule_version_id", "signed_by_id", "source_id", "status", "version") SELECT old_values."area_no", old_values."category", old_values."commune_list_id", old_values."counts_for_id", old_values."decided_at", old_values."decided_by_id", old_values."decided_for_id", old_values."device_id", old_values."flags", old_values."form", old_values."household_id", old_values."id", old_values."listed_at", old_values."listed_by_id", old_values."paid_amount", _pgh_attached_context.value, NOW(), \'removed\', old_values."id", old_values."posting_id", old_values."priority_group", old_values."rank", old_values."reason", old_values."reason_note", old_values."recheck", old_values."round_id", old_values."rule_version_id", old_values."signed_by_id", old_values."source_id", old_values."status", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="83c139cf458d89e8efeb4f071658c6ec3c32511c",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_removed_delete_209b4",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="allocations_allocation",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("device__isnull", False),
                        ("paid_amount__isnull", True),
                        ("status", "handed_over"),
                        models.Q(("form", "TIEN"), _negated=True),
                    ),
                    models.Q(
                        ("device__isnull", True),
                        ("form", "TIEN"),
                        ("paid_amount__isnull", False),
                        ("status", "handed_over"),
                    ),
                    models.Q(
                        models.Q(("status", "handed_over"), _negated=True),
                        ("device__isnull", True),
                        ("paid_amount__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="handed_over_means_a_device_or_a_payment",
                violation_error_message="A hand-over names the device; cash names its payment.",
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="allocation",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="payment", to="allocations.allocation"
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="area",
            field=models.ForeignKey(
                db_column="area_no",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="administration.area",
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(models.F("area"), models.F("paid_on"), name="payment_of_area"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("method", "in_hand"), _negated=True), ("is_signed_for", True), _connector="OR"
                ),
                name="payment_in_hand_is_signed_for",
                violation_error_message="Cash in hand is recorded when its receipt has been signed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("proof_no__regex", "^\\s*$"), _negated=True),
                    models.Q(("reference__regex", "^\\s*$"), _negated=True),
                ),
                name="payment_names_its_papers",
                violation_error_message="Write the numbers of the proof of purchase and of the payment.",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("paid_on__gte", models.F("bought_on"))),
                name="payment_follows_the_purchase",
                violation_error_message="The phone was bought after the day of the payment.",
            ),
        ),
    ]
