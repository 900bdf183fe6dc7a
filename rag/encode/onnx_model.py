"""A model in onnxruntime, as `rag.encode.export` wrote it: int8, without torch. The one home of onnxruntime.

A text goes through alone, each processor core has its own: nothing is spent on padding, two cores do more texts in a
second so than with both on one batch, and what a text is encoded to does not depend on its company (int8 activations
are scaled by the largest of all that goes through together: in batches of eight cosines fell to .993).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from rag.encode.protocol import Matrix

_T = TypeVar("_T")


class Cores:
    """Does work on several processor cores at once, for whoever asks.

    Args:
        threads: how many; as many as this process may use when None.
    """

    def __init__(self, threads: int | None = None) -> None:
        self.threads = threads or usable_cores()
        self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="encode") if self.threads > 1 else None

    def map(self, work: Callable[[str], _T], texts: Sequence[str]) -> list[_T]:
        """Return what `work` makes of each text, in order; a single text is done by who asks."""
        if self._pool is None or len(texts) < 2:
            return [work(text) for text in texts]
        found: list[Any] = [None] * len(texts)
        places = iter(range(len(texts)))  # each core takes the next: a task for each text would cost a tenth of one

        def share() -> None:
            for place in places:
                found[place] = work(texts[place])

        for done in [self._pool.submit(share) for _ in range(self.threads)]:
            done.result()
        return found


class OnnxModel:
    """See `Model`.

    Args:
        folder: what `rag.encode.export` made.
        cores: the work is shared among.
    """

    def __init__(self, folder: Path, cores: Cores) -> None:
        from tokenizers import Tokenizer

        facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
        self.prompts: Mapping[str, str | None] = facts["prompts"]
        self.dimension: int = facts["dimension"]
        self.special: tuple[int, int] = tuple(facts["special"])
        self._outputs: list[str] = facts["outputs"]
        self._longest: int = facts["longest"]  # encoder tokens, special ones among them
        self._cores = cores
        with ThreadPoolExecutor(1) as beside:  # each takes most of a second
            session = beside.submit(open_session, folder / "model.onnx")
            self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._session = session.result()
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def encode(
        self, texts: Sequence[str], prompt: str, *, with_tokens: bool
    ) -> tuple[Matrix, tuple[Matrix, ...] | None]:
        """See `Model.encode`."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32), () if with_tokens else None
        wanted = self._outputs if with_tokens else self._outputs[:1]

        def run(text: str) -> list[Matrix]:
            ids = self._cut(self._tokenizer.encode(prompt + text).ids)
            found: list[Matrix] = self._session.run(wanted, {"ids": np.array([ids], dtype=np.int64)})
            return [array[0] for array in found]

        found = self._cores.map(run, texts)
        vectors = np.stack([arrays[0] for arrays in found])
        return vectors, tuple(arrays[1] for arrays in found) if len(wanted) > 1 else None

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """See `Model.offsets`."""
        return self._cut(self._tokenizer.encode(text).offsets)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Model.count_tokens`."""
        # Fast: where each token stands in its text is not worked out.
        return [len(found.ids) for found in self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]

    def _cut(self, tokens: list[_T]) -> list[_T]:
        """Return a text's tokens to the model's limit; the special ones behind them are kept."""
        after = self.special[1]
        return (
            tokens
            if len(tokens) <= self._longest
            else tokens[: self._longest - after] + tokens[-after or len(tokens) :]
        )


def open_session(path: Path) -> Any:
    """Return an ONNX file ready to run; by as many threads at once as like to, each on a core of its own."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def usable_cores() -> int:
    """Return how many processor cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # not on macOS
    return len(affinity(0)) if affinity else os.cpu_count() or 1
