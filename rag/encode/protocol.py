"""What encodes texts, and what it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

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
    """What turns sentences and questions into comparable vectors; may be used by several threads at once.

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


class Model(Protocol):
    """A sentence-transformers model in one of its runtimes; may be used by several threads at once.

    Attributes:
        prompts: what is put before a text, by its kind: `query`, `passage`.
        dimension: of its vectors.
        special: how many special tokens stand before a text's own, and how many after.
    """

    prompts: Mapping[str, str | None]
    dimension: int
    special: tuple[int, int]

    def encode(
        self, texts: Sequence[str], prompt: str, *, with_tokens: bool
    ) -> tuple[Matrix, tuple[Matrix, ...] | None]:
        """Return the texts' unit rows, shape (texts, dimension), and the vectors of all their tokens.

        Tokens are the prompt's and special ones too. Their vectors are those before the last layer: the last is
        trained for the mean of its tokens, and blurs what each of them says. On XQuAD late interaction with the layer
        before it puts 0.4 to 1.3 more of 100 right paragraphs first, in every language pair.
        """
        ...

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """Return the characters that each token of a text with its prompt spans; (0, 0) for special ones."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text has, without the special ones, however many."""
        ...
