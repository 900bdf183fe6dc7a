"""Articles → passages and what their texts are encoded to, calibrated; what was encoded before is not encoded again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from rag.calibrate import LANGUAGES, Calibration, Codes, encode_tokens_as_codes
from rag.chunk import split_passages
from rag.encode import Encoder, Matrix
from rag.encoded import EncodedPassage
from rag.errors import IndexStateError
from rag.home import Home
from rag.types import Article, Language, Passage


@dataclass(frozen=True, slots=True)
class _Sentence:
    """What one sentence was encoded to: two unit rows, and the codes of its tokens where they are kept."""

    vector: Matrix
    universal: Matrix
    codes: Codes | None


@dataclass(frozen=True, slots=True)
class PassageEncoder:
    """Cuts articles into passages, and encodes them.

    Args:
        encoder: makes the vectors.
        calibration: the encoder's.
        late: whether token vectors are kept, for late interaction.
        budget: encoder tokens that a passage may have.
    """

    encoder: Encoder
    calibration: Calibration
    late: bool
    budget: int

    def encode_articles(
        self, articles: Sequence[Article], known: Sequence[EncodedPassage] = ()
    ) -> list[list[EncodedPassage]]:
        """Return the passages of each article, encoded.

        Args:
            articles: their sentences are encoded together.
            known: passages whose sentences need not be encoded again.
        """
        cut = [split_passages(article, self.encoder.count_tokens, self.budget) for article in articles]
        each = iter(self.encode([passage for passages in cut for passage in passages], known))
        return [list(islice(each, len(passages))) for passages in cut]

    def encode(self, passages: Sequence[Passage], known: Sequence[EncodedPassage] = ()) -> list[EncodedPassage]:
        """Return the passages encoded.

        Args:
            passages: their sentences are encoded together.
            known: passages whose sentences need not be encoded again.
        """
        found = {key: sentence for passage in known for key, sentence in _sentences(passage)}
        wanted = dict.fromkeys((p.language, s.text) for p in passages for s in p.sentences)
        found |= self._encode([key for key in wanted if key not in found])
        return [
            self._passage(passage, [found[passage.language, s.text] for s in passage.sentences]) for passage in passages
        ]

    def _encode(self, keys: Sequence[tuple[Language, str]]) -> dict[tuple[Language, str], _Sentence]:
        """Encode sentences, and calibrate each by its language."""
        if not keys:
            return {}
        raw = self.encoder.encode_sentences([text for _, text in keys], with_tokens=self.late)
        languages = np.array([language for language, _ in keys])
        vectors, universal = np.zeros_like(raw.vectors), np.zeros_like(raw.universal)
        for language in LANGUAGES:
            mine = languages == language
            vectors[mine] = self.calibration.apply(raw.vectors[mine], "sentence", language)
            universal[mine] = self.calibration.apply(raw.universal[mine], "universal_sentence", language)
        codes: list[Codes | None] = [None] * len(keys)
        if self.late and raw.tokens is not None and self.calibration.projection is not None:
            codes = [
                encode_tokens_as_codes(self.calibration.project(tokens, "sentence_token", language))
                for tokens, (language, _) in zip(raw.tokens, keys, strict=True)
            ]
        return dict(zip(keys, map(_Sentence, vectors, universal, codes), strict=True))

    def _passage(self, passage: Passage, sentences: Sequence[_Sentence]) -> EncodedPassage:
        vectors = np.stack([sentence.vector for sentence in sentences])
        universal = np.stack([sentence.universal for sentence in sentences])
        codes = [sentence.codes for sentence in sentences if sentence.codes is not None]
        if len(codes) < len(sentences):
            return EncodedPassage(passage, vectors, universal)
        return EncodedPassage(passage, vectors, universal, np.concatenate(codes), tuple(map(len, codes)))


def _sentences(encoded: EncodedPassage) -> list[tuple[tuple[Language, str], _Sentence]]:
    """Return the sentences of an encoded passage, each under its language and text."""
    codes: list[Codes | None] = [None] * len(encoded.passage.sentences)
    if encoded.codes is not None:
        codes = list(np.split(encoded.codes, np.cumsum(encoded.counts)[:-1]))
    return [
        ((encoded.passage.language, sentence.text), _Sentence(vector, universal, code))
        for sentence, vector, universal, code in zip(
            encoded.passage.sentences, encoded.vectors, encoded.universal, codes, strict=True
        )
    ]


def check_encoder(made_with: str | None, encoder: Encoder, home: Home) -> None:
    """Raise IndexStateError where another encoder made an index; None where none has yet."""
    if made_with is not None and made_with != encoder.name:
        raise IndexStateError(
            f"{home}: made with the encoder {made_with}, not {encoder.name}; set RAG_ENCODER={made_with}, or choose "
            f"another {'database' if home.database else 'folder with --index'}"
        )
