"""Addresses of the ground floor. The log-in pages are allauth's, under the words officers know."""

from typing import Any

from allauth.account.views import LoginView, logout, password_change
from django.conf import settings
from django.urls import path

from administration import delegation_views, views

demo: dict[str, Any] = {}
if settings.DEMO:
    from demo.accounts import PASSWORD
    from demo.officers import logins

    demo = {"demo_logins": logins, "demo_password": PASSWORD}

urlpatterns = [
    path("dang-nhap/", LoginView.as_view(extra_context=demo), name="account_login"),
    path("dang-xuat/", logout, name="account_logout"),
    path("doi-mat-khau/", password_change, name="account_change_password"),
    path("tai-khoan-cua-toi/", views.account, name="account"),
    path("vang-mat/", delegation_views.delegations, name="delegations"),
    path("vang-mat/cho/<int:officer_id>/", delegation_views.delegate_for, name="delegate_for"),
    path("vang-mat/<int:delegation_id>/ket-thuc/", delegation_views.end, name="end_delegation"),
    path("vang-mat/<int:delegation_id>/thay/", delegation_views.stand_in, name="stand_in"),
    path("vang-mat/thoi-thay/", delegation_views.stand_in, name="own_role"),
    path("nhat-ky/", views.audit, name="audit"),
    path("nhat-ky/tai/", views.audit_export, name="audit_export"),
    path("suc-khoe/", views.health, name="health"),
]
