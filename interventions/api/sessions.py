"""Opening a session, by the bearer alone, and closing it [contract 30]."""

from rest_framework.exceptions import AuthenticationFailed
from rest_framework.response import Response

from core.api.authentication import BearerAuthentication, Caller
from core.api.errors import Refusal
from core.api.views import Access
from core.login import user_of
from core.models import Organization, Role, User
from core.zones import wire_moment
from interventions import sessions
from interventions.api import session_documentation as documentation
from interventions.api.authentication import SessionAuthentication
from interventions.api.base import SCOPE_READ, InterventionsView
from interventions.api.errors import bad_values
from interventions.api.session_forms import LOGIN, PIN
from interventions.models import Session
from interventions.services.pins import WrongPin, begin_with_pin

ANYBODY = Access(SCOPE_READ, person_role=Role.STUDENT)
NO_STORE = {"Cache-Control": "no-store"}


class OpeningAuthentication(SessionAuthentication):
    """To open a session nobody has one yet."""

    def authenticate(self, request) -> tuple[Caller, None]:
        if request.method == "POST":
            return BearerAuthentication.authenticate(self, request)
        return super().authenticate(request)


class Sessions(InterventionsView):
    authentication_classes = [OpeningAuthentication]
    accesses = {"create": ANYBODY, "destroy": ANYBODY}
    documentation = documentation.SESSIONS
    provider_actions = frozenset({"destroy"})
    idempotent = False
    unversioned = frozenset({"destroy"})

    def create(self, request) -> Response:
        is_provider = any(name in request.data for name in PIN.fields)
        session = self.by_pin() if is_provider else self.by_login()
        opened = {"token": sessions.token_of(session), "expiresAt": wire_moment(session.expires_at)}
        return Response({"data": opened}, status=201, headers=NO_STORE)

    def destroy(self, request) -> Response:
        sessions.close_session(self.caller.session.pk)
        return self.done()

    # -- of a provider ----------------------------------------------------------------------------------

    def by_pin(self) -> Session:
        given = self.form(PIN, is_new=True).values
        try:
            intervention = begin_with_pin(
                given["interventionId"],
                given["codePin"],
                application_id=self.caller.application_id,
                organization_ids=self.caller.roles,
            )
        except WrongPin:
            raise AuthenticationFailed("The intervention and its code PIN do not fit", code="wrong_pin") from None
        return sessions.open_for_provider(self.caller.application_id, intervention)

    # -- of a person ------------------------------------------------------------------------------------

    def by_login(self) -> Session:
        given = self.form(LOGIN, is_new=True).values
        user = self.person_of(given["login"], given["password"])
        return sessions.open_for_person(self.caller.application_id, self.chosen(user, given), user)

    def person_of(self, login: str, password: str) -> User:
        """A person's bearer opens sessions of nobody else."""
        user = user_of(self.request, login, password) if self.may_try(login) else None
        if user is None or self.caller.user_id not in (None, user.pk):
            raise AuthenticationFailed("This login and password are not right together", code="wrong_login")
        return user

    def may_try(self, login: str) -> bool:
        """A sandbox's clients find out no password of who is not in it, and make nobody wait at the log-in."""
        places = Organization.objects.filter(pk__in=self.caller.roles)
        return places.filter(sandbox_of=None).exists() or places.filter(memberships__user__login=login).exists()

    def chosen(self, user: User, given: dict) -> int:
        """The organization that is named, else the only one; not shared → 403, the same whether or not it exists."""
        shared = sessions.shared_organizations(user, self.caller.roles)
        named = given.get("organizationId")
        if not shared or named not in (None, *shared):
            raise Refusal(403, "organization", "This person and this application share no such organization")
        if named is None and len(shared) > 1:
            ids = ", ".join(map(str, shared))
            raise bad_values({"organizationId": [("which_organization", f"must be one of: {ids}")]})
        return named or shared[0]
