"""Guards: settings come from flags, then the environment, then defaults; a bad one is named."""

from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.settings import BUNDLED_ENCODER, Settings


def test_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAG_INDEX")
    settings = Settings()
    assert (settings.encoder, settings.host, settings.port) == (BUNDLED_ENCODER, "127.0.0.1", 7860)
    assert settings.index.name == "index"


def test_the_environment_and_flags_over_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_ENCODER", "some/model")
    monkeypatch.setenv("GRADIO_SERVER_PORT", "8000")
    assert (Settings().encoder, Settings().port) == ("some/model", 8000)
    assert Settings(port=9000, index=None).port == 9000


@pytest.mark.parametrize(
    ("variable", "value"),
    [("GRADIO_SERVER_PORT", "many"), ("GRADIO_SERVER_PORT", "70000"), ("RAG_PASSAGE_TOKENS", "3"), ("RAG_ENCODER", "")],
)
def test_a_bad_value_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=f"{variable}='{value}'"):
        Settings()


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"RAG_DATABASE": "postgresql://me:secret@db/news"}, "RAG_DATABASE needs RAG_CHROMA_URL"),
        ({"RAG_DATABASE": "mysql://me:secret@db/news"}, "RAG_DATABASE: begins with postgresql://"),
        ({"RAG_CHROMA_URL": "secret:8000"}, "RAG_CHROMA_URL: begins with http://"),
    ],
)
def test_an_address_that_cannot_be_used_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], told: str
) -> None:
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=told) as error:
        Settings()
    assert "secret" not in str(error.value)


def test_passwords_of_servers_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_DATABASE", "postgres://me:secret@db/news?sslmode=require")
    monkeypatch.setenv("RAG_CHROMA_URL", "https://me:secret@vectors")
    settings = Settings()
    assert str(settings.home) == "postgresql://db/news"
    assert settings.home.command("index") == "sanad index"
    assert "secret" not in repr(settings) + repr(settings.home) + str(settings.home)


def test_sources_are_named_else_here_else_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings(corpus=tmp_path / "mine").sources == tmp_path / "mine"
    monkeypatch.chdir(tmp_path)
    checkout = Settings().sources
    assert (checkout / "ar").is_dir()
    (tmp_path / "corpus").mkdir()
    assert Settings().sources == Path("corpus")
    (tmp_path / "corpus" / "articles").mkdir()
    assert Settings().sources == Path("corpus/articles")


def test_no_sources_is_an_error_that_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("rag.settings.__file__", str(tmp_path / "rag" / "settings.py"))
    with pytest.raises(SettingsError, match="name a folder, or set RAG_CORPUS"):
        _ = Settings().sources
