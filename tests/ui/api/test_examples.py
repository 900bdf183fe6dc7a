"""Guards: what the READMEs tell programs and assistants to do works as it stands there."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from rag.align import WordAligner
from rag.encode import SentenceTransformerEncoder
from rag.home import Home
from rag.index import Index
from rag.pipeline import Rag
from rag.read import QuoteReader
from rag.retrieve import HybridRetriever
from rag.snapshot import Reading
from tests.conftest import CORPUS
from tests.serving import serving

ROOT = Path(__file__).parents[3]
ADDRESS = "http://127.0.0.1:7860"
READMES = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.ar.md")}


@pytest.fixture(scope="module")
def sample(
    encoder: SentenceTransformerEncoder, aligner: WordAligner, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The sample articles served, in an index that the examples may change."""
    folder = tmp_path_factory.mktemp("sample") / "index"
    index = Index(Home(folder), encoder, passage_tokens=192)
    index.add(CORPUS / "articles")
    rag = Rag(index, HybridRetriever(Reading(index.home, encoder), encoder), QuoteReader(aligner), aligner)
    with serving(rag, folder, programs=True) as address:
        yield address


@pytest.mark.parametrize("name", READMES)
def test_the_commands(sample: str, name: str) -> None:
    commands = [words for block in _blocks(name, "") if "curl " in block for words in _commands(block)]
    assert len(commands) >= 3
    for words in commands:
        [url] = [word for word in words if word.startswith(ADDRESS)]
        method = words[words.index("-X") + 1] if "-X" in words else "POST"
        body = json.loads(words[words.index("-d") + 1]) if "-d" in words else None
        response = httpx.request(method, url.replace(ADDRESS, sample), json=body, timeout=60)
        assert response.status_code == 200, response.text
        assert re.search(r'"citations": ?\[\{|"hits": ?\[\{|"(added|removed)": ?\["canal-1"\]', response.text)


@pytest.mark.parametrize("name", READMES)
def test_the_openai_example(sample: str, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    [code] = _blocks(name, "py")
    exec(compile(code.replace(ADDRESS, sample), name, "exec"), {})
    told = capsys.readouterr().out
    assert "[1]" in told
    assert "\n1 " in told


@pytest.mark.parametrize("name", READMES)
def test_the_assistants_configuration(name: str) -> None:
    [configuration] = _blocks(name, "json")
    [server] = json.loads(configuration)["mcpServers"].values()
    assert (server["command"], server["args"]) == ("sanad", ["mcp"])


def _commands(block: str) -> Iterator[list[str]]:
    for command in re.split(r"^curl ", block, flags=re.MULTILINE)[1:]:
        yield shlex.split(command)


def _blocks(name: str, kind: str) -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```$", READMES[name], re.DOTALL | re.MULTILINE)
    return [block for language, block in found if language == kind]
