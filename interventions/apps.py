from django.apps import AppConfig


class InterventionsConfig(AppConfig):
    name = "interventions"

    def ready(self) -> None:
        from core.api.dialects import register
        from interventions import checkup, demo, retention, unfinished  # noqa: F401  (each registers what this app contributes)
        from interventions.api.errors import DIALECT

        register(DIALECT)
