from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        autodiscover_modules("emails", "events", "service_scripts", "purge", "privacy", "expiry", "usage")
        from core.webhooks import emails, following  # noqa: F401  (each registers its part)
