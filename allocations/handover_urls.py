"""Addresses of the hand-over. Households by their public code."""

from django.urls import path

from allocations.views import delivery_table, hand_over, payments

HOUSEHOLD = "giao-may/<slug:household_code>/"

app_name = "handover"
urlpatterns = [
    path("giao-may/", hand_over.desk, name="list"),
    path("giao-may/nhap-theo-bang/", delivery_table.delivery_table, name="table"),
    path(HOUSEHOLD, hand_over.give, name="give"),
    path(f"{HOUSEHOLD}bien-nhan/", hand_over.receipt, name="receipt"),
    path(f"{HOUSEHOLD}hoan-tac/", hand_over.undo, name="undo"),
    path(f"{HOUSEHOLD}chi-tien/", payments.pay, name="pay"),
    path(f"{HOUSEHOLD}da-chi/", payments.payment, name="payment"),
    path(f"{HOUSEHOLD}da-chi/hoan-tac/", payments.undo, name="undo_payment"),
    path(f"{HOUSEHOLD}khong-nhan/", hand_over.decline, name="decline"),
]
