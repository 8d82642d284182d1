from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "scheduling"

    def ready(self) -> None:
        from core.api.dialects import register

        # Each registers what this app contributes.
        from scheduling import (  # noqa: F401
            checkup,
            checkup_jobs,
            demo,
            demo_jobs,
            job_emails,
            retention,
            sandbox,
            unfinished,
        )
        from scheduling.api.community.errors import DIALECT as COMMUNITY
        from scheduling.api.jobs.errors import DIALECT as JOBS

        register(COMMUNITY)
        register(JOBS)
