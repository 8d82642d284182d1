from django.apps import AppConfig


class SvctasksConfig(AppConfig):
    name = "svctasks"

    def ready(self) -> None:
        from core.api.dialects import register
        from svctasks import checkup, demo, embedded, following, retention, worker  # noqa: F401  (each registers its part)
        from svctasks.api.errors import DIALECT

        register(DIALECT)
