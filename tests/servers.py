"""Real servers for tests: PostgreSQL (Debian's package) and Chroma, each in a folder of its own, stopped in the end."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

_PATIENCE = 30.0  # seconds that a server may take to start


def find_postgresql() -> Path | None:
    """Return the folder of PostgreSQL's programs, None where it is not installed."""
    named = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin")) + ([Path(named).resolve().parent] if named else [])
    return next((folder for folder in reversed(folders) if (folder / "initdb").exists()), None)


@contextmanager
def run_postgresql() -> Iterator[str]:
    """Run a server on loopback; yields its address, to which the name of a database can be added."""
    programs = find_postgresql()
    assert programs
    folder = Path(tempfile.mkdtemp(prefix="sanad-postgresql-"))
    account: dict[str, str] = {}
    if os.getuid() == 0:  # it refuses to run as root
        account = {"user": "postgres", "group": "postgres"}
        shutil.chown(folder, **account)
    port = _free_port()
    try:
        initdb = [programs / "initdb", "-D", folder / "data", "-U", "sanad", "-A", "trust", "-E", "UTF8", "--locale=C"]
        subprocess.run(initdb, check=True, capture_output=True, cwd="/", **account)  # type: ignore[call-overload]
        server = [programs / "postgres", "-D", folder / "data", "-p", str(port), "-h", "127.0.0.1", "-k", folder, "-F"]

        def ready() -> bool:
            asked = subprocess.run([programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)], check=False)
            return asked.returncode == 0

        with _running(server, ready, account):
            yield f"postgresql://sanad:secret@127.0.0.1:{port}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def run_chroma(folder: Path) -> Iterator[str]:
    """Run a server on loopback that keeps its data in a folder; yields its address."""
    port = _free_port()
    program = Path(sys.executable).parent / "chroma"

    def ready() -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/api/v2/heartbeat", timeout=1).is_success
        except httpx.HTTPError:
            return False

    with _running([program, "run", "--path", folder, "--host", "127.0.0.1", "--port", str(port)], ready, {}):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _running(command: list[str | Path], ready: Callable[[], bool], account: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(  # type: ignore[call-overload]
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **account
    )
    try:
        begun = time.monotonic()
        while not ready():
            assert process.poll() is None, f"{command[0]} ended"
            assert time.monotonic() - begun < _PATIENCE, f"{command[0]} does not start"
            time.sleep(0.1)
        yield
    finally:
        process.send_signal(signal.SIGINT)  # which PostgreSQL takes to mean: whoever is connected
        process.wait(timeout=_PATIENCE)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
