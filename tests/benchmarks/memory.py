"""A process → its anonymous memory, looked at from outside every 50 ms.

Anonymous memory (`RssAnon` of /proc/PID/status) is what a process has for itself; pages of files that are mapped, which
the system takes back when it needs them, do not count. The processes that it starts are added.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.machine import ROOT, middle
from tests.benchmarks.options import Figures

_LOOK = 0.05  # seconds between two looks


@dataclass(frozen=True)
class Watched:
    """What came of a process that was looked at.

    Attributes:
        peak: the most anonymous memory it had, in kB.
        held: what it had when it said that it was done; 0 where it says nothing.
        told: its output.
    """

    peak: int
    held: int
    told: str


def anonymous_memory(process: int) -> int:
    """Return the anonymous memory of a process and all that it started, in kB; 0 where there is none."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
        tasks = list(Path(f"/proc/{process}/task").iterdir())
        children = " ".join((task / "children").read_text(encoding="ascii") for task in tasks).split()
    except (FileNotFoundError, ProcessLookupError):  # it has ended
        return 0
    own = int(status.partition("RssAnon:")[2].split()[0]) if "RssAnon:" in status else 0
    return own + sum(anonymous_memory(int(child)) for child in children)


def watch(command: Sequence[str], *, held: bool) -> Watched:
    """Run a command of Python and look at its memory.

    Args:
        command: arguments of the interpreter.
        held: it says "done" in a line and waits for the end of its input, as `tests.benchmarks.held` does.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    process = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    seen, ended = [0], threading.Event()

    def look() -> None:
        while not ended.wait(_LOOK):
            seen.append(anonymous_memory(process.pid))

    looking = threading.Thread(target=look)
    looking.start()
    settled = 0
    try:
        if held:
            assert process.stdout
            process.stdout.readline()
            settled = anonymous_memory(process.pid)
            seen.append(settled)
        told, _ = process.communicate()
    finally:
        ended.set()
        looking.join()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Watched(max(seen), settled, told)


def measure_memory(kind: str, index: Path, questions: Path, repeats: int) -> Figures:
    """Return the anonymous memory of a process that uses an index, in kB: `peak` and `held`, medians of rounds.

    Args:
        kind: what it does, of `tests.benchmarks.held.KINDS`.
        index: its folder.
        questions: file of those that are asked.
        repeats: rounds.
    """
    command = ["-m", "tests.benchmarks.held", kind, str(index), str(questions)]
    found = [watch(command, held=True) for _ in range(repeats)]
    return {"peak": middle([one.peak for one in found]), "held": middle([one.held for one in found])}
