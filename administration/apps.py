from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AdministrationConfig(AppConfig):
    name = "administration"
    verbose_name = _("Places and officers")
    trigger_refusals = {"audit_is_append_only": _("The audit trail is never changed.")}
