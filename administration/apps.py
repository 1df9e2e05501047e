from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class AdministrationConfig(AppConfig):
    name = "administration"
    verbose_name = _("Places and officers")
    trigger_refusals = {"audit_is_append_only": _("The audit trail is never changed.")}

    def ready(self) -> None:
        import_module("administration.checks")
        autodiscover_modules("event_details")
