"""What is sent is taken strictly and within limits, and what is wrong with it is said in words."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
import zlib
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.api import bodies, problems
from app.api.problems import ProblemError
from app.ids import uuid7
from tests.support.platform import Platform, is_problem

MEGABYTE = 1024 * 1024


def send(platform: Platform, body: bytes, **headers: str) -> TestResponse:
    sent = {"Content-Type": "application/json", "Authorization": f"Bearer {platform.text}"}
    return platform.open("PUT", f"/organizations/{uuid7()}", data=body, headers=sent | headers)


def harbor(**changes: Any) -> bytes:
    return json.dumps({"name": "Harbor", "timezone": "UTC"} | changes).encode()


class TestWhatIsNoJson:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"   ",
            b"{",
            b"{'name': 1}",
            b'{"name": "x"} more',
            b'{"name": NaN}',
            b'{"name": 1e400, "timezone": "UTC"}',
            b'{"name": "\xff", "timezone": "UTC"}',
            b'{"name": "\\ud800", "timezone": "UTC"}',
            b'{"name": "x\x00", "timezone": "UTC"}',
            b"\xef\xbb\xbf{}",
        ],
    )
    def test_it_is_malformed(self, platform: Platform, body: bytes) -> None:
        assert is_problem(send(platform, body), "malformed-request", 400)

    def test_too_deep_is_refused_and_breaks_nothing(self, app: Flask) -> None:
        deep = b'{"a":' * 100_000
        with pytest.raises(ProblemError) as refused:
            bodies.decode(deep, dict[str, Any])
        assert refused.value.kind is problems.MALFORMED


class TestWhatIsNotAsItHasToBe:
    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            (b"[]", ""),
            (b"null", ""),
            (b'"text"', ""),
            (harbor(name=None), "/name"),
            (harbor(timezone=5), "/timezone"),
            (harbor(plan="scale"), "/plan"),
            (harbor(owners=["a@b.example", 7]), "/owners/1"),
            (harbor(owners="a@b.example"), "/owners"),
        ],
    )
    def test_it_is_pointed_out(self, platform: Platform, body: bytes, pointer: str) -> None:
        answer = send(platform, body)
        assert is_problem(answer, "invalid-content", 422)
        assert [one["pointer"] for one in answer.json["errors"]] == [pointer]
        assert "`" not in answer.json["errors"][0]["detail"]

    def test_the_character_nul_is_refused_and_its_name_is_not(self, platform: Platform) -> None:
        assert is_problem(send(platform, harbor(name="a\0b")), "invalid-content", 422)
        assert send(platform, harbor(name="a\\u0000b")).status_code == 201

    def test_a_thousand_mistakes_are_not_all_told(self, platform: Platform) -> None:
        answer = send(platform, json.dumps({f"field{n}": n for n in range(1000)}).encode())
        assert len(answer.json["errors"]) == 50


class TestKindsOfBodies:
    @pytest.mark.parametrize(
        ("headers", "named"),
        [
            ({"Content-Type": ""}, "Accept"),
            ({"Content-Type": "text/plain"}, "Accept"),
            ({"Content-Type": "application/x-www-form-urlencoded"}, "Accept"),
            ({"Content-Type": "application/json; charset=latin-1"}, "Accept"),
            ({"Content-Encoding": "br"}, "Accept-Encoding"),
            ({"Content-Encoding": "gzip, gzip"}, "Accept-Encoding"),
        ],
    )
    def test_another_kind_is_refused_and_the_right_one_named(
        self, platform: Platform, headers: dict[str, str], named: str
    ) -> None:
        answer = send(platform, harbor(), **headers)
        assert is_problem(answer, "unsupported-media-type", 415)
        assert answer.headers[named]

    @pytest.mark.parametrize("content_type", ["application/json; charset=UTF-8", "Application/JSON"])
    def test_json_in_utf_8_is_taken_however_it_is_written(
        self, platform: Platform, content_type: str
    ) -> None:
        assert send(platform, harbor(), **{"Content-Type": content_type}).status_code == 201


class TestGzip:
    def test_it_is_taken_in_one_member_or_several(self, platform: Platform) -> None:
        whole = harbor()
        many = gzip.compress(b"") * 998 + gzip.compress(whole[:9]) + gzip.compress(whole[9:])
        for body in (gzip.compress(whole), gzip.compress(whole[:9]) + gzip.compress(whole[9:]), many):
            assert send(platform, body, **{"Content-Encoding": "gzip"}).status_code == 201

    @pytest.mark.parametrize(
        "body",
        [
            b"no gzip",
            gzip.compress(harbor())[:-5],
            zlib.compress(harbor()),
            gzip.compress(harbor()) + b"more",
            gzip.compress(b"") * 1_000 + gzip.compress(harbor()),
        ],
        ids=["none", "cut off", "zlib", "more after it", "too many members"],
    )
    def test_what_is_none_or_ends_early_is_malformed(self, platform: Platform, body: bytes) -> None:
        assert is_problem(send(platform, body, **{"Content-Encoding": "gzip"}), "malformed-request", 400)

    def test_a_bomb_is_refused_before_it_goes_off(self, app: Flask) -> None:
        """A hundred megabytes in a hundred kilobytes: refused at the limit, with little more in memory than that."""
        packer = zlib.compressobj(wbits=31)
        bomb = b"".join(packer.compress(bytes(MEGABYTE)) for _ in range(100)) + packer.flush()
        assert len(bomb) < MEGABYTE // 8
        headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
        with app.test_request_context(method="POST", data=bomb, headers=headers):
            tracemalloc.start()
            with pytest.raises(ProblemError) as refused:
                bodies.read_body(limit=10 * MEGABYTE)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert refused.value.kind is problems.TOO_LARGE
        assert peak < 25 * MEGABYTE

    def test_a_bomb_in_many_members_is_refused_too(self, app: Flask) -> None:
        bomb = gzip.compress(bytes(60_000)) * 20
        headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
        with (
            app.test_request_context(method="POST", data=bomb, headers=headers),
            pytest.raises(ProblemError) as refused,
        ):
            bodies.read_body(limit=MEGABYTE)
        assert refused.value.kind is problems.TOO_LARGE


class TestLimits:
    def test_the_last_byte_that_is_allowed_is_taken_and_the_next_is_not(self, platform: Platform) -> None:
        exact = harbor() + b" " * (bodies.LIMIT - len(harbor()))
        assert send(platform, exact).status_code == 201
        assert is_problem(send(platform, exact + b" "), "too-large", 413)

    def test_what_comes_in_chunks_is_held_to_the_limit(self, platform: Platform) -> None:
        answer = platform.open(
            "PUT",
            f"/organizations/{uuid7()}",
            input_stream=io.BytesIO(harbor() + b" " * bodies.LIMIT),
            headers={
                "Authorization": f"Bearer {platform.text}",
                "Content-Type": "application/json",
                "Transfer-Encoding": "chunked",
            },
            environ_overrides={"wsgi.input_terminated": True},
        )
        assert is_problem(answer, "too-large", 413)
