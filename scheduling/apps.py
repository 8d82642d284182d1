from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "scheduling"

    def ready(self) -> None:
        from core.api.dialects import register
        from scheduling import emails  # noqa: F401  (registers what renders this app's messages)
        from scheduling.api.community.errors import DIALECT

        register(DIALECT)
