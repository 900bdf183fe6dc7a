"""Work → how long it took; and this machine in words."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parent.parent.parent


def describe_machine() -> str:
    """Return what is measured on, in a line."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return (
        f"{len(os.sched_getaffinity(0))} cores of {names[0] if names else platform.machine()}, "
        f"{gigabytes:.0f} GB of memory, {platform.system()} {platform.release().partition('-')[0]}, "
        f"Python {platform.python_version()}"
    )


def took(work: Callable[[], Any]) -> tuple[float, float]:
    """Return how many seconds a piece of work took: by the clock, and of the processor, in all threads."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def seconds(work: Callable[[], Any]) -> float:
    """Return how many seconds a piece of work took by the clock."""
    return took(work)[0]


def middle(values: Sequence[float]) -> float:
    """Return the median."""
    return float(np.median(values))


def middle_ratio(values: Sequence[float], others: Sequence[float]) -> float:
    """Return the median, over rounds, of one figure by another of the same round."""
    return middle([value / other for value, other in zip(values, others, strict=True)])


def slope(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return how much y grows by with x, and what it begins with, by least squares; no growth with a single point."""
    if len(points) < 2:
        return 0.0, points[0][1]
    table = np.array(points, dtype=float)
    growth, start = np.polyfit(table[:, 0], table[:, 1], deg=1)
    return float(growth), float(start)
