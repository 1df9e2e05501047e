from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BeneficiariesConfig(AppConfig):
    name = "beneficiaries"
    verbose_name = _("Households")
    trigger_refusals = {"person_is_where_the_household_is": _("A member belongs to the commune of the household.")}
