"""What a figure depends on: the machine and the versions. Nothing that names either."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("fastapi", "uvicorn", "python-jose", "passlib", "bcrypt")


def machine() -> dict[str, str]:
    """The processor, its cores, the system and the versions of what is measured."""
    return {
        "cpu": _cpu(),
        "cores": str(os.cpu_count()),
        "system": platform.system(),
        "python": platform.python_version(),
    } | {package: version(package) for package in PACKAGES}


def busy() -> float:
    """How many processes wanted to run in the last minute."""
    try:
        return os.getloadavg()[0]
    except OSError:
        return 0.0


def _cpu() -> str:
    try:
        told = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    for line in told.splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()
