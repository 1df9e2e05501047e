"""Who the programme is for: household categories and the circumstances that change a household's turn."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Category(models.TextChoices):
    """Legal categories (QĐ 24/2021/QĐ-TTg, NĐ 07/2021/NĐ-CP; policy families by NĐ 20/2021/NĐ-CP)."""

    POOR = "HN", _("Poor household")
    NEAR_POOR = "HCN", _("Near-poor household")
    SOCIAL_POLICY = "CSXH", _("Social-policy family")
    OTHER_POLICY = "CSK", _("Other policy household")
    NONE = "KTD", _("Not covered")


class Attribute(models.TextChoices):
    """What else is true of a household and may move it up (TT 14/2022/TT-BTTTT, Điều 17)."""

    MERIT = "NCC", _("Family of a person of merit")
    MERIT_ALLOWANCE = "NCC_TC", _("Person of merit with a monthly allowance")
    SOCIAL_ALLOWANCE = "BTXH", _("Member with a monthly social allowance")
    ETHNIC_MINORITY = "DTTS", _("Ethnic-minority household")
    NO_LABOUR = "KKNLD", _("Household without labour capacity")
    PUPIL = "HS", _("Has a school pupil")


class PhoneKind(models.TextChoices):
    UNKNOWN = "unknown", _("Not recorded")
    NONE = "none", _("No phone")
    BASIC = "basic", _("2G or basic phone")
    SMART = "smart", _("Smartphone")


class Gender(models.TextChoices):
    MALE = "M", _("Male")
    FEMALE = "F", _("Female")


class BirthPrecision(models.TextChoices):
    DAY = "day", _("day, month and year")
    MONTH = "month", _("month and year")
    YEAR = "year", _("year only")


class EthnicGroup(models.Model):
    """The 54 groups of the GSO list (QĐ 121-TCTK/PPCĐ), with the spellings found in lists."""

    code = models.CharField(max_length=2, primary_key=True)
    name = models.CharField(max_length=40)
    variants = ArrayField(models.CharField(max_length=60), default=list)

    class Meta:
        verbose_name = _("ethnic group")
        verbose_name_plural = _("ethnic groups")

    def __str__(self) -> str:
        return self.name
