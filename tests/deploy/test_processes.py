"""Container, compose, Kubernetes and systemd run the same processes, without rights that they don't need."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from click import Context

from app.cli.worker import worker
from config import ROOT, Settings
from dev.image.containerfile import read
from tests.test_settings import PRODUCTION

DEPLOY = ROOT / "deploy"
PROCESSES = {
    "web": ["serve"],
    "api": ["serve"],
    "worker": ["worker", "--queues", "money"],
    "messenger": ["worker", "--queues", "messages,mail,maintenance"],
    "migrate": ["db", "upgrade"],
}
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text())
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def objects() -> Iterator[dict[str, Any]]:
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml")):
        yield from yaml.safe_load_all(path.read_text())


def containers() -> dict[str, dict[str, Any]]:
    return {
        one["metadata"]["name"]: one["spec"]["template"]["spec"]
        for one in objects()
        if one["kind"] in {"Deployment", "Job"}
    }


class Unit(RawConfigParser):
    """A unit's lines; of a key that is there twice, the last."""

    def __init__(self, path: Path) -> None:
        super().__init__(strict=False)
        self.optionxform = str  # type: ignore[method-assign, assignment]
        self.read(path)


def commands() -> Iterator[tuple[str, str, list[str]]]:
    for name in PROCESSES:
        yield "compose", name, COMPOSE["services"][name]["command"]
        yield "kubernetes", name, containers()[name]["containers"][0]["args"]
    for path in UNITS:
        program, *words = shlex.split(Unit(path)["Service"]["ExecStart"])
        assert program == "/opt/billing/bin/voice-portal-billing"
        yield "systemd", path.stem.removeprefix("billing-"), words


def test_each_way_runs_the_same_processes() -> None:
    found = list(commands())
    assert {(way, name) for way, name, _ in found} == {
        (way, name) for way in ("compose", "kubernetes", "systemd") for name in PROCESSES
    }
    for _, name, words in found:
        assert words[: len(PROCESSES[name])] == PROCESSES[name]
        if words[0] == "worker":
            with Context(worker) as context:
                worker.parse_args(context, list(words[1:]))
    described = (DEPLOY / "README.md").read_text()
    assert re.findall(r"^\| `(\w+)` \|", described, re.MULTILINE) == list(PROCESSES)


def test_the_image_is_run_by_no_one_special_and_says_how_it_is() -> None:
    build, final = read(DEPLOY / "container" / "Containerfile")
    assert build.base == final.base and build.name == "build"
    assert re.fullmatch(r"\d{5}:\d{5}", final.all("USER")[-1])
    assert [rest for rest in final.all("COPY") if not rest.startswith("--from=build")] == []
    assert not final.all("ADD") and not build.all("ADD")
    assert final.words("ENTRYPOINT") == ["voice-portal-billing"]
    assert "healthz" in final.words("HEALTHCHECK")[-1]
    assert final.environment()["APP_ENV"] == "production"
    ignored = (ROOT / ".containerignore").read_text()
    assert ignored == (ROOT / ".dockerignore").read_text(), (
        "The same for builders that only know the other name."
    )
    assert ignored.splitlines()[1] == "*"


def test_processes_can_write_nowhere_but_in_a_temporary_folder() -> None:
    for name in PROCESSES:
        service = COMPOSE["services"][name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert [one.partition(":")[0] for one in service["tmpfs"]] == ["/tmp"]
        pod = containers()[name]
        assert pod["securityContext"]["runAsNonRoot"] and not pod["automountServiceAccountToken"]
        [container] = pod["containers"]
        security = container["securityContext"]
        assert security["readOnlyRootFilesystem"] and not security["allowPrivilegeEscalation"]
        assert security["capabilities"] == {"drop": ["ALL"]}
        assert [one["mountPath"] for one in container["volumeMounts"]] == ["/tmp"]
    for path in UNITS:
        unit = Unit(path)["Service"]
        assert (unit["DynamicUser"], unit["ProtectSystem"], unit["PrivateTmp"]) == ("yes", "strict", "yes")
        assert unit["CapabilityBoundingSet"] == ""


def test_only_migrations_know_the_role_that_owns_the_tables() -> None:
    knows = {name for name in PROCESSES if "owner-environment" in COMPOSE["services"][name]["env_file"]}
    assert knows == {"migrate"}
    named = {name: str(pod["containers"][0]["envFrom"]) for name, pod in containers().items()}
    assert {name for name, text in named.items() if "billing-owner" in text} == {"migrate"}
    assert {path.stem for path in UNITS if "/etc/billing/owner" in path.read_text()} == {"billing-migrate"}
    assert "DATABASE_OWNER_URL" not in (DEPLOY / "compose" / "environment.example").read_text()


def test_the_settings_of_the_examples_are_settings_of_ours() -> None:
    known = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    known |= {"APP_ENV", "PORT", "WEB_CONCURRENCY", "BILLING_VERSION"}
    lines = (DEPLOY / "compose" / "environment.example").read_text().splitlines()
    named = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    [settings] = [one["data"] for one in objects() if one["kind"] == "ConfigMap"]
    assert set(named) | set(settings) <= known
    filled = {name: value or PRODUCTION.get(name, "") for name, value in named.items()}
    assert Settings.from_environment(PRODUCTION | filled | settings).trusted_proxies == 1


def test_a_process_has_the_time_that_it_needs_to_stop() -> None:
    """A worker gives its jobs 25 seconds, a web process ten to what is being answered."""
    for name, least in {"web": 15, "api": 15, "worker": 30, "messenger": 30}.items():
        assert int(COMPOSE["services"][name]["stop_grace_period"].removesuffix("s")) >= least
        assert containers()[name]["terminationGracePeriodSeconds"] >= least
        assert int(Unit(DEPLOY / "systemd" / f"billing-{name}.service")["Service"]["TimeoutStopSec"]) >= least


def test_the_proxy_takes_as_much_as_the_service_and_shows_no_figures() -> None:
    text = (DEPLOY / "compose" / "nginx.conf").read_text()
    for needed in (
        "location = /metrics { return 404; }",
        "client_max_body_size 10m;",
        "client_max_body_size 4m;",
        "gzip off;",
        "proxy_next_upstream off;",
        "X-Forwarded-For $remote_addr;",
    ):
        assert needed in text


def test_kustomize_makes_objects_of_the_base() -> None:
    """By its own tool where it is installed; else the list names every file, which is YAML."""
    folder = DEPLOY / "kubernetes"
    listed = yaml.safe_load((folder / "kustomization.yaml").read_text())["resources"]
    assert sorted([*listed, "kustomization.yaml"]) == sorted(path.name for path in folder.glob("*.yaml"))
    if shutil.which("kubectl") is not None:
        done = subprocess.run(["kubectl", "kustomize", folder], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        made = [one for one in yaml.safe_load_all(done.stdout) if one]
        assert {one["metadata"]["namespace"] for one in made if one["kind"] != "Namespace"} == {"billing"}


@pytest.mark.parametrize("path", [*UNITS, DEPLOY / "systemd" / "billing.target"], ids=lambda path: path.name)
def test_systemd_takes_the_units(path: Path, tmp_path: Path) -> None:
    """By its own tool where it is installed; else they have their sections."""
    assert Unit(path).has_section("Unit")
    if shutil.which("systemd-analyze") is not None:
        for unit in path.parent.iterdir():
            text = unit.read_text().replace("/opt/billing/bin/voice-portal-billing", "/bin/true")
            (tmp_path / unit.name).write_text(text)
        words = ["systemd-analyze", "verify", "--man=no", str(tmp_path / path.name)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        ours = [line for line in done.stderr.splitlines() if "billing" in line]
        assert (done.returncode, ours) == (0, []), done.stderr
