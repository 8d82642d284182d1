from importlib import import_module

from django.contrib.admin.apps import AdminConfig


class BackOfficeConfig(AdminConfig):
    """Stands in INSTALLED_APPS for django.contrib.admin."""

    default_site = "core.admin.site.DutyboardAdminSite"

    def ready(self) -> None:
        super().ready()
        # This package is imported before the models are, so what registers them is imported here by name.
        import_module("core.admin.registrations")
