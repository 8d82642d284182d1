"""The group and its booking rules [contract 40]."""

from functools import partial

from django.db.models import QuerySet
from rest_framework.response import Response

from appointments.api import set_up_documentation as documentation
from appointments.api.base import READ, WRITE_SET_UP
from appointments.api.group_shapes import GROUP_FORM, GROUPS
from appointments.api.set_up import RowsView
from appointments.services import settings
from core.api.etag import check_if_match
from core.models import Organization


class Groups(RowsView):
    accesses = {"list": READ, "retrieve": READ, "update": WRITE_SET_UP}
    documentation = documentation.GROUPS
    root = "group"
    listing = GROUPS
    body = GROUP_FORM

    def rows(self) -> QuerySet:
        return Organization.objects.filter(pk__in=self.staff_ids)

    def retrieve(self, request, **path) -> Response:
        return self.shown(self.organization)

    def shown(self, row, status: int = 200, **headers: str) -> Response:
        return self.single(self.record(row), settings.version_of(row), status, headers)

    def update(self, request, **path) -> Response:
        check_if_match(request, settings.version_of(self.organization))
        changed = self.form(self.body).save(
            save=lambda values: settings.update_settings(self.organization_id, values, self.expected_versions),
            check=partial(settings.check_update, self.organization),
        )
        return self.shown(changed)
