"""How the server bears up: many askers at once, clients that hang up, a kill under load.

    python -m tests.benchmarks.load [--seconds 180] [--askers 50] [--out report]

Starts `sanad serve` on an index of the sample articles. All askers share the address of this machine, so the limit of
one client is raised to their number for the first part; the second has the limits as they are shipped. Memory is the
server's resident set; its slope is fitted by least squares over the last two thirds of the time, when all is loaded.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np

from rag import Settings, open_index
from rag.home import Home
from rag.types import Answer
from tests.serving import free_port
from ui.talks import Talks
from ui.types import Exchange

ROOT = Path(__file__).parent.parent.parent
_LOOK = 2.0  # seconds between two looks at the memory
_HANGING_UP = 20
_VISITOR = "load"


class Served:
    """A `sanad serve` of its own.

    Attributes:
        begun: when the process was started; `ready`: when it said that it serves; both by `time.monotonic`.
    """

    def __init__(self, folder: Path, **limits: int) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        given = {f"RAG_{name.upper()}": str(value) for name, value in limits.items()}
        command = [sys.executable, "-m", "rag", "serve", "--index", str(folder), "--port", str(self.port)]
        self.begun = time.monotonic()
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | given, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        told: list[str] = []
        assert self.process.stderr
        for line in self.process.stderr:
            told.append(line)
            if "Sanad is at" in line:
                break
        else:
            raise RuntimeError("the server did not start:\n" + "".join(told))
        self.ready = time.monotonic()
        self._draining = threading.Thread(target=self._drain, daemon=True)
        self._draining.start()

    def _drain(self) -> None:
        """Read what it says, for which it would else wait."""
        assert self.process.stderr
        with self.process.stderr as told:
            told.read()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> float:
        """Send a signal, and return how many seconds the process took to end."""
        begun = time.monotonic()
        self.process.send_signal(how)
        self.wait()
        return time.monotonic() - begun

    def wait(self) -> None:
        """Wait until the process has ended."""
        self.process.wait(60)
        self._draining.join(5)

    @property
    def megabytes(self) -> float:
        """The memory that it uses."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def under_way(self) -> tuple[int, int]:
        """Return how many questions it says that it answers, and how many wait."""
        lines = httpx.get(f"{self.address}/metrics").text.splitlines()
        told = {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[:1] != "#")}
        return int(told["sanad_questions_running"]), int(told["sanad_questions_waiting"])


@dataclass
class Load:
    """What came of many questions.

    Attributes:
        told: outcome → how often: a status, or the name of an error of the connection.
        seconds: of those that were answered.
        memory: seconds since the start, megabytes.
        dishonest: refusals that do not say when to ask again.
    """

    told: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)
    dishonest: int = 0

    @property
    def failures(self) -> int:
        """Whatever is neither an answer nor an honest refusal."""
        return self.told.total() - self.told["200"] - self.told["429"] + self.dishonest

    @property
    def slope(self) -> tuple[float, float]:
        """Megabytes a minute by which the memory grows, and the standard error of that."""
        points = np.array(self.memory[len(self.memory) // 3 :])
        if len(points) < 3:
            return float("nan"), float("nan")
        minutes = (points[:, 0] - points[:, 0].mean()) / 60
        slope = float(minutes @ points[:, 1] / (minutes @ minutes))
        left = points[:, 1] - points[:, 1].mean() - slope * minutes
        return slope, float(np.sqrt(left @ left / (len(points) - 2) / (minutes @ minutes)))


def questions() -> list[str]:
    """Return the questions of the samples."""
    lines = (ROOT / "corpus" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines if line.strip()]


async def ask_much(served: Served, askers: int, seconds: float) -> Load:
    """Ask for so many seconds; each asker one question after the other, every second time as a stream."""
    load, asked, begun = Load(), itertools.cycle(questions()), time.monotonic()
    end = begun + seconds

    async def ask(client: httpx.AsyncClient, number: int) -> None:
        for turn in itertools.count(number):
            if time.monotonic() >= end:
                return
            headers = {"Accept": "text/event-stream"} if turn % 2 else {}
            start = time.monotonic()
            try:
                response = await client.post("/api/ask", json={"question": next(asked)}, headers=headers)
            except httpx.HTTPError as error:
                load.told[type(error).__name__] += 1
                continue
            whole = "event: answer" in response.text or not turn % 2
            load.told[str(response.status_code) if whole or response.status_code != 200 else "broken off"] += 1
            if response.status_code == 200:
                load.seconds.append(time.monotonic() - start)
            elif "retry-after" in response.headers:
                await asyncio.sleep(float(response.headers["retry-after"]))
            else:
                load.dishonest += response.status_code == 429

    async def look() -> None:
        while True:
            load.memory.append((time.monotonic() - begun, served.megabytes))
            await asyncio.sleep(_LOOK)

    limits = httpx.Limits(max_connections=askers)
    async with httpx.AsyncClient(base_url=served.address, timeout=90, limits=limits) as client:
        looking = asyncio.create_task(look())
        await asyncio.gather(*(ask(client, number) for number in range(askers)))
        looking.cancel()
    return load


def hang_up(served: Served) -> tuple[int, float]:
    """Hang up in the middle of many streams; return how many were under way, and after how long none is."""
    body = json.dumps({"question": questions()[0]}).encode()
    head = f"POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nContent-Type: application/json\r\n"
    request = f"{head}Accept: text/event-stream\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    asking = []
    for _ in range(_HANGING_UP):
        asking.append(socket.create_connection(("127.0.0.1", served.port)))
        asking[-1].sendall(request)
    seen = sum(served.under_way())
    for one in asking:
        one.close()
    begun = time.monotonic()
    while any(served.under_way()):
        if time.monotonic() - begun > 60:
            raise RuntimeError(f"slots are lost: {served.under_way()}")
        time.sleep(0.02)
    return seen, time.monotonic() - begun


def first_answer(served: Served) -> tuple[float, float]:
    """Return the seconds from the start of the process, and from when it served, to its first answer."""
    response = httpx.post(f"{served.address}/api/ask", json={"question": questions()[0]}, timeout=60)
    response.raise_for_status()
    return time.monotonic() - served.begun, time.monotonic() - served.ready


def kill_under_load(folder: Path, askers: int) -> Iterator[str]:
    """Kill a server that answers, start it again; yield lines of the report."""
    index, talks = open_index(Settings(index=folder)), Talks(Home(folder))
    talk = talks.save(_VISITOR, "", [Exchange("q?", Answer("q?", "said", "en"), seconds=1.0), Exchange("cut off?")])
    before = index.digest, talks.read(_VISITOR, talk)
    served = Served(folder, max_asks_per_client=askers, max_waiting=askers)
    killing = threading.Timer(3, lambda: served.process.send_signal(signal.SIGKILL))
    killing.start()
    load = asyncio.run(ask_much(served, askers, 3))
    killing.join()
    served.wait()
    again = Served(folder)
    from_start, from_ready = first_answer(again)
    intact = (index.digest, Talks(Home(folder)).read(_VISITOR, talk)) == before and index.check() == []
    ended = again.stop()
    yield f"killed after {load.told['200']} answers: index and talks {'intact' if intact else 'DAMAGED'}"
    yield f"first answer {from_start:.1f} s after the process was started again, {from_ready:.2f} s after it served"
    yield f"ended {ended:.1f} s after SIGTERM"


def table(name: str, load: Load) -> str:
    """Return a line of the table."""
    middle, late = np.percentile(load.seconds or [float("nan")], [50, 95])
    slope, error = load.slope
    memory = [round(megabytes) for _, megabytes in load.memory]
    shown = " ".join(map(str, memory[:: max(1, len(memory) // 6)]))
    figures = [load.told.total(), load.told["200"], load.told["429"], load.failures, f"{middle:.2f}", f"{late:.2f}"]
    return "| " + " | ".join(map(str, [name, *figures, shown, f"{slope:+.1f} ± {error:.1f}"])) + " |"


def main() -> None:
    """Measure, print the report, and write it where --out says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=180.0, help="of load")
    parser.add_argument("--askers", type=int, default=50)
    parser.add_argument("--out", type=Path, help="folder for load.md")
    chosen = parser.parse_args()
    report = [
        "| limits | questions | answered | 429 | failures | p50 s | p95 s | memory MB | MB a minute |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        folder = Path(place) / "index"
        open_index(Settings(index=folder)).add(ROOT / "corpus" / "articles")
        served = Served(folder, max_asks_per_client=chosen.askers, max_waiting=chosen.askers)
        loads = [asyncio.run(ask_much(served, chosen.askers, chosen.seconds))]
        report.append(table(f"{chosen.askers} a client", loads[0]))
        seen, back = hang_up(served)
        served.stop()
        served = Served(folder)
        loads.append(asyncio.run(ask_much(served, chosen.askers, chosen.seconds / 6)))
        report.append(table("as shipped", loads[1]))
        served.stop()
        report += ["", f"* {_HANGING_UP} hang up: {seen} were under way, none {back:.2f} s later"]
        report += [f"* {line}" for line in kill_under_load(folder, chosen.askers)]
        wrong = {name: count for load in loads for name, count in load.told.items() if name not in ("200", "429")}
        report += [f"* failures: {wrong}"] if wrong else []
    text = "\n".join(report) + "\n"
    print(text)
    if chosen.out:
        chosen.out.mkdir(parents=True, exist_ok=True)
        (chosen.out / "load.md").write_text(text, encoding="utf-8")
    sys.exit(any(load.failures for load in loads) or "DAMAGED" in text)


if __name__ == "__main__":
    main()
