from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """No models: registers the deploy checks."""

    name = "config"

    def ready(self) -> None:
        from config import checks  # noqa: F401  (registers itself)
