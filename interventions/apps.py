from django.apps import AppConfig


class InterventionsConfig(AppConfig):
    name = "interventions"

    def ready(self) -> None:
        from core.api.dialects import register

        # Each registers what this app contributes.
        from interventions import checkup, demo, retention, sandbox, unfinished  # noqa: F401
        from interventions.api.errors import DIALECT

        register(DIALECT)
