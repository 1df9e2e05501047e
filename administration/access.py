"""What each role may do. *Where* is the officer's area (`visible_to`); this module only says *what*."""

from __future__ import annotations

import enum
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext_lazy as _
from django_htmx.middleware import HtmxDetails

from administration.actions import change_own_password
from administration.models import Officer, Role


class Permission(enum.StrEnum):
    TASKS_VIEW = "tasks.view"
    HOUSEHOLDS_VIEW = "households.view"
    HOUSEHOLDS_EDIT = "households.edit"
    IDENTITY_REVEAL = "identity.reveal"
    LISTS_IMPORT = "lists.import"
    SOURCES_MANAGE = "sources.manage"
    LISTS_VIEW = "lists.view"
    LISTS_PREPARE = "lists.prepare"
    LISTS_SIGN = "lists.sign"
    ALLOCATIONS_VIEW = "allocations.view"
    ALLOCATIONS_DECIDE = "allocations.decide"
    PROGRAMME_VIEW = "programme.view"
    PROGRAMME_EDIT = "programme.edit"
    RULES_PUBLISH = "rules.publish"
    QUOTA_VIEW = "quota.view"
    QUOTA_SET = "quota.set"
    STOCK_VIEW = "stock.view"
    STOCK_MANAGE = "stock.manage"
    DEVICES_HAND_OVER = "devices.hand_over"
    DASHBOARD_VIEW = "dashboard.view"
    COMMUNES_REMIND = "communes.remind"
    REPORTS_BUILD = "reports.build"
    AUDIT_VIEW = "audit.view"
    DATA_CHECKS_VIEW = "data_checks.view"
    ACCOUNTS_MANAGE = "accounts.manage"


P = Permission
EVERY_OFFICER = {P.TASKS_VIEW}
READS = EVERY_OFFICER | {
    P.HOUSEHOLDS_VIEW, P.LISTS_VIEW, P.ALLOCATIONS_VIEW, P.QUOTA_VIEW, P.STOCK_VIEW, P.DASHBOARD_VIEW,
    P.PROGRAMME_VIEW,
}  # fmt: skip
ROLES: dict[str, set[Permission]] = {
    Role.COMMUNE_OFFICIAL: READS
    | {P.HOUSEHOLDS_EDIT, P.IDENTITY_REVEAL, P.LISTS_IMPORT, P.LISTS_PREPARE, P.DEVICES_HAND_OVER, P.REPORTS_BUILD},
    Role.COMMUNE_LEADER: READS | {P.LISTS_SIGN, P.REPORTS_BUILD},
    Role.REVIEWER: READS | {P.ALLOCATIONS_DECIDE, P.IDENTITY_REVEAL, P.COMMUNES_REMIND, P.REPORTS_BUILD, P.AUDIT_VIEW},
    Role.PROVINCE_STAFF: READS
    | {
        P.QUOTA_SET,
        P.SOURCES_MANAGE,
        P.PROGRAMME_EDIT,
        P.RULES_PUBLISH,
        P.STOCK_MANAGE,
        P.COMMUNES_REMIND,
        P.REPORTS_BUILD,
        P.AUDIT_VIEW,
        P.DATA_CHECKS_VIEW,
    },
    Role.ADMINISTRATOR: EVERY_OFFICER
    | {P.ACCOUNTS_MANAGE, P.PROGRAMME_VIEW, P.PROGRAMME_EDIT, P.AUDIT_VIEW, P.DATA_CHECKS_VIEW},
}


class OfficerRequest(HttpRequest):
    """A request behind `requires`: somebody is signed in."""

    user: Officer
    htmx: HtmxDetails


def may(officer: Officer, permission: Permission) -> bool:
    return permission in ROLES.get(officer.role, set())


View = Callable[..., HttpResponseBase]


def requires(permission: Permission) -> Callable[[View], View]:
    """Lets a view be used by the roles that hold the permission; others get a 403 page that says whom to ask."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            officer = request.user
            if not isinstance(officer, Officer) or not may(officer, permission):
                raise PermissionDenied(str(_("Your role does not include this page.")))
            if officer.must_change_password:
                messages.warning(request, _("Choose a password of your own first: the one you were given works once."))
                return redirect("account_change_password")
            return view(request, *args, **kwargs)

        wrapped.permission = permission  # type: ignore[attr-defined]
        return wrapped

    return decorate


class OfficerBackend(ModelBackend):
    """Signs officers in. The demo's officers have a published password: they enter the demo only."""

    def user_can_authenticate(self, user: Any) -> bool:
        return super().user_can_authenticate(user) and (settings.DEMO or not user.is_demo)

    def get_user(self, user_id: int) -> Officer | None:
        try:
            officer = Officer.objects.select_related("area").get(pk=user_id)
        except Officer.DoesNotExist:
            return None
        return officer if self.user_can_authenticate(officer) else None


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the administrator, never by sign-up; a new password is an action like any other."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: Any, password: str) -> None:
        changed = change_own_password(user.pk, password)
        user.password, user.must_change_password = changed.password, False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return resolve_url(settings.LOGIN_REDIRECT_URL)
