"""The import's addresses (ux 3.0.1): one step a page, so that it can be left and found again at any of them."""

from django.urls import path

from beneficiaries.views import import_files, import_rows

app_name = "imports"
urlpatterns = [
    path("", import_files.import_list, name="list"),
    path("tep/", import_files.upload, name="upload"),
    path("tep-mau/", import_files.template, name="template"),
    path("<int:file_id>/", import_files.import_file, name="file"),
    path("<int:file_id>/tien-trinh/", import_files.progress, name="progress"),
    path("<int:file_id>/dung/", import_files.stop, name="stop"),
    path("<int:file_id>/cot/", import_files.columns, name="columns"),
    path("<int:file_id>/loi/", import_rows.errors, name="errors"),
    path("<int:file_id>/o/", import_rows.cell, name="cell"),
    path("<int:file_id>/dong/<int:staged_id>/", import_rows.row, name="row"),
    path("<int:file_id>/nhom/", import_rows.fix_group, name="fix"),
    path("<int:file_id>/nhom/hoan-tac/", import_rows.unfix_group, name="unfix"),
    path("<int:file_id>/de-sau/", import_rows.skip, name="skip"),
    path("<int:file_id>/tep-loi/", import_rows.workbook, name="workbook"),
    path("<int:file_id>/trung/", import_rows.conflicts, name="conflicts"),
    path("<int:file_id>/trung/chon/", import_rows.decide, name="decide"),
    path("<int:file_id>/xac-nhan/", import_files.confirm, name="confirm"),
    path("<int:file_id>/ket-qua/", import_files.result, name="result"),
    path("<int:file_id>/hoan-tac/", import_files.undo, name="undo"),
    path("<int:file_id>/bo/", import_files.abandon, name="abandon"),
]
