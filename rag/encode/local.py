"""The encoder: a sentence-transformers model on this machine, in one of two runtimes, and the second encoder beside it.

The errors of the second, small encoder (`rag.encode.universal`) are others, and it translates words.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import numpy as np

from rag.clean import strip_tashkeel
from rag.encode.bundled import bundled_folder, unpack_bundled_encoder
from rag.encode.export import ExportError, export_encoder, read_facts
from rag.encode.onnx_model import Cores, OnnxModel
from rag.encode.protocol import Encoded, Matrix, Model
from rag.encode.torch_model import TorchModel, find_model
from rag.encode.universal import UniversalEncoder
from rag.errors import SanadError, SettingsError
from rag.settings import BUNDLED_ENCODER, Runtime

_REMEMBERED = 10_000  # words whose vectors are kept: 20 MB
_FEW = 500  # words, as a question or an answer has; more are those of an index, which are kept elsewhere

_log = logging.getLogger(__name__)


class SentenceTransformerEncoder:
    """See `Encoder`; loaded when first used.

    Args:
        name: `multilingual-e5-small` for the bundled encoder; else a model's name on the hub, already in its local
            cache, or a folder.
        cache: where the bundled encoder is unpacked, and models are exported to.
        runtime: `onnx` for int8 on the processor, `torch`, or `auto`: torch where there is a GPU or the model cannot
            be exported, else onnx.
        threads: how many texts are encoded at once; as many as there are processor cores when None.
    """

    def __init__(self, name: str, cache: Path, runtime: Runtime = "auto", threads: int | None = None) -> None:
        self.name = name
        self._cache = cache
        self._runtime = runtime
        self._threads = threads
        self._cores = Cores(threads)
        self._second = UniversalEncoder(cache, self._cores)
        self._words: dict[str, Matrix] = {}
        self._lock = Lock()

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy to another process what was asked for; the model is loaded there when it is used."""
        return type(self), (self.name, self._cache, self._runtime, self._threads)

    def encode_sentences(self, texts: Sequence[str], *, with_tokens: bool = False) -> Encoded:
        """See `Encoder.encode_sentences`; raises SettingsError where the model is not on this machine."""
        plain = list(map(strip_tashkeel, texts))  # free of cost, and a question finds either spelling
        vectors, tokens = self._encode(plain, self._prompt("passage"), with_tokens=with_tokens)
        return Encoded(vectors, self._second.encode(plain), tokens)

    def encode_question(self, text: str) -> Encoded:
        """See `Encoder.encode_question`; raises SettingsError where the model is not on this machine."""
        plain, prompt = strip_tashkeel(text), self._prompt("query")
        vectors, tokens = self._encode([plain], prompt, with_tokens=True)
        if tokens is not None:
            before, after = self._model.special
            before += sum(self._model.count_tokens([prompt.strip()]))
            own = tokens[0][before : len(tokens[0]) - after]
            tokens = (own if len(own) else tokens[0],)
        return Encoded(vectors, self._second.encode([plain]), tokens)

    def encode_words(self, words: Sequence[str]) -> Matrix:
        """See `Encoder.encode_words`: by the second encoder, which knows words better; those met lately are known."""
        plain = list(map(strip_tashkeel, words))
        if len(plain) > _FEW:
            return self._second.encode(plain)
        if len(self._words) > _REMEMBERED:
            self._words = {}
        known = self._words
        if missing := list(dict.fromkeys(word for word in plain if word not in known)):
            known.update(zip(missing, self._second.encode(missing), strict=True))
        return np.stack([known[word] for word in plain]) if plain else self._second.encode([])

    def encode_in_context(self, text: str, spans: Sequence[tuple[int, int]]) -> Matrix | None:
        """See `Encoder.encode_in_context`: the mean of a word's token vectors."""
        prompt = self._prompt("passage")
        _, found = self._encode([text], prompt, with_tokens=True)
        if found is None:
            return None
        [tokens] = found
        offsets = np.array(self._model.offsets(prompt + text))[: len(tokens)] - len(prompt)
        starts, ends = offsets[:, 0], offsets[:, 1]
        rows = np.zeros((len(spans), tokens.shape[1]), dtype=np.float32)
        for row, (start, end) in enumerate(spans):
            own = (starts < end) & (ends > start) & (ends > starts)
            if own.any():
                mean = tokens[own].mean(axis=0)
                rows[row] = mean / max(float(np.linalg.norm(mean)), 1e-9)
        return rows

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Encoder.count_tokens`; raises SettingsError where the model is not on this machine."""
        return self._model.count_tokens(list(map(strip_tashkeel, texts))) if texts else []

    def _prompt(self, kind: str) -> str:
        return self._model.prompts.get(kind) or ""

    def _load_second(self) -> None:
        with suppress(SanadError):  # it is told when the second encoder is used
            self._second.load()

    def _encode(self, texts: Sequence[str], prompt: str, *, with_tokens: bool) -> Any:
        if not texts:
            return np.zeros((0, self._model.dimension), dtype=np.float32), () if with_tokens else None
        return self._model.encode(texts, prompt, with_tokens=with_tokens)

    @property
    def _model(self) -> Model:
        with self._lock:
            return self._loaded

    @cached_property
    def _loaded(self) -> Model:
        source = str(unpack_bundled_encoder(self._cache)) if self.name == BUNDLED_ENCODER else find_model(self.name)
        if _is_for_torch(self._runtime):
            return TorchModel(source)
        try:
            exported = export_encoder(source, self._cache)
            Thread(target=self._load_second, daemon=True).start()  # beside the model; it is needed with it
            return OnnxModel(exported.folder, self._cores)
        except ExportError as error:
            if self._runtime == "onnx":
                raise SettingsError(f"RAG_ENCODER_RUNTIME='onnx': {self.name}: {error}; set auto or torch") from error
            _log.info("the encoder runs in torch: %s", error)
            return TorchModel(source)


def examine_runtime(name: str, cache: Path, runtime: Runtime) -> tuple[Runtime, Mapping[str, Any]]:
    """Return what runs a model, `onnx` or `torch`, and what was measured when it was exported; makes and loads nothing.

    Raises:
        SettingsError: the model is not on this machine.
    """
    if _is_for_torch(runtime):
        return "torch", {}
    source = str(bundled_folder(cache)) if name == BUNDLED_ENCODER else find_model(name)
    facts = read_facts(source, cache)
    return ("torch" if "refused" in facts else "onnx"), facts


def _is_for_torch(runtime: Runtime) -> bool:
    return runtime == "torch" or (runtime == "auto" and has_gpu())


def has_gpu() -> bool:
    """Whether there is a GPU that torch could use, told without loading torch."""
    return Path("/dev/nvidiactl").exists() or Path("/dev/kfd").exists()
