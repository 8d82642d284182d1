from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    name = "appointments"

    def ready(self) -> None:
        from appointments import checkup, demo, waiting_emails  # noqa: F401  (each registers what this app contributes)
        from appointments.api.errors import DIALECT
        from core.api.dialects import register

        register(DIALECT)
