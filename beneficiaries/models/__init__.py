from beneficiaries.models.categories import Attribute, BirthPrecision, Category, EthnicGroup, Gender, PhoneKind
from beneficiaries.models.drafts import HouseholdDraft
from beneficiaries.models.households import Household, HouseholdNumber, Person
from beneficiaries.models.imports import ColumnChoice, ImportFile, StagedHousehold
from beneficiaries.models.lineage import HouseholdLink, MoveRequest
from beneficiaries.models.pairs import NameFrequency, SuspectedPair

__all__ = [
    "Attribute",
    "BirthPrecision",
    "Category",
    "ColumnChoice",
    "EthnicGroup",
    "Gender",
    "Household",
    "HouseholdDraft",
    "HouseholdLink",
    "HouseholdNumber",
    "ImportFile",
    "MoveRequest",
    "NameFrequency",
    "Person",
    "PhoneKind",
    "StagedHousehold",
    "SuspectedPair",
]
