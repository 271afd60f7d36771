"""`make secret-scan`: what was ever committed, also where it is gone again."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from dev.upkeep import git_contents, secret_kinds, secret_scan
from dev.upkeep.outcome import CLEAN, FOUND, UNABLE

DRAWN = "Qm7Zk2Wp9Xr4Tn8Vb3Lc6Hd1"
# In parts, so that a scan of this file finds nothing.
SECRETS = {
    "private key": "-----BEGIN " + "RSA PRIVATE KEY-----\n" + DRAWN * 4,
    "key of Stripe": "sk_" + "live_" + DRAWN,
    "signing secret": "whsec" + "_" + DRAWN,
    "token of this API": "vpb" + "_" + (DRAWN * 3)[:71],
    "key of AWS": "AKIA" + "ABCDEFGHIJKLMNOP",
    "token of GitHub": "ghp" + "_" + DRAWN + DRAWN,
    "token of Slack": "xoxb" + "-1234567890-abcdef",
    "key of Google": "AIza" + (DRAWN * 2)[:35],
    "JSON Web Token": ".".join(["ey" + "J" + DRAWN] * 2 + [DRAWN]),
    "password in an address": "postgresql://billing" + ":" + "open-sesame@db.example/billing",
    "value named as a secret": "API_KEY" + ' = "' + DRAWN + '"',
}


@pytest.mark.parametrize("kind", SECRETS)
def test_each_kind_is_found(kind: str) -> None:
    assert [found.name for found, _ in secret_kinds.find(f"x = '{SECRETS[kind]}'".encode())] == [kind]


def test_every_kind_has_an_example() -> None:
    assert {kind.name for kind in secret_kinds.KINDS} == set(SECRETS)


@pytest.mark.parametrize(
    "text",
    [
        'secret = "the-words-of-a-sentence"',
        "postgresql://{user}:{password}@{host}",
        "https://billing.example/reset/@me",
        "sk_test_123",
        'token = os.environ["TOKEN"]',
    ],
)
def test_what_is_no_secret_is_not_taken_for_one(text: str) -> None:
    assert list(secret_kinds.find(text.encode())) == []


def test_a_secret_that_was_removed_again_is_found_and_never_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secret_scan, "read_known", dict)
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    commit(tmp_path, SECRETS["key of Stripe"])
    commit(tmp_path, "nothing")

    assert secret_scan.main(tmp_path) == FOUND
    said = capsys.readouterr().out
    assert "settings.py: key of Stripe" in said
    assert DRAWN not in said

    mark = secret_scan.mark_of(SECRETS["key of Stripe"].encode())
    monkeypatch.setattr(secret_scan, "read_known", lambda: {mark: "an example"})
    assert secret_scan.main(tmp_path) == CLEAN


def test_a_shallow_clone_was_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret_scan, "read_known", dict)
    whole, newest = tmp_path / "whole", tmp_path / "newest"
    whole.mkdir()
    git(whole, "init", "--quiet", "--initial-branch", "main")
    commit(whole, "something")
    commit(whole, "nothing")
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{whole}", str(newest))

    assert secret_scan.main(newest) == UNABLE


def test_a_message_of_a_commit_counts(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    commit(tmp_path, "nothing", message=f"Use {SECRETS['key of AWS']}")
    found = list(secret_scan.scan(git_contents.contents(tmp_path)))
    assert [each.kind for each in found] == ["key of AWS"]
    assert found[0].file.startswith("commit ")


def test_what_is_known_says_why() -> None:
    known = secret_scan.read_known()
    assert [mark for mark, why in known.items() if len(mark) != 16 or not why] == []


def commit(folder: Path, text: str, message: str = "A step") -> None:
    (folder / "settings.py").write_text(text)
    git(folder, "add", ".")
    git(
        folder, "-c", "user.name=A", "-c", "user.email=a@b.example", "commit", "--quiet", "--message", message
    )


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True)
