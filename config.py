"""Settings, read from the environment once.

`Settings.from_environment()` is the only place that reads the environment; everything else is handed a
`Settings`. `.env.example` lists every setting with its meaning.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import demo_notes
import identity_provider
import secret_keys
import settings_checks
import trusted_shell
from demo_notes import Notes
from environ import Environ, SettingsError
from identity_provider import IdentityProvider
from trusted_shell import TrustedShell

ROOT = Path(__file__).resolve().parent
STRIPE_API = "https://api.stripe.com"
STRIPE_JS = "https://js.stripe.com/endive/stripe.js"
PAGES = "http://localhost:8000"
SANDBOX = "http://localhost:8001"
DEMO_DATA = ROOT / ".data"

Environment = Literal["development", "test", "production"]
LogFormat = Literal["text", "json"]
TrustedTypes = Literal["enforce", "report"]
ENVIRONMENTS: tuple[Environment, ...] = ("development", "test", "production")
LOG_FORMATS: tuple[LogFormat, ...] = ("text", "json")
TRUSTED_TYPES: tuple[TrustedTypes, ...] = ("enforce", "report")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says. Times in minutes, hours or seconds as the name tells."""

    environment: Environment
    secret_key: str
    secret_key_fallbacks: tuple[str, ...]
    database_url: str
    database_owner_url: str
    database_replica_url: str
    database_replica_lag_seconds: int
    public_url: str
    trusted_hosts: tuple[str, ...]
    stripe_api_base: str
    stripe_secret_key: str
    stripe_publishable_key: str
    stripe_webhook_secrets: tuple[str, ...]
    stripe_js_url: str
    stripe_stand_in_id: str | None
    stripe_timeout_seconds: int
    stripe_page_patience_seconds: int
    shell_origins: tuple[str, ...]
    shell: TrustedShell | None
    trusted_types: TrustedTypes
    invoices_url: str | None
    catalog_path: Path
    usage_months_kept: int
    rejected_days_kept: int
    hold_days_kept: int
    message_days_kept: int
    mail_days_kept: int
    trusted_proxies: int
    session_idle_minutes: int
    session_absolute_hours: int
    step_up_minutes: int
    auto_top_ups_per_hour: int
    auto_top_ups_per_day: int
    auto_top_up_brake_floor: int
    identity_provider: IdentityProvider | None
    api_requests_per_minute: int
    platform_threads: int
    page_threads: int
    sign_in_threads: int
    provider_threads: int
    channel_threads: int
    shell_threads: int
    stripe_threads: int
    download_threads: int
    webhook_threads: int
    queue_seconds: int
    body_silence_seconds: int
    body_seconds: int
    spool_megabytes: int
    webhook_ports: tuple[int, ...]
    support_email: str
    statement_issuer: tuple[str, ...]
    smtp_url: str
    mail_from: str
    operators_email: tuple[str, ...]
    operator_console: bool
    operator_credit_a_day: int
    sms_gateway_url: str
    sms_gateway_secrets: tuple[str, ...]
    metrics_token: str
    traces_endpoint: str
    log_level: str
    log_format: LogFormat
    debug: bool

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def is_https(self) -> bool:
        """Whether people reach the pages by https."""
        return self.public_url.startswith("https://")

    @property
    def owner_url(self) -> str:
        """The address of the role that owns the tables. Raises `SettingsError` where production has none."""
        if self.database_owner_url:
            return self.database_owner_url
        if self.is_production:
            raise SettingsError(
                "DATABASE_OWNER_URL is not set. `flask db` changes tables as the role that owns them: set it for "
                "that command (see 'Roles of the database' in docs/operations.md)."
            )
        return self.database_url

    @property
    def uses_sandbox(self) -> bool:
        """Whether Stripe's stand-in serves instead of Stripe."""
        return self.stripe_api_base != STRIPE_API

    @property
    def stripe_is_live(self) -> bool:
        """Whether the key moves real money."""
        return self.stripe_secret_key.startswith(("sk_live_", "rk_live_"))

    @classmethod
    def from_environment(
        cls,
        environ: Mapping[str, str] | None = None,
        *,
        data: Path = DEMO_DATA,
        problems: list[str] | None = None,
    ) -> Settings:
        """Read and check the settings.

        In development the demo that runs on the folder `data` says what is not set. Raises `SettingsError` where a
        setting is missing or contradicts another; with a list of `problems` it adds each one there instead, and
        returns what could be read.
        """
        env = Environ(os.environ if environ is None else environ, problems)
        environment = env.choice("APP_ENV", ENVIRONMENTS, "development")
        production = environment == "production"
        # With a key of Stripe's own and no other address given, Stripe itself is meant.
        own_key = bool(env.text("STRIPE_SECRET_KEY", ""))
        is_elsewhere = own_key or bool(env.text("STRIPE_API_BASE", "")) or environment != "development"
        left = demo_notes.left(data) if environment == "development" else Notes()
        notes = left or Notes()
        stand_in = notes.stripe_url or SANDBOX
        secret_key = env.text("SECRET_KEY", None if production else secret_keys.DEVELOPMENT_KEY)
        database_url = env.database("DATABASE_URL", None if production else "")
        # Of the embedded database, which has both, the one goes with the other.
        embedded_owner = "" if database_url or production else notes.database_owner_url or ""
        settings = cls(
            environment=environment,
            secret_key=secret_key,
            secret_key_fallbacks=env.words("SECRET_KEY_FALLBACKS", ""),
            database_url=database_url
            or ("" if production else env.attempt(lambda: demo_notes.database_url(left), "")),
            database_owner_url=env.database("DATABASE_OWNER_URL", embedded_owner),
            database_replica_url=env.database("DATABASE_REPLICA_URL", ""),
            database_replica_lag_seconds=env.number("DATABASE_REPLICA_LAG_SECONDS", 2),
            public_url=env.text("PUBLIC_URL", None if production else notes.public_url or PAGES).rstrip("/"),
            trusted_hosts=env.words("TRUSTED_HOSTS", ""),
            stripe_api_base=env.text("STRIPE_API_BASE", STRIPE_API if own_key else stand_in).rstrip("/"),
            stripe_secret_key=env.text("STRIPE_SECRET_KEY", None if production else "sk_test_sandbox"),
            stripe_publishable_key=env.text(
                "STRIPE_PUBLISHABLE_KEY", None if production or own_key else "pk_test_sandbox"
            ),
            stripe_webhook_secrets=env.words(
                "STRIPE_WEBHOOK_SECRET", None if production else "whsec_development_only"
            ),
            stripe_js_url=env.text(
                "STRIPE_JS_URL", STRIPE_JS if own_key or production else f"{stand_in}/endive/stripe.js"
            ),
            stripe_stand_in_id=None if is_elsewhere else notes.stripe_id or "",
            stripe_timeout_seconds=env.number("STRIPE_TIMEOUT_SECONDS", 20),
            stripe_page_patience_seconds=env.at_least_one("STRIPE_PAGE_PATIENCE_SECONDS", 4),
            shell_origins=env.words("SHELL_ORIGINS", ""),
            shell=trusted_shell.read(env),
            trusted_types=env.choice("TRUSTED_TYPES", TRUSTED_TYPES, "enforce"),
            invoices_url=env.text("INVOICES_URL", "") or None,
            catalog_path=Path(env.text("CATALOG_PATH", str(ROOT / "catalog.toml"))),
            usage_months_kept=env.number("USAGE_MONTHS_KEPT", 13),
            rejected_days_kept=env.number("REJECTED_DAYS_KEPT", 90),
            hold_days_kept=env.at_least_one("HOLD_DAYS_KEPT", 100),
            message_days_kept=env.at_least_one("MESSAGE_DAYS_KEPT", 90),
            mail_days_kept=env.at_least_one("MAIL_DAYS_KEPT", 400),
            trusted_proxies=env.number("TRUSTED_PROXIES", 0),
            session_idle_minutes=env.number("SESSION_IDLE_MINUTES", 60),
            session_absolute_hours=env.number("SESSION_ABSOLUTE_HOURS", 12),
            step_up_minutes=env.at_least_one("STEP_UP_MINUTES", 30),
            auto_top_ups_per_hour=env.at_least_one("AUTO_TOP_UPS_PER_HOUR", 4),
            auto_top_ups_per_day=env.at_least_one("AUTO_TOP_UPS_PER_DAY", 12),
            auto_top_up_brake_floor=env.number("AUTO_TOP_UP_BRAKE_FLOOR", 25),
            identity_provider=identity_provider.read(env),
            api_requests_per_minute=env.number("API_REQUESTS_PER_MINUTE", 6000),
            platform_threads=env.at_least_one("PLATFORM_THREADS", 4),
            page_threads=env.at_least_one("PAGE_THREADS", 4),
            sign_in_threads=env.at_least_one("SIGN_IN_THREADS", 2),
            provider_threads=env.at_least_one("PROVIDER_THREADS", 2),
            channel_threads=env.at_least_one("CHANNEL_THREADS", 2),
            shell_threads=env.at_least_one("SHELL_THREADS", 2),
            stripe_threads=env.at_least_one("STRIPE_THREADS", 4),
            download_threads=env.at_least_one("DOWNLOAD_THREADS", 2),
            webhook_threads=env.at_least_one("WEBHOOK_THREADS", 2),
            queue_seconds=env.at_least_one("QUEUE_SECONDS", 5),
            body_silence_seconds=env.at_least_one("BODY_SILENCE_SECONDS", 10),
            body_seconds=env.at_least_one("BODY_SECONDS", 30),
            spool_megabytes=env.number("SPOOL_MEGABYTES", 512),
            webhook_ports=env.ports("WEBHOOK_PORTS", "443"),
            support_email=env.text("SUPPORT_EMAIL", "support@voice-portal.example"),
            statement_issuer=env.lines("STATEMENT_ISSUER", "Voice Portal"),
            smtp_url=env.text("SMTP_URL", None if production else ""),
            mail_from=env.text(
                "MAIL_FROM", None if production else "Voice Portal Billing <billing@voice-portal.example>"
            ),
            operators_email=env.words("OPERATORS_EMAIL", ""),
            operator_console=env.flag("OPERATOR_CONSOLE"),
            operator_credit_a_day=env.number("OPERATOR_CREDIT_A_DAY", 500),
            sms_gateway_url=env.text("SMS_GATEWAY_URL", ""),
            sms_gateway_secrets=env.words("SMS_GATEWAY_SECRET", ""),
            traces_endpoint=env.text("OTEL_EXPORTER_OTLP_ENDPOINT", ""),
            metrics_token=env.text("METRICS_TOKEN", ""),
            log_level=env.text("LOG_LEVEL", "INFO").upper(),
            log_format=env.choice("LOG_FORMAT", LOG_FORMATS, "json" if production else "text"),
            debug=env.flag("FLASK_DEBUG"),
        )
        for check in settings_checks.which(settings):
            env.attempt(partial(check, settings), None)
        return settings
