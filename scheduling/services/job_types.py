"""Every change of job types and categories, for every door [contract 20]."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from core.changes import check_all, check_fields, refuse
from scheduling.job_rules import check_usable
from scheduling.models import JobCategory, JobType
from scheduling.services.reference_rows import ReferenceRows

DEFINITIONS = "custom_field_definitions"


class JobCategories(ReferenceRows):
    """values: name, is_archived."""

    model = JobCategory


class JobTypes(ReferenceRows):
    """values: the model's own; custom_field_definitions is a list of definitions, of which none is left out."""

    model = JobType
    extras = frozenset({DEFINITIONS})

    def changed_extras(self, row: JobType, values: dict) -> set[str]:
        if DEFINITIONS not in values:
            return set()
        stored = set(row.custom_field_definitions.values_list("pk", flat=True))
        return set() if stored == {one.pk for one in values[DEFINITIONS]} else {DEFINITIONS}

    def check(self, row: JobType, changed: set[str], values: dict) -> None:
        checks = [partial(check_fields, row, changed)]
        if "category" in changed:
            checks.append(partial(check_usable, "category", row.organization_id, row.category))
        if DEFINITIONS in changed:
            checks.append(partial(_check_definitions, row, values[DEFINITIONS]))
        check_all(*checks)

    def store(self, row: JobType, changed: set[str], values: dict) -> None:
        super().store(row, changed, values)
        if DEFINITIONS in changed:
            row.custom_field_definitions.set(values[DEFINITIONS])


def _check_definitions(job_type: JobType, definitions) -> None:
    for number, definition in enumerate(definitions):
        if definition.organization_id != job_type.organization_id:
            refuse(f"{DEFINITIONS}.{number}", "must_exist", _("must exist"))


CATEGORIES = JobCategories()
TYPES = JobTypes()
