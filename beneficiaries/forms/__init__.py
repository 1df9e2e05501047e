from beneficiaries.forms.delisting import DelistingForm
from beneficiaries.forms.entry import HouseholdEntry, Remark
from beneficiaries.forms.filters import HouseholdFilterForm, hamlets_of
from beneficiaries.forms.household import PREFIX, RELATIONS

__all__ = [
    "PREFIX",
    "RELATIONS",
    "DelistingForm",
    "HouseholdEntry",
    "HouseholdFilterForm",
    "Remark",
    "hamlets_of",
]
