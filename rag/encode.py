"""Texts → unit vectors: the bundled encoder, or any sentence-transformers model. The one home of that library.

Beside it always stands a second, small encoder (`rag.universal`): its errors are others, and it translates words.
Nothing here reaches for the network: a model that is not on this machine is an error that names the command to get it.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rag.bundled import unpack_bundled_encoder
from rag.clean import strip_tashkeel
from rag.errors import SettingsError
from rag.settings import BUNDLED_ENCODER
from rag.universal import UniversalEncoder

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Encoded:
    """Texts as an encoder gives them.

    Attributes:
        vectors: float32, shape (texts, dim), unit-length rows in the order of the texts; (0, dim) for none.
        universal: those of the second encoder, likewise, of its own dim.
        tokens: for each text its encoder tokens' vectors, shape (tokens, dim); None where the encoder gives none, and
            late interaction is then off.
    """

    vectors: Matrix
    universal: Matrix
    tokens: tuple[Matrix, ...] | None = None


class Encoder(Protocol):
    """What turns sentences and questions into comparable vectors.

    Attributes:
        name: tells encoders apart; an index remembers it.
    """

    name: str

    def encode_sentences(self, texts: Sequence[str], *, with_tokens: bool = False) -> Encoded:
        """Encode texts to be stored.

        Args:
            texts: sentences; beyond the model's limit of encoder tokens a text's tail is ignored.
            with_tokens: give the tokens' vectors too, where the encoder can.
        """
        ...

    def encode_question(self, text: str) -> Encoded:
        """Encode what is searched: one row, and the vectors of the question's own tokens, without the prompt's."""
        ...

    def encode_words(self, words: Sequence[str]) -> Matrix:
        """Encode words, as they are spelt, to be compared across languages: float32 unit rows, shape (words, dim)."""
        ...

    def encode_in_context(self, text: str, spans: Sequence[tuple[int, int]]) -> Matrix | None:
        """Encode words as the text around them makes them mean.

        Args:
            text: a sentence or a few; its tail beyond the model's limit of encoder tokens is ignored.
            spans: of the words, in characters.

        Returns:
            float32 unit rows, shape (spans, dim), zeros for a word in the tail; None where the encoder gives no token
            vectors.
        """
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return how many encoder tokens each text takes, without the special ones."""
        ...


class SentenceTransformerEncoder:
    """A sentence-transformers model on this machine, loaded when first used; one caller at a time.

    Args:
        name: `multilingual-e5-small` for the bundled encoder; else a model's name on the hub, already in its local
            cache, or a folder.
        cache: where the bundled encoder is unpacked.
    """

    def __init__(self, name: str, cache: Path) -> None:
        self.name = name
        self._cache = cache
        self._second = UniversalEncoder()
        self._lock = threading.RLock()  # a fast tokenizer must not be used by two threads at once

    def encode_sentences(self, texts: Sequence[str], *, with_tokens: bool = False) -> Encoded:
        """See `Encoder.encode_sentences`; raises SettingsError where the model is not on this machine."""
        if with_tokens:
            return self._encode_tokens(texts, "passage", own_only=False)
        plain = list(map(strip_tashkeel, texts))  # free of cost, and a question finds either spelling
        with self._lock:
            model = self._model
            if not texts:
                return self._nothing()
            prompt = "passage" if "passage" in model.prompts else None
            rows = model.encode(plain, prompt_name=prompt, normalize_embeddings=True, show_progress_bar=False)
        return Encoded(np.asarray(rows, dtype=np.float32), self._second.encode(plain))

    def encode_question(self, text: str) -> Encoded:
        """See `Encoder.encode_question`; raises SettingsError where the model is not on this machine."""
        return self._encode_tokens([text], "query", own_only=True)

    def encode_words(self, words: Sequence[str]) -> Matrix:
        """See `Encoder.encode_words`: by the second encoder, which knows words better and takes a millisecond each."""
        return self._second.encode(list(map(strip_tashkeel, words)))

    def encode_in_context(self, text: str, spans: Sequence[tuple[int, int]]) -> Matrix | None:
        """See `Encoder.encode_in_context`: the mean of a word's token vectors."""
        with self._lock:
            tokenizer, prompt = self._model.tokenizer, self._model.prompts.get("passage") or ""
            found = self._encode_tokens([text], "passage", own_only=False, as_written=True)
            if found.tokens is None:
                return None
            offsets = tokenizer(prompt + text, return_offsets_mapping=True, truncation=True)["offset_mapping"]
        tokens = found.tokens[0]
        starts = np.array([start - len(prompt) for start, _ in offsets])[: len(tokens)]
        ends = np.array([end - len(prompt) for _, end in offsets])[: len(tokens)]
        rows = np.zeros((len(spans), tokens.shape[1]), dtype=np.float32)
        for row, (start, end) in enumerate(spans):
            own = (starts < end) & (ends > start) & (ends > starts)
            if own.any():
                mean = tokens[own].mean(axis=0)
                rows[row] = mean / max(float(np.linalg.norm(mean)), 1e-9)
        return rows

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Encoder.count_tokens`; raises SettingsError where the model is not on this machine."""
        if not texts:
            return []
        with self._lock:
            ids = self._model.tokenizer([strip_tashkeel(t) for t in texts], add_special_tokens=False, verbose=False)
        return [len(row) for row in ids["input_ids"]]

    def _encode_tokens(self, texts: Sequence[str], kind: str, *, own_only: bool, as_written: bool = False) -> Encoded:
        plain = list(texts) if as_written else list(map(strip_tashkeel, texts))
        with self._lock:
            model = self._model
            if not texts:
                return self._nothing()
            found: Any = model.encode(
                plain,
                prompt_name=kind if kind in model.prompts else None,
                output_value=None,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
            first, last = self._own_tokens(model.prompts.get(kind) or "") if own_only else (0, 0)
        vectors = np.stack([row["sentence_embedding"].float().numpy() for row in found])
        universal = self._second.encode(plain)
        if "token_embeddings" not in found[0]:
            return Encoded(vectors, universal)
        tokens = []
        for row in found:
            kept = row["token_embeddings"][row["attention_mask"].bool()].float().numpy()
            own = kept[first : len(kept) - last]
            tokens.append(own if len(own) else kept)
        return Encoded(vectors, universal, tuple(tokens))

    def _nothing(self) -> Encoded:
        dim = self._model.get_embedding_dimension() or 0
        return Encoded(np.zeros((0, dim), dtype=np.float32), self._second.encode([]), ())

    def _own_tokens(self, prompt: str) -> tuple[int, int]:
        """Return how many tokens stand before a text's own, and how many after."""
        tokenizer = self._model.tokenizer
        ids = tokenizer("a")["input_ids"]
        bare = tokenizer("a", add_special_tokens=False)["input_ids"]
        before = next(i for i in range(len(ids)) if ids[i : i + len(bare)] == bare)
        of_prompt = len(tokenizer(prompt.strip(), add_special_tokens=False)["input_ids"]) if prompt.strip() else 0
        return before + of_prompt, len(ids) - before - len(bare)

    @cached_property
    def _model(self) -> SentenceTransformer:
        folder = str(unpack_bundled_encoder(self._cache)) if self.name == BUNDLED_ENCODER else self.name
        # Read by the hub's client when it is imported: without it, a local model is still looked up there.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # it would mix with our own

        with self._lock:
            try:
                model = SentenceTransformer(folder, local_files_only=True)
            except (OSError, ValueError) as error:
                raise SettingsError(
                    f"RAG_ENCODER={self.name!r}: no such model on this machine; get it once with: "
                    f"hf download {self.name}"
                ) from error
        if re.search(r"(?<![a-z])e5(?![a-z])", self.name) and not model.prompts.get("query"):
            # What E5 models were trained with; those on the hub do not say so in their files.
            model.prompts = {"query": "query: ", "passage": "passage: "}
        _take_tokens_of_the_layer_before_the_last(model)
        return model


def _take_tokens_of_the_layer_before_the_last(model: SentenceTransformer) -> None:
    """Have a model give as token vectors those before its last layer, where it can tell.

    The last layer is trained for the mean of its tokens, and blurs what each of them says: on XQuAD late interaction
    with the layer before it puts 0.4 to 1.3 more of 100 right paragraphs first, in every language pair.
    """
    import torch

    class LayerBeforeLast(torch.nn.Module):
        def forward(self, features: dict[str, Any]) -> dict[str, Any]:
            layers = features.pop("all_layer_embeddings", None)
            return features | {"token_embeddings": layers[-2]} if layers else features

    transformer: Any = getattr(model[0], "model", None)
    if hasattr(transformer, "config"):
        transformer.config.output_hidden_states = True
        model.add_module("layer_before_last", LayerBeforeLast())
