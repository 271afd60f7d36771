"""Settings: production refuses to start half-configured, and says which setting it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app import create_app
from config import ROOT, Settings
from environ import SettingsError

PRODUCTION = {
    "APP_ENV": "production",
    "SECRET_KEY": "Zr3vKq8Yw1nTf6Lx0HbJ5mSdG2pC9aUe4RiWo7XtBkNsVyMh",
    "DATABASE_URL": "postgresql+psycopg://billing@db/billing",
    "PUBLIC_URL": "https://billing.example",
    "STRIPE_SECRET_KEY": "sk_live_x",
    "STRIPE_PUBLISHABLE_KEY": "pk_live_x",
    "STRIPE_WEBHOOK_SECRET": "whsec_x",
    "SMTP_URL": "smtps://user:secret@mail.example",
    "MAIL_FROM": "Billing <billing@portal.example>",
}


PROVIDER = {
    "OIDC_ISSUER": "https://login.acme.example/realms/acme",
    "OIDC_CLIENT_ID": "billing",
    "OIDC_CLIENT_SECRET": "a-secret",
}


def test_production_starts_with_what_it_needs() -> None:
    settings = Settings.from_environment(PRODUCTION)
    assert settings.stripe_api_base == "https://api.stripe.com"
    assert settings.stripe_js_url.startswith("https://js.stripe.com/")
    assert settings.log_format == "json"


@pytest.mark.parametrize("name", [name for name in PRODUCTION if name != "APP_ENV"])
def test_production_refuses_to_start_without_a_needed_setting_and_names_it(name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment({key: value for key, value in PRODUCTION.items() if key != name})


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"STRIPE_API_BASE": "http://localhost:8001"}, "STRIPE_API_BASE"),
        ({"STRIPE_JS_URL": "http://localhost:8001/endive/stripe.js"}, "STRIPE_JS_URL"),
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
        ({"PUBLIC_URL": "http://billing.example"}, "PUBLIC_URL"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        (
            {"SECRET_KEY_FALLBACKS": f"{PRODUCTION['SECRET_KEY'][::-1]} {'changeme' * 6}"},
            "SECRET_KEY_FALLBACKS",
        ),
        ({"STRIPE_PUBLISHABLE_KEY": "pk_test_x"}, "STRIPE_PUBLISHABLE_KEY"),
        ({"SESSION_IDLE_MINUTES": "soon"}, "SESSION_IDLE_MINUTES"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT"),
    ],
)
def test_production_refuses_what_is_dangerous_or_wrong_and_names_it(
    change: dict[str, str], named: str
) -> None:
    with pytest.raises(SettingsError, match=named):
        Settings.from_environment(PRODUCTION | change)


def test_an_identity_provider_is_optional_and_has_defaults() -> None:
    assert Settings.from_environment(PRODUCTION).identity_provider is None
    provider = Settings.from_environment(PRODUCTION | PROVIDER).identity_provider
    assert provider is not None
    assert provider.scopes == ("openid", "email", "profile")
    assert (provider.owner_roles, provider.member_roles) == (("org_admin",), ("member",))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"OIDC_CLIENT_ID": ""}, "OIDC_CLIENT_ID"),
        ({"OIDC_CLIENT_SECRET": ""}, "OIDC_CLIENT_SECRET"),
        ({"OIDC_ISSUER": "http://login.acme.example"}, "OIDC_ISSUER"),
        ({"OIDC_ISSUER": "login.acme.example"}, "OIDC_ISSUER"),
        ({"OIDC_ISSUER": "https://login.acme.example/?a=b"}, "OIDC_ISSUER"),
        ({"OIDC_ISSUER": "https://a:b@login.acme.example"}, "OIDC_ISSUER"),
        ({"OIDC_ISSUER": "https://login.acme.example:x"}, "OIDC_ISSUER"),
        ({"OIDC_SCOPES": "email profile"}, "OIDC_SCOPES"),
        ({"OIDC_OWNER_ROLES": "staff", "OIDC_MEMBER_ROLES": "guest staff"}, "OIDC_OWNER_ROLES"),
    ],
)
def test_half_an_identity_provider_is_refused_and_the_setting_named(
    change: dict[str, str], named: str
) -> None:
    with pytest.raises(SettingsError, match=named):
        Settings.from_environment(PRODUCTION | PROVIDER | change)


@pytest.mark.parametrize("ending", ["", "/"])
def test_the_shell_and_the_identity_provider_have_different_issuers(ending: str) -> None:
    shell = {
        "SHELL_ISSUER": PROVIDER["OIDC_ISSUER"] + ending,
        "SHELL_JWKS_URL": "https://portal.example/keys",
        "SHELL_ORIGINS": "https://portal.example",
    }
    with pytest.raises(SettingsError, match="SHELL_ISSUER and OIDC_ISSUER are the same"):
        Settings.from_environment(PRODUCTION | PROVIDER | shell)
    Settings.from_environment(PRODUCTION | PROVIDER | shell | {"SHELL_ISSUER": "https://portal.example"})


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"SMTP_URL": "smtp://user:secret@mail.example"}, "SMTP_URL"),
        ({"MAIL_FROM": "Billing"}, "MAIL_FROM"),
        ({"SUPPORT_EMAIL": "support"}, "SUPPORT_EMAIL"),
    ],
)
def test_production_does_not_start_with_mail_that_could_not_be_sent(
    change: dict[str, str], named: str
) -> None:
    with pytest.raises(SettingsError, match=named):
        create_app(Settings.from_environment(PRODUCTION | change | {"LOG_LEVEL": "CRITICAL"}))


def test_a_live_key_never_goes_to_a_stand_in_not_even_in_development() -> None:
    with pytest.raises(SettingsError, match="live key"):
        Settings.from_environment(
            {
                "DATABASE_URL": "postgresql+psycopg:///x",
                "STRIPE_SECRET_KEY": "sk_live_x",
                "STRIPE_PUBLISHABLE_KEY": "pk_live_x",
                "STRIPE_API_BASE": "http://localhost:8001",
            }
        )


def test_with_test_keys_development_talks_to_stripe_itself() -> None:
    settings = Settings.from_environment(
        {
            "DATABASE_URL": "postgresql+psycopg:///x",
            "STRIPE_SECRET_KEY": "sk_test_x",
            "STRIPE_PUBLISHABLE_KEY": "pk_test_x",
            "STRIPE_WEBHOOK_SECRET": "whsec_x",
        }
    )
    assert not settings.uses_sandbox
    assert settings.stripe_js_url == "https://js.stripe.com/endive/stripe.js"


SMS = {
    "SMS_GATEWAY_URL": "https://sms.example/",
    "SMS_GATEWAY_SECRET": f"whsec_{'A' * 43}= whsec_{'B' * 43}=",
}


def test_a_gateway_for_text_messages_has_an_address_and_secrets() -> None:
    settings = Settings.from_environment(PRODUCTION | SMS)
    assert settings.sms_gateway_url == "https://sms.example/"
    assert len(settings.sms_gateway_secrets) == 2
    assert Settings.from_environment(PRODUCTION).sms_gateway_url == ""


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"SMS_GATEWAY_SECRET": ""}, "go together"),
        ({"SMS_GATEWAY_URL": ""}, "go together"),
        ({"SMS_GATEWAY_SECRET": "secret"}, "whsec_"),
        ({"SMS_GATEWAY_SECRET": "whsec_short"}, "whsec_"),
        ({"SMS_GATEWAY_URL": "http://sms.example/"}, "https"),
    ],
)
def test_a_gateway_that_could_not_be_trusted_is_refused(wrong: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        Settings.from_environment(PRODUCTION | SMS | wrong)


def test_the_example_lists_every_setting() -> None:
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', Path(ROOT / "config.py").read_text()))
    listed = set(re.findall(r"^(?:# )?([A-Z_]+)=", Path(ROOT / ".env.example").read_text(), re.MULTILINE))
    assert read <= listed
