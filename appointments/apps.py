from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    name = "appointments"

    def ready(self) -> None:
        # Each registers what this app contributes.
        from appointments import checkup, checkup_sharing, demo, sandbox, unfinished, waiting_emails  # noqa: F401
        from appointments.api.errors import DIALECT
        from core.api.dialects import register

        register(DIALECT)
