"""What a deployment must have; `manage.py check --deploy` tells."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Warning, register


@register(deploy=True)
def check_production(app_configs, **kwargs):
    findings = []
    if not settings.PRODUCTION:
        findings.append(Warning("DUTYBOARD_ENV is not 'production'.", id="dutyboard.W001"))
    if settings.PRODUCTION and not settings.ON_POSTGRESQL:
        findings.append(Warning("DATABASE_URL does not name PostgreSQL.", id="dutyboard.W002"))
    if settings.PRODUCTION and not settings.REDIS_URL:
        findings.append(
            Warning("REDIS_URL is not set: one thread of a web process sends the mail.", id="dutyboard.W003")
        )
    return findings


@register(deploy=True)
def check_mail(app_configs, **kwargs):
    findings = []
    if settings.PRODUCTION and "console" in settings.EMAIL_BACKEND:
        findings.append(Error("EMAIL_URL prints mail instead of sending it.", id="dutyboard.E001"))
    if settings.DEFAULT_FROM_EMAIL.endswith("@localhost"):
        findings.append(Warning("DEFAULT_FROM_EMAIL is still the example's.", id="dutyboard.W004"))
    return findings


@register(deploy=True)
def check_site_url(app_configs, **kwargs):
    parts = urlsplit(settings.SITE_URL)
    if settings.PRODUCTION and parts.scheme != "https":
        return [Warning("SITE_URL, which stands in e-mailed links, is not https.", id="dutyboard.W005")]
    return []


# RFC 7518, 3.2: a key of HS256 has at least as many bits as its digest.
SHORTEST_KEY = 32


@register(deploy=True)
def check_session_keys(app_configs, **kwargs):
    if any(len(key.encode()) < SHORTEST_KEY for key in settings.SESSION_JWT_KEYS):
        return [Error(f"SESSION_JWT_KEY has a key of fewer than {SHORTEST_KEY} bytes.", id="dutyboard.E002")]
    return []
