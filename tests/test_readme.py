"""Guards: the README's Python runs, its commands exist, and both READMEs name the same verbs."""

import re
from pathlib import Path

import pytest

from rag.__main__ import app
from rag.pipeline import Rag
from rag.settings import Settings

ROOT = Path(__file__).parent.parent
ENGLISH = (ROOT / "README.md").read_text(encoding="utf-8")
ARABIC = (ROOT / "README.ar.md").read_text(encoding="utf-8")


def test_the_python_example_runs(
    corpus_rag: Rag, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("rag.open_rag", lambda _settings: corpus_rag)
    [code] = re.findall(r"```python\n(.*?)```", ENGLISH, re.DOTALL)
    exec(compile(code, "README.md", "exec"), {})
    assert "[1]" in capsys.readouterr().out


@pytest.mark.parametrize("text", [ENGLISH, ARABIC], ids=["en", "ar"])
def test_the_verbs_are_those_of_the_command_line(text: str) -> None:
    verbs = {command.name or command.callback.__name__ for command in app.registered_commands}  # type: ignore[union-attr]
    verbs |= {str(group.name) for group in app.registered_groups}
    assert set(re.findall(r"\bsanad ([a-z]+)\b", text)) - {"is"} == verbs


def test_every_setting_is_told() -> None:
    for name in Settings.model_fields:
        variable = Settings.model_fields[name].validation_alias or f"RAG_{name.upper()}"
        assert f"`{variable}`" in ENGLISH


def test_every_dependency_is_told() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    [listed] = re.findall(r"^dependencies = \[(.*?)^\]", project, re.MULTILINE | re.DOTALL)
    for name in re.findall(r'"([A-Za-z0-9-]+)==', listed):
        assert name in ENGLISH


def test_pictures_are_there() -> None:
    for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", ENGLISH + ARABIC):
        assert (ROOT / picture).is_file()
