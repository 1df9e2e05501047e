from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AllocationsConfig(AppConfig):
    name = "allocations"
    verbose_name = _("Allocations")
    trigger_refusals = {
        "quota_stays_within_the_parent": _("Together the units below would get more than their superior unit has."),
        "quota_covers_the_units_below": _("The units below have already been given more than that."),
        "unit_has_a_quota": _("This unit has no quota in this round yet. Ask the province to set it."),
        "published_rules_stay": _("These rules are published and stay as they are. Draft the next version."),
        "decision_keeps_its_rules": _("This household has been decided on; its grounds stay as they were."),
        "line_gets_what_its_round_gives": _("This round does not give that."),
        "quota_is_for_what_its_round_gives": _("This round does not give that."),
        "source_pays_for_the_category": _("The source of this support does not pay for the household's category."),
        "paid_line_has_its_payment": _("Cash is paid over a payment that says the same amount."),
        "payment_is_what_the_round_pays": _("This is not the amount that the round pays."),
        "phone_was_bought_since_the_day": _("The phone was bought before the day since which this round pays."),
        "payment_follows_the_approval": _("The household was approved after the day of the payment."),
        "device_is_of_the_promised_kind": _("This device is not of the kind that was promised to the household."),
        "device_is_good_enough_for_the_round": _("This device can do less than the round demands."),
        "household_received_before": _(
            "This household has received from an earlier programme. It can be approved only after somebody has "
            "found that this was another person."
        ),
        "line_moves_as_allowed": _("This household has moved on meanwhile. Look at it again."),
        "tier_may_decide": _("This tier of the administration does not decide on the lists of this programme."),
        "line_was_posted": _("This round demands that households are posted in public before they are submitted."),
        "posting_was_closed": _("The public posting is not closed yet. Write the record of its end first."),
        "list_is_in_time": _("The deadline has passed and this round takes no late lists."),
        "complaint_is_answered_first": _("A complaint about this household has not been answered yet."),
        "posting_hangs_as_it_is": _("What has been posted in public stays as it is."),
        "posting_lasts_until_its_end": _("The working days of the public posting are not over yet."),
        "household_under_way_stays": _(
            "This household is on a list that is being decided on, or a device is promised to it. "
            "Settle that first: the line has to be rejected, given its device or declined."
        ),
        "listed_household_is_taken_off_first": _("This household is on the commune's draft list. Take it off first."),
        "line_is_of_a_registered_household": _("A household of this list is no longer in the register."),
        "members_stay_until_the_decision": _(
            "This household is on a list that is being decided on. Its members can change household after the decision."
        ),
        "line_is_where_the_household_is": _("This household belongs to another commune."),
    }
