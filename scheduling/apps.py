from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "scheduling"

    def ready(self) -> None:
        from core.api.dialects import register
        from scheduling import checkup, demo, retention  # noqa: F401  (each registers what this app contributes)
        from scheduling.api.community.errors import DIALECT

        register(DIALECT)
