"""A person's own named filters of a list."""

from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core.ids import id_in
from core.models import SavedView

MOST = 20


class SavedViewForm(forms.ModelForm):
    class Meta:
        model = SavedView
        fields = ["name", "query_string"]
        error_messages = {"name": {"required": _("Give the view a name.")}}


class SavedViews:
    """For a ModelAdmin: its list's saved views and the two URLs that keep and forget them."""

    def get_urls(self):
        keep = self.admin_site.admin_view(require_POST(self.keep_view))
        forget = self.admin_site.admin_view(require_POST(self.forget_view))
        return [
            path("views/keep/", keep, name=self._url_name("keep_view")),
            path("views/forget/", forget, name=self._url_name("forget_view")),
            *super().get_urls(),
        ]

    def keep_view(self, request):
        form = SavedViewForm(request.POST)
        if not form.is_valid():
            text = " ".join(error for errors in form.errors.values() for error in errors)
            self.message_user(request, text, messages.WARNING)
            return self._back("")
        name, query = form.cleaned_data["name"], form.cleaned_data["query_string"]
        if self.views_of(request.user).exclude(name=name).count() >= MOST:
            self.message_user(request, _("Twenty saved views are the most: forget one first."), messages.WARNING)
        else:
            SavedView.objects.update_or_create(
                user=request.user, list=self.opts.label_lower, name=name, defaults={"query_string": query}
            )
            self.message_user(request, _("Saved as “%(name)s”.") % {"name": name})
        return self._back(query)

    def forget_view(self, request):
        self.views_of(request.user).filter(pk=id_in(request.POST.get("id", ""))).delete()
        return self._back("")

    def views_of(self, user):
        return SavedView.objects.filter(user=user, list=self.opts.label_lower)

    def saved_views_context(self, request) -> dict:
        return {
            "saved_view_form": True,
            "saved_views": self.views_of(request.user),
            "current_query": request.GET.urlencode(),
            "saved_view_save_url": reverse("admin:" + self._url_name("keep_view")),
            "saved_view_forget_url": reverse("admin:" + self._url_name("forget_view")),
        }

    def _back(self, query: str) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:" + self._url_name("changelist")) + f"?{query}")

    def _url_name(self, name: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{name}"
