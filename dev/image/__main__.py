"""Does what the Containerfile says, below a temporary folder, and starts the result as the image would be run: as a
user without rights, with a file system that it can't write to.

Instead of the base images it takes this machine's Python 3.11; packages come from the index that pip uses.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp

from config import ROOT
from dev.image.containerfile import Stage, read
from dev.ports import free_port

CONTAINERFILE = ROOT / "deploy" / "container" / "Containerfile"
PATIENCE = 60
_NEEDED = ("unshare", "setpriv", "mount")


def main() -> int:
    """Exit code 0 if every step was done and the result is healthy."""
    build, final = read(CONTAINERFILE)
    folder = Path(mkdtemp(prefix="billing-image-"))
    try:
        folder.chmod(0o755)
        _build(build, folder)
        return _run(final, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _build(stage: Stage, folder: Path) -> None:
    source = folder / "src"
    source.mkdir()
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z", *_copied()],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    for name in filter(None, listed.decode().split("\0")):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, source / name)
    for command in stage.all("RUN"):
        print(f"RUN {command}", flush=True)
        command_here = _here(command, folder).replace("python -m venv", f"{sys.executable} -m venv", 1)
        subprocess.run(["sh", "-c", command_here], cwd=source, check=True, stdout=subprocess.DEVNULL)


def _copied() -> list[str]:
    """What .containerignore lets in."""
    lines = (ROOT / ".containerignore").read_text().splitlines()
    return [line[1:] for line in lines if line.startswith("!")]


def _here(text: str, folder: Path) -> str:
    for place in ("/opt/", "/tmp/wheels"):  # noqa: S108 - of the image
        text = text.replace(place, f"{folder}{place}")
    return text


def _run(stage: Stage, folder: Path) -> int:
    port = str(free_port())
    environment = {name: _here(value, folder) for name, value in stage.environment().items()}
    environment["PATH"] = environment["PATH"].replace("$PATH", "/usr/bin:/bin")
    environment |= _SETTINGS | {"PORT": port}
    command = [*stage.words("ENTRYPOINT"), *stage.words("CMD")]
    command = [word.replace(":8000", f":{port}") for word in command]
    print(f"USER {stage.all('USER')[-1]}, read-only: {' '.join(command)}", flush=True)
    process = subprocess.Popen(_confined(command, stage, folder), env=environment)
    try:
        healthy = _is_healthy(stage.words("HEALTHCHECK"), environment, process)
        print("HEALTHCHECK: healthy" if healthy else "HEALTHCHECK: not healthy", flush=True)
        return 0 if healthy else 1
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _confined(command: Sequence[str], stage: Stage, folder: Path) -> list[str]:
    """The command in a mount namespace of its own; as root, since only root may change users."""
    missing = [name for name in _NEEDED if shutil.which(name) is None]
    if os.geteuid() != 0 or missing:
        print("Not root, or no unshare: it runs as this user, and may write.", flush=True)
        return list(command)
    user, _, group = stage.all("USER")[-1].partition(":")
    steps = (
        f"{_show_python(folder)}mount --bind {folder} {folder} && mount -o remount,bind,ro {folder}"
        " && mount -t tmpfs -o noexec,nosuid,nodev tmpfs /var/tmp"
        ' && cd /var/tmp && export TMPDIR=/var/tmp && chmod 1777 /var/tmp && exec setpriv --reuid "$0" --regid "$1"'
        ' --clear-groups --no-new-privs --bounding-set=-all "${@:2}"'
    )
    return ["unshare", "--mount", "bash", "-ec", steps, user, group, *command]


def _show_python(folder: Path) -> str:
    """Steps that show the user this machine's Python where it is in a folder of root's, and nothing else of that."""
    base = Path(sys.base_prefix)
    hidden = next((one for one in reversed(base.parents) if not one.stat().st_mode & 0o001), None)
    if hidden is None:
        return ""
    kept = folder / "python"
    return (
        f"mkdir {kept} && mount --bind {base} {kept} && mount -t tmpfs -o mode=755 tmpfs {hidden}"
        f" && mkdir -p {base} && mount --bind {kept} {base} && "
    )


def _is_healthy(
    check: Sequence[str], environment: Mapping[str, str], process: subprocess.Popen[bytes]
) -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        if subprocess.run(check, env=environment, capture_output=True, check=False).returncode == 0:
            return True
        time.sleep(0.5)
    return False


_SETTINGS = {
    "SECRET_KEY": "Zr3vKq8Yw1nTf6Lx0HbJ5mSdG2pC9aUe4RiWo7XtBkNsVyMh",
    "DATABASE_URL": "postgresql+psycopg://billing_app@127.0.0.1:9/billing",
    "PUBLIC_URL": "https://billing.example",
    "STRIPE_SECRET_KEY": "sk_test_of_no_one",
    "STRIPE_PUBLISHABLE_KEY": "pk_test_of_no_one",
    "STRIPE_WEBHOOK_SECRET": "whsec_of_no_one",
    "SMTP_URL": "smtp://localhost",
    "MAIL_FROM": "billing@billing.example",
    "TRUSTED_PROXIES": "1",
}
"""Enough for it to start: nothing is behind these."""

if __name__ == "__main__":
    sys.exit(main())
