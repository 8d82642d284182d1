from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "scheduling"

    def ready(self) -> None:
        from core.api.dialects import register
        from scheduling import checkup, checkup_jobs, demo, demo_jobs, job_emails, retention, unfinished  # noqa: F401  (each registers what this app contributes)
        from scheduling.api.community.errors import DIALECT as COMMUNITY
        from scheduling.api.jobs.errors import DIALECT as JOBS

        register(COMMUNITY)
        register(JOBS)
