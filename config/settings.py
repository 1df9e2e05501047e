"""Settings, read top to bottom. What differs between machines comes from the environment (see .env.example)."""

from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

# --- What kind of start this is -------------------------------------------------------------------------------------
DEBUG = env.bool("TRAO_DEBUG", default=False)
DEMO = env.bool("TRAO_DEMO", default=False)  # made-up province and known passwords; a production start refuses them
SECRET_KEY = env.str("TRAO_SECRET_KEY")
IDENTITY_KEY = env.str("TRAO_IDENTITY_KEY")  # seals identity numbers; lives outside the database, 64 hex digits
ALLOWED_HOSTS = env.list("TRAO_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("TRAO_ORIGINS", default=[])
BEHIND_TLS = env.bool("TRAO_TLS", default=not DEMO)

# --- Applications ---------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "django_htmx",
    "import_export",
    "pgtrigger",
    "pghistory",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "administration",
    "beneficiaries",
    "devices",
    "allocations",
    "reports",
    *(["demo"] if DEMO else []),
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "administration.middleware.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "administration.middleware.PrivatePagesMiddleware",
    "administration.middleware.ScopeMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
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
                "django.template.context_processors.i18n",
                "administration.context.page_frame",
            ],
            "builtins": ["django.templatetags.i18n", "administration.templatetags.trao"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database: the application role cannot change tables nor see past row-level security ------------------------------
AS_OWNER = env.bool("TRAO_AS_OWNER", default=False)
DATABASES = {"default": env.db_url("DATABASE_OWNER_URL" if AS_OWNER else "DATABASE_URL")}
DATABASE_APP_ROLE = env.db_url("DATABASE_URL")["USER"]
DATABASE_OWNER_ROLE = env.db_url("DATABASE_OWNER_URL", default=env.str("DATABASE_URL"))["USER"]
DATABASES["default"].update(
    CONN_MAX_AGE=0 if AS_OWNER else 300,
    CONN_HEALTH_CHECKS=True,
    OPTIONS={
        **DATABASES["default"].get("OPTIONS", {}),
        "connect_timeout": 3,
        "options": "-c statement_timeout={} -c lock_timeout={} -c idle_in_transaction_session_timeout={}".format(
            env.str("TRAO_STATEMENT_TIMEOUT", default="0" if AS_OWNER else "30s"),
            env.str("TRAO_LOCK_TIMEOUT", default="0" if AS_OWNER else "5s"),
            "0" if AS_OWNER else "10min",
        ),
    },
    TEST={"NAME": env.str("TRAO_TEST_DATABASE", default="test_trao")},
)
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "administration_cache"}}
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # a restart of the broker logs nobody out

# --- Who may enter ----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "administration.Officer"
AUTHENTICATION_BACKENDS = ["administration.access.OfficerBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "tasks"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "administration.access.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ADAPTER = "allauth.mfa.adapter.DefaultMFAAdapter"
SESSION_COOKIE_AGE = 10 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if BEHIND_TLS:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-phien", "__Host-csrf"

# --- What the browser may do ------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_REDIRECT_EXEMPT = [r"^suc-khoe/$"]
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = BEHIND_TLS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 11 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# --- Files ------------------------------------------------------------------------------------------------------------
FILES_DIR = Path(env.str("TRAO_FILES", default=str(BASE_DIR / ".data" / "files")))  # uploads and reports, never served
HASHED_STATIC = env.bool("TRAO_HASHED_STATIC", default=not DEBUG)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES_DIR}},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if HASHED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
    },
}
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("TRAO_STATIC", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not HASHED_STATIC  # the demo serves static/ as it lies there
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True

# --- Language and formats ---------------------------------------------------------------------------------------------
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True

# --- History ----------------------------------------------------------------------------------------------------------
PGHISTORY_APPEND_ONLY = True
PGHISTORY_ADMIN_ALL_EVENTS = False

# --- The queue: rows are the record, Celery only rings (reliability of a job never hangs on the broker) ---------------
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="redis://localhost:6379/0")
CELERY_TASK_IGNORE_RESULT = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_SOFT_TIME_LIMIT = 840
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": 5,
    "socket_connect_timeout": 3,
    "health_check_interval": 25,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 2, "interval_start": 0.1, "interval_max": 0.5}
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    "sweep-jobs": {"task": "administration.tasks.sweep_jobs", "schedule": 30.0},
    "ask-scheduled-reports": {"task": "reports.tasks.ask_scheduled", "schedule": 900.0},
    "tidy-reports": {"task": "reports.tasks.tidy_shelf", "schedule": 3600.0},
    "find-duplicates-nightly": {"task": "beneficiaries.tasks.find_duplicates", "schedule": 24 * 3600.0},
    "verify-nightly": {"task": "reports.tasks.verify_nightly", "schedule": crontab(hour=2, minute=10)},
}

# --- Logs -------------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_identity": {"()": "administration.logs.HideIdentityNumbers"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["no_identity"]}},
    "root": {"handlers": ["console"], "level": env.str("TRAO_LOG_LEVEL", default="INFO")},
    "loggers": {"django.request": {"level": "ERROR"}, "celery": {"level": "WARNING"}},
}

# --- What the office is called ----------------------------------------------------------------------------------------
HELP_PHONE = env.str("TRAO_HELP_PHONE", default="")
VERSION = "0.1"
