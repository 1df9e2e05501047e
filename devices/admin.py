"""The catalogue of device models; lots and devices are worked on in the pages of the stock."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin

from administration.admin import AdministratorsOnly
from devices.models import DeviceModel, Network


class DeviceModelForm(forms.ModelForm):
    networks = forms.MultipleChoiceField(choices=Network.choices, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = DeviceModel
        fields = ("name", "kind", "networks", "price", "warranty_months")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["networks"].label = DeviceModel._meta.get_field("networks").verbose_name


@admin.register(DeviceModel)
class DeviceModelAdmin(AdministratorsOnly):
    form = DeviceModelForm
    list_display = ("name", "kind", "networks", "price", "warranty_months")
    list_filter = ("kind",)
    search_fields = ("name",)
