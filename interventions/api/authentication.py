"""Two tokens on every call: the bearer names the application, `x-session-token` the person or the visit [seed]."""

from dataclasses import dataclass, fields

from rest_framework.exceptions import AuthenticationFailed

from core.api.authentication import BearerAuthentication, Caller
from core.context import name_actor
from core.models import Role
from interventions.api.errors import SESSION_INVALID, SESSION_REQUIRED
from interventions.sessions import InvalidSession, OpenSession, session_of

HEADER = "x-session-token"


@dataclass(frozen=True, eq=False, slots=True)
class SessionCaller(Caller):
    """An application with a session: its one organization, and the session's person with the role held there."""

    session: OpenSession

    @property
    def is_provider(self) -> bool:
        return self.session.is_provider


class SessionAuthentication(BearerAuthentication):
    """The bearer first: without a good one nothing is said of a session."""

    def authenticate(self, request) -> tuple[SessionCaller, None]:
        bearer, _ = super().authenticate(request)
        text = request.headers.get(HEADER)
        if not text:
            raise AuthenticationFailed(f"The request carries no {HEADER}", code=SESSION_REQUIRED)
        try:
            session = checked(session_of(text, bearer.application_id), bearer)
        except InvalidSession:
            raise AuthenticationFailed(f"The {HEADER} is not valid", code=SESSION_INVALID) from None
        name_actor(application_id=bearer.application_id, user_id=session.user_id)
        return joined(bearer, session), None


def checked(session: OpenSession, bearer: Caller) -> OpenSession:
    """The session, where the bearer may be used for it: a person's for nobody else. Raises InvalidSession."""
    if session.organization_id not in bearer.roles:
        raise InvalidSession
    if bearer.is_person and session.user_id not in (None, bearer.user_id):
        raise InvalidSession
    return session


def joined(bearer: Caller, session: OpenSession) -> SessionCaller:
    roles: dict[int, Role | None] = {session.organization_id: session.role}
    kept = {one.name: getattr(bearer, one.name) for one in fields(Caller)}
    kept |= {"user_id": session.user_id, "login": session.login, "roles": roles}
    return SessionCaller(**kept, session=session)
