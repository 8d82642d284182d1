"""Community services, closes and the people they name [seed; contract 10]."""

from collections.abc import Collection
from functools import partial

from django.db.models import F, Q, QuerySet
from django.http import Http404
from rest_framework.response import Response

from core.api.errors import Refusal
from core.api.views import Access
from core.models import Membership, Role, User
from scheduling.api.community import documentation, nested_services, shapes
from scheduling.api.community.base import CommunityView, is_id
from scheduling.api.community.filters import CLOSES, COMMUNITY_SERVICES
from scheduling.api.community.graph import graph
from scheduling.api.community.serializers import CloseForm, CommunityServiceForm
from scheduling.models import Close, CommunityService
from scheduling.services import closes, community_services

READ_OWN = Access("tig", own=True)
STAFF = Access("tig", Role.BASIC_STAFF)
ADVANCED = Access("tig", Role.ADVANCED_STAFF)


def memberships() -> QuerySet:
    return Membership.objects.annotate(named_id=F("user_id"))


def named_closes() -> QuerySet:
    return Close.objects.annotate(named_id=F("id"))


class CommunityServices(CommunityView):
    root = "community_service"
    attributes = COMMUNITY_SERVICES
    documentation = documentation.SERVICES
    accesses = {
        "list": READ_OWN,
        "of_close": READ_OWN,
        "retrieve": READ_OWN,
        "graph": READ_OWN,
        "create": STAFF,
        "update": STAFF,
        "validate": STAFF,
        "invalidate": STAFF,
        "destroy": ADVANCED,
    }

    def rows(self) -> QuerySet:
        """What the caller can reach: all of an organization for staff, his own for a student."""
        if not self.own_ids:
            return self.in_organizations(CommunityService.objects.all())
        own = Q(organization_id__in=self.own_ids, close__user_id=self.caller.user_id)
        return CommunityService.objects.filter(own | Q(organization_id__in=self.staff_ids))

    def list(self, request, format=None):
        return self.page_response(request, self.searched(self.rows()), shapes.SERVICE.json)

    def of_close(self, request, close_id, format=None):
        reachable = Close.objects.filter(
            Q(organization_id__in=self.staff_ids) | Q(organization_id__in=self.own_ids, user_id=self.caller.user_id)
        )
        services = self.searched(self.rows())
        close = self.find(reachable, close_id)
        return self.page_response(request, services.filter(close=close), shapes.SERVICE.json)

    def retrieve(self, request, pk, format=None):
        service = self.find(self.rows().select_related("close"), pk)
        return self.single(shapes.SERVICE.of(service), service.version)

    def create(self, request, format=None):
        self.require("duration")
        organization = self.organization_for((named_closes, "close_id"), (memberships, "tiger_id"))
        form = self.form(CommunityServiceForm, organization)
        service = form.save(
            save=partial(community_services.create_community_service, organization),
            check=partial(community_services.check_new, organization),
        )
        location = f"/v2/community_services/{service.pk}"
        return self.single(shapes.SERVICE.of(service), service.version, 201, {"Location": location})

    def update(self, request, pk, format=None):
        self.require()
        related = ("close", "organization__scheduling_settings")
        service = self.checked(self.find(self.rows().select_related(*related), pk))
        form = self.form(CommunityServiceForm, service.organization)
        service = form.save(
            save=lambda values: community_services.update_community_service(service.pk, values, self.expected_versions),
            check=partial(community_services.check_update, service),
        )
        return self.changed(service, shapes.SERVICE.of)

    def validate(self, request, pk, format=None):
        return self.judge(pk, CommunityService.State.VALIDATED)

    def invalidate(self, request, pk, format=None):
        return self.judge(pk, CommunityService.State.INVALIDATED)

    def judge(self, pk: str, state: CommunityService.State) -> Response:
        service = self.checked(self.find(self.rows(), pk))
        judged = community_services.judge_community_service(service.pk, state, self.expected_versions)
        return self.changed(judged, shapes.SERVICE.of)

    def destroy(self, request, pk, format=None):
        service = self.checked(self.find(self.rows(), pk))
        community_services.delete_community_service(service.pk, self.expected_versions)
        return Response(status=204)

    def graph(self, request, field="created_at", interval="month_of_year", format=None):
        rows = self.narrowed(self.rows())
        self.attributes.order(rows, self.query.get("sort"))
        return Response(graph(rows, field, interval))


class Closes(CommunityView):
    root = "close"
    attributes = CLOSES
    documentation = documentation.CLOSE_OPERATIONS
    accesses = {
        "list": STAFF,
        "of_user": STAFF,
        "retrieve": STAFF,
        "create": STAFF,
        "create_for_user": STAFF,
        "update": STAFF,
        "close": STAFF,
        "unclose": STAFF,
        "destroy": ADVANCED,
    }

    def rows(self) -> QuerySet:
        return self.in_organizations(Close.objects.all())

    def shape(self, close: Close) -> dict:
        return shapes.closes(Close.objects.filter(pk=close.pk))[0]

    def list(self, request, format=None):
        return self.page_response(request, self.searched(self.rows()), shapes.closes)

    def of_user(self, request, user_id, format=None):
        rows = self.searched(self.rows().filter(user__in=people_named(self, user_id)))
        response = self.page_response(request, rows, shapes.closes)
        if response["X-Total"] == "0":
            find_person(self, user_id)
        return response

    def retrieve(self, request, pk, format=None):
        close = self.find(self.rows(), pk)
        return self.single(self.shape(close), close.version)

    def create(self, request, format=None):
        self.require("user_id")
        return self.add()

    def create_for_user(self, request, user_id, format=None):
        return self.add(user_id)

    def add(self, user_id: str | None = None) -> Response:
        """A close of the person in the path, where there is one."""
        if self.data.get("closer_id") in (None, ""):
            self.data["closer_id"] = self.caller.user_id
        self.require("closer_id", "kind", "reason")
        nested, wrong = nested_services.read(self.data, creating=True)
        if user_id is not None:
            self.data["user_id"] = find_person(self, user_id).pk
        organization = self.organization_for((memberships, "user_id"), (memberships, "closer_id"))
        form = self.form(CloseForm, organization)
        form.errors |= wrong
        close = form.save(
            save=lambda values: closes.create_close(organization, values, nested),
            check=lambda values: closes.check_new(organization, values, nested),
        )
        return self.single(self.shape(close), close.version, 201, {"Location": f"/v2/closes/{close.pk}"})

    def update(self, request, pk, format=None):
        nested, wrong = nested_services.read(self.data)
        close = self.find(self.rows().select_related("organization"), pk)
        self.check_removal(close, nested)
        form = self.form(CloseForm, self.checked(close).organization)
        form.errors |= wrong
        close = form.save(
            save=lambda values: closes.update_close(close.pk, values, nested, self.expected_versions),
            check=lambda values: closes.check_update(close, values, nested),
        )
        return self.changed(close, self.shape)

    def check_removal(self, close: Close, nested: Collection[closes.Nested]) -> None:
        """Deleting a service asks the same role here as at its own address."""
        if (
            any(one.remove and one.pk for one in nested)
            and self.caller.rank(close.organization_id) < Role.ADVANCED_STAFF.rank
        ):
            raise Refusal(403, "insufficient_role", "You are not authorized to access this page.")

    def close(self, request, pk, format=None):
        return self.set_state(pk, Close.State.CLOSE)

    def unclose(self, request, pk, format=None):
        return self.set_state(pk, Close.State.UNCLOSE)

    def set_state(self, pk: str, state: Close.State) -> Response:
        close = self.checked(self.find(self.rows(), pk))
        return self.changed(closes.set_close_state(close.pk, state, self.expected_versions), self.shape)

    def destroy(self, request, pk, format=None):
        close = self.checked(self.find(self.rows(), pk))
        closes.delete_close(close.pk, self.expected_versions)
        return Response(status=204)


class People(CommunityView):
    documentation = documentation.PEOPLE
    accesses = {"retrieve": STAFF}

    def retrieve(self, request, user_id, format=None):
        user = find_person(self, user_id)
        return self.single(shapes.USER.of(user), user.version)


def people_named(view: CommunityView, user_id: str) -> QuerySet[User]:
    """The person of this id or login among the members of the caller's organizations: one or none."""
    people = User.objects.filter(memberships__organization_id__in=view.staff_ids).distinct()
    return people.filter(pk=int(user_id)) if is_id(user_id) else people.filter(login=user_id)


def find_person(view: CommunityView, user_id: str) -> User:
    person = people_named(view, user_id).first()
    if person is None:
        raise Http404
    return person
