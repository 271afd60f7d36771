"""The code flow: what the provider is asked for, and what becomes of what it answers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from app.clock import utc_now
from app.openid import Client, RefusedError, Request, UnavailableError
from tests.openid.flow import CALLBACK, sign_in
from tests.support.database import inside
from tests.support.openid_provider import CLIENT_ID, Provider


def test_a_code_becomes_who_it_is(client: Client, provider: Provider) -> None:
    token = sign_in(client, provider)
    assert (token.issuer, token.subject) == (provider.url, "2f1c")
    assert token.claims["email"] == "dana@acme.example"
    assert token.signed_in_at is not None
    [asked] = provider.asked
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == CALLBACK
    assert asked["scope"] == "openid email profile"
    assert asked["max_age"] == "3600", "so that the provider tells when it was"


def test_each_sign_in_has_secrets_of_its_own(client: Client, provider: Provider) -> None:
    for _ in range(3):
        sign_in(client, provider)
    for secret in ("state", "nonce", "code_challenge"):
        assert len({asked[secret] for asked in provider.asked}) == 3
        assert all(len(asked[secret]) >= 43 for asked in provider.asked), "256 bits"


@pytest.mark.parametrize("ways", [["client_secret_post"], ["client_secret_basic"], None])
def test_the_secret_is_given_as_the_provider_wants_it(
    client: Client, provider: Provider, ways: list[str] | None
) -> None:
    provider.document = {"token_endpoint_auth_methods_supported": ways}
    assert sign_in(client, provider).subject == "2f1c"


def test_a_code_is_worth_nothing_twice_or_with_another_verifier(client: Client, provider: Provider) -> None:
    mine, other = Request.new(), Request.new()
    back = provider.sign_in(client.sign_in_address(mine, known_within=60))
    [code] = parse_qs(urlsplit(back).query)["code"]
    with pytest.raises(RefusedError, match="invalid_grant"):
        client.redeem(code, Request(mine.state, mine.nonce, other.verifier), utc_now())
    back = provider.sign_in(client.sign_in_address(mine, known_within=60))
    [code] = parse_qs(urlsplit(back).query)["code"]
    client.redeem(code, mine, utc_now())
    with pytest.raises(RefusedError, match="invalid_grant"):
        client.redeem(code, mine, utc_now())


def test_asked_for_a_fresh_sign_in_the_provider_has_to_have_made_one(
    client: Client, provider: Provider
) -> None:
    provider.signed_in_at -= 3600
    assert sign_in(client, provider, fresh=True).signed_in_at is not None
    assert (provider.asked[-1]["prompt"], provider.asked[-1]["max_age"]) == ("login", "0")
    provider.person.claims["auth_time"] = int(provider.signed_in_at) - 3600
    with pytest.raises(RefusedError, match="auth_time"):
        sign_in(client, provider, fresh=True)
    assert sign_in(client, provider).subject == "2f1c", "an earlier one is good enough otherwise"
    provider.change = lambda claims: {name: claims[name] for name in claims if name != "auth_time"}
    with pytest.raises(RefusedError, match="auth_time"):
        sign_in(client, provider, fresh=True)
    assert sign_in(client, provider).signed_in_at is None


@pytest.mark.parametrize("named", ["https://evil.example", "", None])
def test_an_answer_of_another_provider_is_refused(
    client: Client, provider: Provider, named: str | None
) -> None:
    with pytest.raises(RefusedError, match="not of our provider"):
        client.check_sender(named)
    client.check_sender(provider.url)


def test_a_provider_that_names_itself_nowhere_has_to_be_named_right_if_at_all(
    client: Client, provider: Provider
) -> None:
    provider.document = {"authorization_response_iss_parameter_supported": False}
    client.check_sender(None)
    with pytest.raises(RefusedError):
        client.check_sender("https://evil.example")


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"error": "invalid_grant"}, RefusedError),
        (401, {"error": "invalid_client"}, RefusedError),
        (200, {"access_token": "a"}, UnavailableError),
        (200, {"id_token": ["a"]}, UnavailableError),
        (200, ["id_token"], UnavailableError),
        (200, "<h1>Welcome</h1>", UnavailableError),
        (502, "<h1>Bad gateway</h1>", UnavailableError),
        (500, {"error": "server_error"}, UnavailableError),
        (302, {}, RefusedError),
    ],
)
def test_whatever_the_token_endpoint_answers(
    client: Client, provider: Provider, status: int, body: object, error: type[Exception]
) -> None:
    provider.token_answer = status, body
    with pytest.raises(error):
        sign_in(client, provider)


def test_signing_out_there_leads_back_here(client: Client, provider: Provider) -> None:
    address = client.sign_out_address("http://localhost:8000/sign-in")
    assert address is not None
    assert address.startswith(f"{provider.url}/sign-out?")
    assert parse_qs(urlsplit(address).query) == {
        "client_id": [CLIENT_ID],
        "post_logout_redirect_uri": ["http://localhost:8000/sign-in"],
    }


def test_without_such_a_page_no_one_is_sent_there(client: Client, provider: Provider) -> None:
    provider.document = {"end_session_endpoint": None}
    assert client.sign_out_address("http://localhost:8000/sign-in") is None


def test_many_who_come_at_the_same_moment_ask_for_the_documents_once(
    client: Client, provider: Provider, app: Flask
) -> None:
    def one(_: int) -> str:
        with inside(app):
            return sign_in(client, provider).subject

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(one, range(6))) == ["2f1c"] * 6
    assert provider.fetched["/.well-known/openid-configuration"] == 1
    assert provider.fetched["/keys"] == 1
