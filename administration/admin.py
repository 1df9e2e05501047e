"""The administrator's desk: accounts through the actions, units to read. Other apps register their reference data."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.admin.options import ModelAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from administration import actions
from administration.access import OfficerRequest, Permission, may, requires
from administration.forms import OfficerForm
from administration.models import Area, Officer
from administration.refusals import NotPossible

admin.site.site_header = admin.site.site_title = lazy("Trao: administration")
admin.site.index_title = lazy("Accounts and reference data")
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # one door, one rate limit
for model in (Group, Authenticator, EmailAddress):  # not how accounts are looked after here
    admin.site.unregister(model)


_ours = requires(Permission.ACCOUNTS_MANAGE)


class AdministratorsOnly(ModelAdmin):
    """Opened by the permission of the role, not by Django's own permissions; nothing is deleted here."""

    show_facets = admin.ShowFacets.NEVER

    def _may(self, request: HttpRequest) -> bool:
        return isinstance(request.user, Officer) and may(request.user, Permission.ACCOUNTS_MANAGE)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnly(AdministratorsOnly):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Area)
class AreaAdmin(ReadOnly):
    list_display = ["name", "code", "kind", "parent", "valid_from", "valid_to"]
    list_filter = ["level"]
    list_select_related = ["parent"]
    search_fields = ["name", "code"]
    ordering = ["number"]


@admin.register(Officer)
class OfficerAdmin(AdministratorsOnly):
    """A doorway: every change is one action with one event. An account is locked, never deleted."""

    form = OfficerForm
    list_display = ["full_name", "username", "role", "area", "is_active", "last_login"]
    list_filter = ["role", "is_active"]
    list_select_related = ["area"]
    search_fields = ["full_name", "username", "area__name"]
    autocomplete_fields = ["area"]
    change_form_template = "admin/officer_change.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Officer]:
        """An administrator without an area looks after all accounts, one with an area after those inside it."""
        officers = super().get_queryset(request)
        assert isinstance(request.user, Officer)  # noqa: S101 - the site lets nobody else in
        return officers if request.user.area is None else officers.visible_to(request.user)  # type: ignore[attr-defined]

    def get_readonly_fields(self, request: HttpRequest, obj: Officer | None = None) -> list[str]:
        return ["username", "full_name", "phone"] if obj else ["is_active"]

    def get_urls(self) -> list[URLPattern]:
        pages = {
            "mat-khau-moi": (self.reset, "officer_reset"),
            "go-hai-buoc": (self.remove_second_factor, "officer_2fa"),
        }
        return [
            path(f"<int:officer_id>/{slug}/", _ours(self.admin_site.admin_view(view)), name=name)
            for slug, (view, name) in pages.items()
        ] + super().get_urls()

    def save_model(self, request: Any, obj: Officer, form: OfficerForm, change: bool) -> None:  # noqa: FBT001 - Django's
        said = form.cleaned_data
        try:
            if change:
                self._change(request, obj, said)
            else:
                self._create(request, obj, said)
        except NotPossible as refusal:
            messages.error(request, str(refusal))

    def _create(self, request: Any, obj: Officer, said: dict[str, Any]) -> None:
        made, password = actions.create_officer(
            said["username"], said["full_name"], said["role"], said["area"], phone=said["phone"], by=request.user
        )
        obj.pk = made.pk
        obj._state.adding = False
        self._tell(request, made, password)

    def _change(self, request: Any, obj: Officer, said: dict[str, Any]) -> None:
        before = Officer.objects.get(pk=obj.pk)
        if said["role"] != before.role or said["area"] != before.area:
            actions.move_officer(obj.pk, role=said["role"], area=said["area"], by=request.user)
        if said["is_active"] != before.is_active:
            actions.lock_officer(obj.pk, locked=not said["is_active"], by=request.user)

    def reset(self, request: OfficerRequest, officer_id: int) -> HttpResponse:
        officer = get_object_or_404(self.get_queryset(request), pk=officer_id)
        if request.method != "POST":
            return self._asked(request, officer, "admin/officer_reset.html", _("A new password"))
        self._tell(request, officer, actions.reset_password(officer.pk, by=request.user))
        return redirect("admin:administration_officer_change", officer.pk)

    def remove_second_factor(self, request: OfficerRequest, officer_id: int) -> HttpResponse:
        officer = get_object_or_404(self.get_queryset(request), pk=officer_id)
        if request.method != "POST":
            return self._asked(request, officer, "admin/officer_2fa.html", _("Remove the two-step log-in"))
        try:
            actions.remove_second_factor(officer.pk, by=request.user)
        except NotPossible as refusal:
            messages.error(request, str(refusal))
        else:
            sentence = _("The two-step log-in of %(name)s is removed; they can set it up anew.")
            messages.success(request, sentence % {"name": officer.get_username()})
        return redirect("admin:administration_officer_change", officer.pk)

    def _asked(self, request: HttpRequest, officer: Officer, template: str, title: str) -> TemplateResponse:
        back_url = reverse("admin:administration_officer_change", args=[officer.pk])
        context = {"officer": officer, "opts": self.model._meta, "back_url": back_url, "title": title}
        return TemplateResponse(request, template, {**self.admin_site.each_context(request), **context})

    @staticmethod
    def _tell(request: HttpRequest, officer: Officer, password: str) -> None:
        sentence = _(
            "Password of %(name)s, shown this once: %(password)s. Read it out; it is replaced at the first log-in."
        )
        messages.success(request, sentence % {"name": officer.get_username(), "password": password})
