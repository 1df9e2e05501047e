from beneficiaries.forms.delisting import DelistingForm
from beneficiaries.forms.entry import HouseholdEntry, Remark
from beneficiaries.forms.filters import HouseholdFilterForm, hamlets_of
from beneficiaries.forms.household import PREFIX, RELATIONS
from beneficiaries.forms.while_typing import Told, told_while_typing

__all__ = [
    "PREFIX",
    "RELATIONS",
    "DelistingForm",
    "HouseholdEntry",
    "HouseholdFilterForm",
    "Remark",
    "Told",
    "hamlets_of",
    "told_while_typing",
]
