from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        from config import checks  # noqa: F401  (registers the deploy checks)

        autodiscover_modules("emails", "service_scripts")
