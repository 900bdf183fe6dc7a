"""Guards: calibration takes the language offset out, is kept whole, and token codes are faithful."""

import json

import numpy as np
import pytest

from rag.calibrate import LANGUAGES, Calibration, encode_tokens_as_codes, fit_calibration, match_tokens
from rag.encode import SentenceTransformerEncoder
from rag.parallel_text import bundled_text
from tests.fakes import HashEncoder


def test_thebundled_text_is_the_same_in_both_languages() -> None:
    text = bundled_text()
    assert {language: {kind: len(items) for kind, items in text[language].items()} for language in LANGUAGES} == {
        "ar": {"sentences": 36, "questions": 36},
        "en": {"sentences": 36, "questions": 36},
    }
    assert len(json.dumps(text)) < 60_000


def test_rows_are_unit_and_centred() -> None:
    calibration = fit_calibration(HashEncoder())
    rows = HashEncoder().encode_sentences(bundled_text()["ar"]["sentences"]).vectors
    applied = calibration.apply(rows, "sentence", "ar")
    assert np.linalg.norm(applied, axis=1) == pytest.approx(np.ones(len(rows)), abs=1e-5)
    assert np.linalg.norm(applied.mean(axis=0)) < np.linalg.norm(rows.mean(axis=0))


def test_it_is_kept_whole() -> None:
    calibration = fit_calibration(HashEncoder())
    again = Calibration.from_bytes(calibration.to_bytes())
    assert again.means.keys() == calibration.means.keys()
    assert all((again.means[key] == calibration.means[key]).all() for key in again.means)
    assert again.projection is not None
    assert again.projection.shape == (64, 64)


def test_languages_come_together(encoder: SentenceTransformerEncoder) -> None:
    """The mean Arabic and the mean English sentence of other texts end up nearer than they were."""
    texts = {"ar": ["القاهرة عاصمة مصر.", "ارتفع سعر الذهب."], "en": ["Cairo is Egypt's capital.", "Gold prices rose."]}
    calibration = fit_calibration(encoder)
    raw = {k: encoder.encode_sentences(v).vectors for k, v in texts.items()}
    applied = {k: calibration.apply(raw[k], "sentence", k) for k in LANGUAGES}
    same = [float(applied["ar"][i] @ applied["en"][i]) for i in range(2)]
    other = [float(applied["ar"][i] @ applied["ar"][1 - i]) for i in range(2)]
    assert min(same) > max(other) + 0.1


def test_codes_are_faithful_and_matched_by_sentence() -> None:
    random = np.random.default_rng(3)
    rows = random.normal(size=(7, 64)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    matches = match_tokens(rows[:2], encode_tokens_as_codes(rows), [3, 4])
    exact = rows[:2] @ rows.T
    assert matches == pytest.approx(np.stack([exact[:, :3].max(axis=1), exact[:, 3:].max(axis=1)], axis=1), abs=0.01)


def test_without_tokens_there_is_nothing_to_project() -> None:
    calibration = Calibration({}, None)
    with pytest.raises(ValueError, match="no projection"):
        calibration.project(np.zeros((1, 4), dtype=np.float32), "question_token", "en")


def test_what_matches_any_text_is_told_from_what_does_not(encoder: SentenceTransformerEncoder) -> None:
    calibration = fit_calibration(encoder)

    def unrelated(question: str) -> float:
        [tokens] = encoder.encode_question(question).tokens or ()
        return calibration.match_unrelated(calibration.project(tokens, "question_token", "en"), "en")

    assert unrelated("Which city was it in that year?") > unrelated("Is baklava oxidised by chlorophyll?")
    assert Calibration.from_bytes(calibration.to_bytes()).unrelated["ar"].dtype == np.int8
