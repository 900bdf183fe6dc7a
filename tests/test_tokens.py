"""Guards: chat tokens are counted without a download, and an estimate errs on the safe side in both languages."""

from pathlib import Path

import pytest

from rag.encode import SentenceTransformerEncoder
from rag.tokens import ChatTokens
from tests.fakes import HashEncoder

ARABIC = "طلبت بكين من شركات كبرى أن تستعد لتقديم طلبات شراء رقائق جديدة، وفق تقارير صحفية."
ENGLISH = "Beijing told several large companies to get ready to order new chips, according to press reports."
# What cl100k_base (GPT-4), the costliest of the encodings in use for Arabic, makes of these two: counted once.
CL100K = {ARABIC: 57, ENGLISH: 19}


@pytest.mark.parametrize("text", CL100K)
def test_an_estimate_is_never_too_low(encoder: SentenceTransformerEncoder, text: str) -> None:
    tokens = ChatTokens(encoder.count_tokens)
    assert not tokens.exact
    assert CL100K[text] <= tokens.count(text) <= 3 * CL100K[text]


@pytest.mark.parametrize("content", [None, b"not an encoding"])
def test_an_encoding_that_is_not_there_is_not_fetched(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "fb374d419588a4632f3f557e76b4b70aebbca790"
    if content:
        file.write_bytes(content)
    tokens = ChatTokens(HashEncoder().count_tokens, "gpt-4o-mini", tmp_path)
    assert not tokens.exact
    assert tokens.count("four words are here") > 4
    assert not content or file.read_bytes() == content  # tiktoken would have thrown it away


def test_the_models_own_encoding_is_used_where_it_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Encoding:
        def encode(self, text: str, disallowed_special: object) -> list[int]:
            return [1] * len(text)

    (tmp_path / "any").write_bytes(b"ranks")
    monkeypatch.setattr("rag.tokens._FILES", {"o200k_base": ("any", _sha256(b"ranks"))})
    monkeypatch.setattr("tiktoken.get_encoding", lambda _name: Encoding())
    tokens = ChatTokens(HashEncoder().count_tokens, "gpt-4o-mini", tmp_path)
    assert tokens.exact
    assert tokens.count("a" * 100) - tokens.count("") == 100


def test_a_model_that_tiktoken_does_not_know_is_estimated(tmp_path: Path) -> None:
    assert not ChatTokens(HashEncoder().count_tokens, "qwen3:8b", tmp_path).exact


def _sha256(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()
