"""Guards: any CrossEncoder on this machine can reorder, and one that is not is an error that says how to get it."""

from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.rerank import CrossEncoderReranker
from rag.settings import BUNDLED_ENCODER, Settings


def test_a_model_that_is_not_here_is_named() -> None:
    with pytest.raises(SettingsError, match=r"RAG_RERANKER='nobody/none'.*hf download nobody/none"):
        CrossEncoderReranker("nobody/none").score("a", ["b"])


def test_a_cross_encoder_in_a_folder_scores_each_text(tmp_path: Path) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "canal", "ship", "water"]
    tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]")
    fast.save_pretrained(tmp_path)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=8,
        num_labels=1,
    )
    BertForSequenceClassification(config).save_pretrained(tmp_path)
    scores = CrossEncoderReranker(str(tmp_path)).score("ship", ["canal", "water ship"])
    assert scores.shape == (2,)


def test_the_setting_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().reranker is None
    monkeypatch.setenv("RAG_RERANKER", "some/model")
    monkeypatch.setenv("RAG_LATE", "off")
    settings = Settings()
    assert (settings.reranker, settings.late, settings.encoder) == ("some/model", False, BUNDLED_ENCODER)
