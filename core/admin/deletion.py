"""Deleting one row: from a page that says what goes with it, and not where somebody saved it since."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse

from core.admin.stale import Overtaken, seen_version, sent_versions
from core.errors import Busy, StaleVersion, StateConflict
from core.locks import lock_failures_as_busy


class Deletion:
    """For a ModelAdmin: deletes through its `delete_row`; what that refuses is told on the row's form.

    Set `counted_with_row` where very many rows of one kind go with a row, and none of another: the field that leads to
    them. The page says how many, and names none.
    """

    counted_with_row = ""

    def delete_row(self, request, row, versions: list[int] | None = None) -> None:
        """Raises StaleVersion where versions are given and the saved row has none of them."""
        self.model.objects.locked(row.pk, versions).delete()

    def delete_model(self, request, obj) -> None:
        self.delete_row(request, obj, sent_versions(request, obj))

    def get_deleted_objects(self, objs, request):
        if self.counted_with_row:
            return [*map(self.name_of, objs), self._counted(objs)], {}, set(), []
        # What goes with a row is the service's to say, not the rights on the other lists.
        listed, counts, _lacking, protected = super().get_deleted_objects(objs, request)
        return listed, counts, set(), protected

    def _counted(self, rows) -> str:
        relation = self.model._meta.get_field(self.counted_with_row)
        number = relation.related_model.objects.filter(**{f"{relation.field.name}__in": rows}).count()
        names = relation.related_model._meta
        return f"{number} {names.verbose_name if number == 1 else names.verbose_name_plural}"

    def delete_view(self, request, object_id, extra_context=None):
        try:
            with lock_failures_as_busy():
                return super().delete_view(request, object_id, self._delete_context(request, object_id))
        except StaleVersion:
            return HttpResponseRedirect(f"{request.path}?version={seen_version(request)}")
        except (ValidationError, StateConflict, Busy) as error:
            text = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
            self.message_user(request, text, messages.ERROR)
            return HttpResponseRedirect(reverse("admin:" + self._url_name("change"), args=[object_id]))

    def _delete_context(self, request, object_id) -> dict:
        row = self.get_object(request, object_id) if request.method == "GET" else None
        if row is None or not self.has_delete_permission(request, row):
            return {}
        versions = sent_versions(request, row)
        is_stale = versions is not None and row.version not in versions
        overtaken = Overtaken.of(row, seen_version(request)) if is_stale else None
        return {"seen_version": getattr(row, "version", None), "overtaken": overtaken}
