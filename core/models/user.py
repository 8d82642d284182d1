from typing import Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core.models.base import VersionedModel, VersionedQuerySet
from core.models.history import history
from core.models.organization import Organization
from core.statements import Composed


class Role(models.TextChoices):
    """Ranked: each includes the rights of those before it."""

    STUDENT = "student", _("Student")
    BASIC_STAFF = "basic_staff", _("Basic staff")
    ADVANCED_STAFF = "advanced_staff", _("Advanced staff")
    ADMINISTRATOR = "administrator", _("Administrator")

    @property
    def rank(self) -> int:
        return list(Role).index(self)

    @classmethod
    def at_least(cls, role: "Role") -> list["Role"]:
        return [other for other in cls if other.rank >= role.rank]

    @classmethod
    def highest(cls, names) -> "Role | None":
        """The highest of these role words; None for none."""
        return max((cls(name) for name in names), key=lambda role: role.rank, default=None)


class UserQuerySet(VersionedQuerySet):
    def members_of(self, organization_id: int, role: Role = Role.STUDENT) -> Self:
        """Active people who hold this role or a higher one in the organization."""
        return self.filter(
            is_active=True,
            memberships__organization_id=organization_id,
            memberships__role__in=Role.at_least(role),
        )


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def get_by_natural_key(self, login: str) -> "User":
        return self.get(login=login)

    def create_user(self, login: str, password: str | None = None, **fields) -> "User":
        user = self.model(login=login, **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, login: str, password: str | None = None, **fields) -> "User":
        return self.create_user(login, password, is_superuser=True, **fields)


class User(AbstractBaseUser, VersionedModel):
    """A person. What they may do is said by their memberships; a superuser runs the whole installation."""

    login = models.CharField(
        _("login"),
        max_length=80,
        unique=True,
        # A login of digits alone would be read as an id where an API takes either.
        validators=[
            RegexValidator(r"\A(?!\d+\Z)[A-Za-z0-9._@+-]+\Z", _("letters, digits and ._@+- only, not digits alone"))
        ],
    )
    email = models.EmailField(_("e-mail"))
    first_name = models.CharField(_("first name"), max_length=80, blank=True)
    last_name = models.CharField(_("last name"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="en")
    is_active = models.BooleanField(_("active"), default=True)
    is_superuser = models.BooleanField(_("superuser"), default=False)

    objects = UserManager()
    history = history(excluded_fields=["password", "last_login"])

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    class Meta:
        ordering = ["login"]
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.login

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.login

    def get_short_name(self) -> str:
        return self.first_name or self.login

    @classmethod
    def with_roles(cls, pk: int) -> Self | None:
        """The person and what `held` tells, in one statement; None for who is a member of nothing."""
        memberships = MEMBERSHIPS.all(pk)
        if not memberships:
            return None
        user = memberships[0].user
        user.held = {one.organization_id: Role(one.role) for one in memberships}
        return user

    @cached_property
    def held(self) -> dict[int, Role]:
        """The person's role in each organization, active or not, by organization id."""
        return {one.organization_id: Role(one.role) for one in MEMBERSHIPS.all(self.pk)}

    @cached_property
    def roles(self) -> dict[int, Role]:
        """The person's role in each active organization, by organization id."""
        return {each.organization_id: Role(each.role) for each in self._places}

    @cached_property
    def _places(self) -> list["Membership"]:
        rows = self.memberships.filter(organization__is_active=True)
        return list(rows.select_related("organization").order_by("organization_id"))

    def organization_ids(self, role: Role) -> list[int]:
        """Where the person holds this role or a higher one; a superuser: everywhere."""
        if self.is_superuser:
            return list(Organization.objects.values_list("id", flat=True))
        return [pk for pk, held in self.roles.items() if held.rank >= role.rank]

    @cached_property
    def staffed(self) -> list[Organization]:
        """The organizations whose staff the person is, the oldest first."""
        if self.is_superuser:
            return list(Organization.objects.order_by("id"))
        wanted = self.organization_ids(Role.BASIC_STAFF)
        return [each.organization for each in self._places if each.organization_id in wanted]

    @property
    def is_staff(self) -> bool:
        """May enter the back office."""
        return self.is_superuser or any(role.rank >= Role.BASIC_STAFF.rank for role in self.roles.values())

    # The admin asks these; core.admin.base answers by role, so no permission rows exist.
    def has_perm(self, perm: str, obj=None) -> bool:
        return self.is_active and self.is_superuser

    def has_perms(self, perms, obj=None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_staff


class Membership(VersionedModel):
    """A person's role in an organization."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("person"))
    organization = models.ForeignKey(
        "core.Organization", on_delete=models.CASCADE, related_name="memberships", verbose_name=_("organization")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.STUDENT)

    history = history()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organization"],
                name="one_membership_per_organization",
                violation_error_message=_("is already a member of this organization"),
            )
        ]
        indexes = [models.Index(fields=["organization", "role"], name="membership_organization_role")]

    def __str__(self) -> str:
        return f"{self.user} · {self.organization} · {self.get_role_display()}"


MEMBERSHIPS = Composed(lambda user_id: Membership.objects.select_related("user").filter(user_id=user_id).order_by())
