from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """A person's own name for the filters of one list of the back office.

    `list` is the model's label, such as "scheduling.close"; `query_string` what stands behind the "?".
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    list = models.CharField(max_length=100)
    name = models.CharField(_("name"), max_length=60)
    query_string = models.CharField(max_length=2000, blank=True)

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [models.UniqueConstraint(fields=["user", "list", "name"], name="saved_view_name_once")]

    def __str__(self) -> str:
        return self.name
