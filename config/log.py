"""What is logged, and how."""


def logging_of(form: str) -> dict:
    """`form`: text or json."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request": {"()": "core.logging.RequestFilter"}},
        "formatters": {
            "text": {"format": "{asctime} {levelname} [{request_id}] {name}: {message}", "style": "{"},
            "json": {"()": "core.logging.JsonFormatter"},
        },
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": form, "filters": ["request"]},
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "dutyboard": {"level": "INFO"},
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            # A refusal is no incident: the access line tells of it.
            "django.request": {"level": "ERROR"},
            # Django's own access line names the path, which may hold a signed link; ours does not.
            "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
        },
    }
