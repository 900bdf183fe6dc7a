"""Measures Sanad, each figure beside what it is to be measured by; writes tables and plots of all that was measured.

python -m tests.benchmarks XQUAD [--parts growth askers] [--news articles.jsonl] [--out FOLDER]
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
import traceback
from concurrent.futures import ProcessPoolExecutor

from tests.benchmarks.options import read_options
from tests.benchmarks.parts import TITLES, measure_part
from tests.benchmarks.report import record, write_report


def main() -> int:
    """Measure each part in a process of its own; return how many failed."""
    options, parts = read_options(tuple(TITLES), (__doc__ or "").splitlines()[0])
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as rag sets it
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # else torch's threads go on turning when it is others' turn
    failed = 0
    for part in parts:
        print(f"{TITLES[part]} ({part}) ...", file=sys.stderr, flush=True)
        begun = time.perf_counter()
        try:
            with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:
                figures = alone.submit(measure_part, part, options).result()
        except Exception:  # the others are measured all the same
            traceback.print_exc()
            failed += 1
        else:
            record(options.out, part, figures, time.perf_counter() - begun)
    print(write_report(options.out))
    return failed


if __name__ == "__main__":
    sys.exit(main())
