"""The only reader of the environment. Nothing set = the embedded default; see docs/operations.md."""

import contextlib
import os
import secrets
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.log import logging_of
from config.openapi import SPECTACULAR_SETTINGS  # noqa: F401  (Django reads it here)
from config.queues import queues_at

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
VAR_DIR = Path(env.str("DUTYBOARD_VAR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

ENVIRONMENT = env.str("DUTYBOARD_ENV", default="embedded")
if ENVIRONMENT not in {"embedded", "production"}:
    raise ImproperlyConfigured(f"DUTYBOARD_ENV is {ENVIRONMENT!r}; it may be 'embedded' or 'production'")
PRODUCTION = ENVIRONMENT == "production"


def local_secret(name: str) -> str:
    """A secret for the embedded default, made once and kept under var/; production must give its own."""
    if PRODUCTION:
        raise ImproperlyConfigured(f"{name} must be set in production")
    path = VAR_DIR / name.lower()
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(48))
    return path.read_text()


def _write_once(path: Path, text: str) -> None:
    """Whole or not at all: of two processes that start at once, one wins and both read the same."""
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def required_in_production(name: str, default: str) -> str:
    value = env.str(name, default="")
    if PRODUCTION and not value:
        raise ImproperlyConfigured(f"{name} must be set in production")
    return value or default


DEBUG = env.bool("DEBUG", default=False)
if DEBUG and PRODUCTION:
    raise ImproperlyConfigured("DEBUG must be off in production: its pages show settings and source to anybody")
SECRET_KEY = env.str("SECRET_KEY", default="") or local_secret("SECRET_KEY")
# Encrypts what must be read again (stored idempotent answers); first key writes, all keys read.
ENCRYPTION_KEYS = env.list("ENCRYPTION_KEY", default=[]) or [local_secret("ENCRYPTION_KEY")]
# Signs the session tokens of the interventions' API; first key signs, all keys verify.
SESSION_JWT_KEYS = env.list("SESSION_JWT_KEY", default=[]) or [local_secret("SESSION_JWT_KEY")]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]"])
SITE_URL = required_in_production("SITE_URL", f"http://127.0.0.1:{env.int('PORT', default=8000)}").rstrip("/")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "core.admin.apps.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "oauth2_provider",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "simple_history",
    "import_export",
    "csp",
    "config.apps.ConfigConfig",
    "core",
    "scheduling",
    "appointments",
    "interventions",
    "svctasks",
]

MIDDLEWARE = [
    "core.middleware.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.PolicyMiddleware",
    "core.middleware.SessionsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "core.middleware.LogInMiddleware",
    "core.middleware.LanguageMiddleware",
    "core.middleware.MessagesMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "core.middleware.PersonMiddleware",
    "core.middleware.FailureMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Database: SQLite under var/ by default, PostgreSQL by DATABASE_URL.
DATABASES = {
    "default": env.db_url_config(required_in_production("DATABASE_URL", f"sqlite:///{VAR_DIR / 'db.sqlite3'}"))
}
DATABASE = DATABASES["default"]
ON_POSTGRESQL = DATABASE["ENGINE"].endswith("postgresql")
DATABASE["CONN_HEALTH_CHECKS"] = True
if ON_POSTGRESQL:
    # Ours asks a kept connection for its health without a statement.
    DATABASE["ENGINE"] = "core.postgresql"
    # Planning is most of a short statement's time, so what comes again is prepared. Off behind a pooler that cannot.
    if env.bool("DATABASE_PREPARE", default=True):
        DATABASE.setdefault("OPTIONS", {}).update(server_side_binding=True, prepare_threshold=5)
    # A lock that is not to be had in time is a 409 to the client, not a worker that hangs.
    DATABASE.setdefault("OPTIONS", {})["options"] = "-c lock_timeout=5s"
    # Persistent connections per thread; the native pool is chosen with DATABASE_POOL=1 (threads > 1).
    if env.bool("DATABASE_POOL", default=False):
        DATABASE["OPTIONS"]["pool"] = {"min_size": 1, "max_size": env.int("DATABASE_POOL_SIZE", default=8)}
    else:
        DATABASE["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=300)
else:
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Broker and cache: none by default (one background thread does the worker's part), Redis by REDIS_URL.
REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
EMBEDDED_WORKER = env.bool("EMBEDDED_WORKER", default=not REDIS_URL)
CELERY_BROKER_URL = REDIS_URL or "memory://"
# Where this process runs service tasks, in words of the operator's own.
WORKER_SITES = env.list("WORKER_SITES", default=["main"])
CELERY_TASK_QUEUES = queues_at(WORKER_SITES)
# How long a run's worker may say nothing before the run is lost.
SERVICE_RUN_LEASE = timedelta(seconds=env.int("SERVICE_RUN_LEASE_SECONDS", default=60))
# How long a site is there after a worker of it gave a sign of life, which they do four times in this time.
SERVICE_SITE_AWAY = timedelta(seconds=env.int("SERVICE_SITE_AWAY_SECONDS", default=90))
# The hosts that may be called, ".example.org" with all below it; those of them that may have private addresses.
OUTBOUND_HOSTS = env.list("OUTBOUND_HOSTS", default=[])
OUTBOUND_PRIVATE_HOSTS = env.list("OUTBOUND_PRIVATE_HOSTS", default=[])

# E-mail: printed by default, SMTP by EMAIL_URL (smtp+tls://user:password@host:587).
email = env.email_url_config(required_in_production("EMAIL_URL", "consolemail://"))
EMAIL_BACKEND = email["EMAIL_BACKEND"].replace("django.core.mail.backends.console", "core.mail.console")
EMAIL_HOST, EMAIL_PORT = email.get("EMAIL_HOST"), email.get("EMAIL_PORT")
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = email.get("EMAIL_HOST_USER"), email.get("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS, EMAIL_USE_SSL = email.get("EMAIL_USE_TLS", False), email.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = email.get("EMAIL_FILE_PATH")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="dutyboard@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
OUTBOX_LEASE = timedelta(seconds=env.int("OUTBOX_LEASE_SECONDS", default=120))

# People
AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "core.oauth.hashers.ClientSecretHasher",
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/student/"
LOGOUT_REDIRECT_URL = LOGIN_URL

# OAuth2
OAUTH2_PROVIDER_APPLICATION_MODEL = "core.Application"
OAUTH2_PROVIDER = {
    "ACCESS_TOKEN_EXPIRE_SECONDS": 7200,
    "REFRESH_TOKEN_EXPIRE_SECONDS": 14 * 24 * 3600,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"] if PRODUCTION else ["https", "http"],
    "CLIENT_SECRET_HASHER": "client_sha256",
    "OAUTH2_VALIDATOR_CLASS": "core.oauth.validator.Validator",
    "SCOPES_BACKEND_CLASS": "core.oauth.scopes.ApplicationScopes",
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_MATCHING": True,
    "COMPLIANT_BCP_RFC9700_PKCE_REQUIRED": True,
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["core.api.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["core.api.permissions.Undeclared"],
    "DEFAULT_SCHEMA_CLASS": "core.api.openapi.DialectSchema",
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
}
RATE_LIMIT_PER_SECOND = env.int("RATE_LIMIT_PER_SECOND", default=20 if PRODUCTION else 0)
RATE_LIMIT_PER_HOUR = env.int("RATE_LIMIT_PER_HOUR", default=12000 if PRODUCTION else 0)
# Larger bodies are 413 in the dialect's form (core/api); Django's own limits stay above that.
API_BODY_LIMIT = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * API_BODY_LIMIT

# Security
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "base-uri": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=PRODUCTION)
# How many proxies stand one behind the other: so many entries of X-Forwarded-For, from the right, are their word.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=1 if BEHIND_PROXY else 0)
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    # The container's own health probe speaks plain HTTP.
    SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=365 * 24 * 3600)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=True)
    SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=True)
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True

# Language, time, static files
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = not PRODUCTION
# Looked up when asked for: to read them all takes 25 ms, and each client of a test makes the middleware anew.
WHITENOISE_AUTOREFRESH = not PRODUCTION
if PRODUCTION:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }

LOG_FORMAT = env.str("LOG_FORMAT", default="json" if PRODUCTION else "text")
LOGGING = logging_of(LOG_FORMAT)
