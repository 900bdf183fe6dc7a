"""The process that files are read in: `python -m rag.load.worker`.

A line of JSON names a file; each line that is answered holds one article or failure; the last of a file is `{}`.
It ends when its input does.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
import warnings
from contextlib import suppress
from pathlib import Path

from rag.index_report import Failure
from rag.load.read import read_file

_MEMORY = 1_000_000_000  # bytes


def main() -> None:
    """Read the files that the input names."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started this process decides when it ends
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
    warnings.simplefilter("ignore")
    output = sys.stdout
    sys.stdout = sys.stderr  # a library that prints must not be taken for an answer
    for line in sys.stdin:
        request = json.loads(line)
        for found in read_file(Path(request["path"]), request["fields"], request["name"]):
            if found is None:
                answer: dict[str, object] = {"alive": True}
            elif isinstance(found, Failure):
                answer = {"failure": found.to_dict()}
            else:
                answer = {
                    "key": found.key,
                    "article": found.article.to_dict(),
                    "named": found.named,
                    "removed": found.removed,
                    "share": found.share,
                }
            print(json.dumps(answer), file=output, flush=True)
        print("{}", file=output, flush=True)


if __name__ == "__main__":
    main()
