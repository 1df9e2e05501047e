"""Addresses of the official papers of single things. They stand beside the pages that lead to them."""

from django.urls import path

from reports import paper_views as views

app_name = "papers"
urlpatterns = [
    path("nhap/<int:file_id>/bien-ban.pdf", views.import_record, name="import_record"),
    path("giao-may/bien-nhan.pdf", views.receipts, name="receipts"),
    path("giao-may/danh-sach-ky-nhan-tien.pdf", views.payment_list, name="payment_list"),
    path("giao-may/<slug:household_code>/bien-nhan.pdf", views.receipt, name="receipt"),
    path("dot/<slug:round_code>/<slug:commune_code>/danh-sach.pdf", views.commune_list, name="commune_list"),
    path("dot/<slug:round_code>/<slug:commune_code>/niem-yet.pdf", views.posting_list, name="posting_list"),
    path(
        "dot/<slug:round_code>/<slug:commune_code>/niem-yet/<int:posting_id>/bien-ban.pdf", views.posting_record,
        name="posting_record",
    ),
    path("dot/<slug:round_code>/<slug:commune_code>/so-phan-anh.pdf", views.complaint_register,
         name="complaint_register"),
]  # fmt: skip
