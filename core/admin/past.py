"""What was: a row's history, also of one that was deleted, and the list of those."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.admin import history
from core.ids import id_in

PAGE = 50


class Past:
    """For a ModelAdmin: its history view, and its list of deleted rows where `keeps_deleted`."""

    keeps_deleted = True

    def get_urls(self):
        view = self.admin_site.admin_view(self.deleted_view)
        return [path("deleted/", view, name=self._url_name("deleted")), *super().get_urls()]

    def deleted_url(self) -> str:
        return reverse("admin:" + self._url_name("deleted")) if self.keeps_deleted else ""

    def deletions(self, user):
        """The records of deletions that this person may see, newest first: where the row was at its end."""
        model = self.model
        still_there = model._base_manager.filter(pk=OuterRef(model._meta.pk.attname))
        records = model.history.filter(~Exists(still_there), history_type="-").order_by("-history_id")
        return records if user.is_superuser else self.deletions_of(records, user.organization_ids(self.view_role))

    def deletions_of(self, records, organizations: list[int]):
        return records.filter(organization__in=organizations)

    def deleted_view(self, request):
        if not self.keeps_deleted:
            raise Http404
        if not self.has_view_permission(request):
            raise PermissionDenied
        records = self.deletions(request.user).select_related("history_user", "application")
        page = Paginator(records, PAGE).get_page(request.GET.get("p"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Deleted: %(rows)s") % {"rows": self.opts.verbose_name_plural},
            "opts": self.opts,
            "page": page,
            "rows": history.deleted_rows(list(page), self._url_name("history")),
        }
        return TemplateResponse(request, "admin/deleted.html", context)

    def history_view(self, request, object_id, extra_context=None):
        row = self.get_object(request, object_id)
        if row is not None and not self.has_view_permission(request, row):
            raise PermissionDenied
        known = row or self._deleted_row(request, object_id)
        if known is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        with timezone.override(self.zone_of(known) or timezone.get_current_timezone()):
            context = {
                **self.admin_site.each_context(request),
                "title": _("History: %(row)s") % {"row": self.name_of(known)},
                "row_name": self.name_of(known),
                "opts": self.opts,
                "object": known,
                "is_deleted": row is None,
                "deleted_url": self.deleted_url(),
                "entries": history.entries(known),
            }
            return TemplateResponse(request, "admin/object_history.html", context).render()

    def _deleted_row(self, request, object_id: str):
        """As it was at its end; None where there was none that this person may see."""
        pk = id_in(object_id)
        if pk is None or not self.keeps_deleted or not self.has_view_permission(request):
            return None
        records = self.deletions(request.user).filter(**{self.model._meta.pk.attname: pk})
        record = records.first()
        return history.instances([record])[0] if record else None
