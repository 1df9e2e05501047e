from beneficiaries.models.categories import Attribute, BirthPrecision, Category, EthnicGroup, Gender, PhoneKind
from beneficiaries.models.drafts import HouseholdDraft
from beneficiaries.models.households import Household, HouseholdNumber, Person
from beneficiaries.models.imports import ColumnChoice, ImportFile, StagedHousehold
from beneficiaries.models.lineage import HouseholdLink, MoveRequest
from beneficiaries.models.pairs import NameFrequency, SuspectedPair
from beneficiaries.models.received import Effect, ExclusionEntry, ExclusionPerson, ExclusionSource, ReceivedHit

__all__ = [
    "Attribute",
    "BirthPrecision",
    "Category",
    "ColumnChoice",
    "Effect",
    "EthnicGroup",
    "ExclusionEntry",
    "ExclusionPerson",
    "ExclusionSource",
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
    "ReceivedHit",
    "StagedHousehold",
    "SuspectedPair",
]
