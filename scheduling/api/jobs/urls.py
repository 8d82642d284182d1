"""The routes under /v1."""

from django.urls import re_path

from core.api.responses import not_found_view
from scheduling.api.jobs import reference_views as reference
from scheduling.api.jobs.job_urls import job_routes
from scheduling.api.jobs.recurrences import JobRecurrences
from scheduling.api.jobs.routing import part, route


def reference_routes(path: str, view) -> list:
    one = f"{path}/{part(view.id_name)}"
    return [
        route(path, view, path, get="list", post="create"),
        route(one, view, f"{path}-one", get="retrieve", patch="update"),
    ]


RECURRENCE = f"jobRecurrences/{part('jobRecurrenceId')}"
CONTACT = f"contacts/{part('contactId')}"

urlpatterns = [
    *job_routes,
    route("jobRecurrences", JobRecurrences, "recurrences", get="list", post="create"),
    route(RECURRENCE, JobRecurrences, "recurrence", get="retrieve", patch="update"),
    route(f"{RECURRENCE}/occurrences", JobRecurrences, "occurrences", get="occurrences"),
    *reference_routes("jobTypes", reference.JobTypes),
    *reference_routes("contacts", reference.Contacts),
    route(f"{CONTACT}/stop", reference.Contacts, "contacts-stop", put="stop"),
    route(f"{CONTACT}/unstop", reference.Contacts, "contacts-unstop", put="unstop"),
    *reference_routes("contactGroups", reference.ContactGroups),
    *reference_routes("persons", reference.Persons),
    *reference_routes("resources", reference.Resources),
    *reference_routes("vehicles", reference.Vehicles),
    *reference_routes("customFieldDefinitions", reference.CustomFieldDefinitions),
    re_path(r"^[\s\S]*$", not_found_view),
]
