"""Guards: the command line's output, its one-line errors and its exit codes."""

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import __main__ as cli
from rag.catalog import Catalog
from rag.doctor import examine
from rag.index import Index
from rag.index_report import IndexReport
from rag.lock import hold
from rag.pipeline import Rag
from rag.settings import Settings
from tests.fakes import HashEncoder, write_article


@pytest.fixture(autouse=True)
def _fake_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.open.SentenceTransformerEncoder", lambda *_: HashEncoder())


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        cli.main([str(a) for a in arguments])
    out, err = (re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text) for text in capsys.readouterr())
    return int(stop.value.code or 0), out, " ".join(err.split())


@pytest.fixture
def indexed(capsys: pytest.CaptureFixture[str], articles: Path) -> Path:
    assert run(capsys, "index", articles)[0] == 0
    return articles


def test_index_says_what_changed(capsys: pytest.CaptureFixture[str], articles: Path) -> None:
    code, out, err = run(capsys, "index", articles, "--json")
    assert (code, json.loads(out)["added"]) == (0, ["canal", "chips", "water"])
    assert "indexing" in err
    write_article(articles, "new", "News.")
    (articles / "canal.md").unlink()
    code, out, _ = run(capsys, "index", "--json")
    report = json.loads(out)
    assert (code, report["added"], report["removed"]) == (0, ["new"], ["canal"])
    assert run(capsys, "index", articles)[2].endswith("3 unchanged")


def test_a_failed_file_is_named_and_the_code_is_1(capsys: pytest.CaptureFixture[str], articles: Path) -> None:
    (articles / "broken.md").write_text("---\ntitle: [\n---\nx", encoding="utf-8")
    code, _, err = run(capsys, "index", articles)
    assert code == 1
    assert "3 added, 1 failed" in err
    assert "broken.md, line 3: the front matter does not parse" in err


@pytest.mark.usefixtures("indexed")
def test_ask_prints_one_json_object_to_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "ask", "Which firms did Beijing tell to prepare H200 orders?")
    answer = json.loads(out)
    assert (code, err, answer["abstained"]) == (0, "", False)
    assert answer["citations"][0]["passage"]["article_id"] == "chips"
    code, out, _ = run(capsys, "ask", "--json", "من كتب هاملت؟")
    assert (code, json.loads(out)["abstained"]) == (0, True)


@pytest.mark.usefixtures("indexed")
def test_ask_streams_to_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    _, out, _ = run(capsys, "ask", "Which firms did Beijing tell to prepare H200 orders?")
    assert out.startswith("Beijing told firms to prepare H200 orders. [1]\n")
    assert "[1] Chips" in out
    assert "2026-01-16 · chips" in out
    _, out, _ = run(capsys, "ask", "Who wrote Hamlet?")
    assert "do not answer" in out
    assert "~ " in out


@pytest.mark.usefixtures("indexed")
def test_search_as_lines_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "search", "H200", "-k", "1")
    assert "1. Chips" in out
    _, out, _ = run(capsys, "search", "H200", "--json", "--language", "ar")
    assert [hit["passage"]["article_id"] for hit in json.loads(out)["hits"]] == ["water"]
    _, out, err = run(capsys, "search", "H200", "--since", "2030-01-01")
    assert (out, err) == ("", "nothing found")


@pytest.mark.usefixtures("indexed")
def test_articles_and_remove(capsys: pytest.CaptureFixture[str]) -> None:
    assert "canal" in run(capsys, "articles")[1]
    assert run(capsys, "remove", "canal") == (0, "", "1 removed")
    _, out, _ = run(capsys, "articles", "--json")
    assert {a["id"] for a in json.loads(out)["articles"]} == {"chips", "water"}


@pytest.mark.usefixtures("indexed")
@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        pytest.param(["ask", ""], 2, "the question is empty", id="empty question"),
        pytest.param(["ask", "x" * 100_000], 2, "100,000 characters; at most 4,000", id="endless question"),
        pytest.param(["ask", "x", "--language", "fr"], 2, "it must be ar or en", id="language"),
        pytest.param(["search", "x", "--since", "soon"], 2, "soon", id="date"),
        pytest.param(["search", "x", "-k", "0"], 2, "0 is not in the range|greater than or equal to 1", id="k"),
        pytest.param(["serch"], 2, "No such command 'serch'", id="verb"),
        pytest.param(["ask"], 2, "Missing (argument|parameter)", id="no question"),
        pytest.param(["index", "nowhere"], 1, "nowhere: there is no such file or folder", id="no folder"),
        pytest.param(["remove", "nobody"], 2, "no article has the id 'nobody'", id="no article"),
        pytest.param(["chat", "--host", "0.0.0.0"], 2, "served only with accounts", id="host"),
        pytest.param(["serve", "--host", "192.168.1.2"], 2, "served only with accounts", id="host of programs"),
        pytest.param(["chat", "--port", "0"], 2, "GRADIO_SERVER_PORT", id="port"),
    ],
)
def test_bad_input_is_one_line_and_a_code(
    capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, complaint: str
) -> None:
    found, out, err = run(capsys, *arguments)
    assert (found, out) == (code, "")
    assert re.search(complaint, err)
    assert "Traceback" not in err


def test_the_host_from_the_environment_is_refused_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_SERVER_NAME", "0.0.0.0")
    assert run(capsys, "chat")[0] == 2


@pytest.mark.usefixtures("indexed")
def test_a_taken_port_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, _, err = run(capsys, "chat", "--port", port)
    assert code == 1
    assert f"port {port} is in use" in err


@pytest.mark.usefixtures("indexed")
def test_the_chat_is_served_while_another_process_writes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[Settings] = []
    monkeypatch.setattr("ui.server.serve", lambda _rag, settings, **_: served.append(settings))
    with hold(Settings().home):
        code, _, err = run(capsys, "chat")
    assert (code, len(served)) == (0, 1)
    assert "another process is writing to the index; what it changes is seen when it is done" in err


def test_a_verb_that_needs_an_index_builds_it(
    capsys: pytest.CaptureFixture[str], articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_CORPUS", str(articles))
    code, out, err = run(capsys, "search", "H200", "--json", "-k", "1")
    assert (code, len(json.loads(out)["hits"])) == (0, 1)
    assert "indexing" in err


def test_doctor_tells_the_state_of_the_index(capsys: pytest.CaptureFixture[str], articles: Path) -> None:
    assert "none yet; build it with: sanad index" in run(capsys, "doctor")[1]
    run(capsys, "index", articles)
    _, out, _ = run(capsys, "doctor", "--json")
    found = json.loads(out)
    assert found["articles"] == "3 (1 Arabic, 2 English)"
    assert "hash-64" in found["state"]
    assert found["encoder runs in"].startswith(("onnxruntime", "torch"))
    assert "get it once with: hf download" in examine(Settings(encoder="hash-64"))["encoder runs in"]
    settings = Settings(encoder="hash-64")
    assert examine(settings)["state"] == "in order"
    catalog = Catalog(settings.home, writable=True)
    with catalog.change() as change:
        change.drop(["canal"])
    catalog.close()
    assert examine(settings)["state"].startswith("in order; a run of changes was cut short, go on with: sanad index")
    (settings.index / "keywords-1.json").unlink()
    assert "the keyword index is missing" in examine(settings)["state"]
    assert run(capsys, "doctor", "--repair")[0] == 0
    assert examine(settings)["state"].startswith("in order")
    (settings.index / "catalog.sqlite").write_bytes(b"x" * 5000)
    assert "damaged" in examine(settings)["state"]


def test_what_is_taken_of_a_file_can_be_seen(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "story.txt"
    path.write_text(
        "نُشر في 5 مارس 2026\nوصلت السفينة الأولى إلى الميناء.\n\nشارك الخبر فيسبوك تويتر\nجميع الحقوق محفوظة",
        encoding="utf-8",
    )
    code, out, _ = run(capsys, "index", "--show-cleaning", path)
    assert code == 0
    assert "2026-03-05 (the day that the text names)" in out
    assert "- شارك الخبر فيسبوك تويتر" in out
    assert "- وصلت" not in out
    _, out, _ = run(capsys, "index", "--show-cleaning", path, "--json")
    [found] = json.loads(out)["articles"]
    assert found["removed"] == ["شارك الخبر فيسبوك تويتر", "جميع الحقوق محفوظة"]
    assert found["article"]["dated_by"] == "text"
    broken = tmp_path / "broken.md"
    broken.write_text("---\ntitle: [\n---\nText", encoding="utf-8")
    assert "does not parse" in run(capsys, "index", "--show-cleaning", broken)[2]
    assert not (tmp_path / "index").exists(), "nothing is indexed"


def test_columns_are_mapped_and_wrong_ones_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "news.csv"
    path.write_text("a,b\nسفن,وصلت السفينة الأولى إلى الميناء.\n", encoding="utf-8")
    assert run(capsys, "index", path)[0] == 1
    assert run(capsys, "index", path, "--map", "text=b", "--map", "title=a", "--json")[0] == 0
    code, _, err = run(capsys, "index", path, "--map", "colour=b")
    assert code == 2
    assert "it must be FIELD=NAME, where FIELD is one of text, title" in err


def test_a_run_that_is_stopped_says_how_to_go_on(
    capsys: pytest.CaptureFixture[str], articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("rag.write.Writer.flush", stop)
    code, _, err = run(capsys, "index", articles)
    assert code == 130
    assert "stopped; what was read so far is kept, go on with: sanad index" in err
    monkeypatch.undo()


def test_an_index_is_watched_until_somebody_has_enough(
    capsys: pytest.CaptureFixture[str], articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def watch(index: Index) -> Iterator[IndexReport]:
        yield IndexReport(added=("one",))
        raise KeyboardInterrupt

    monkeypatch.setattr("rag.watch.watch", watch)
    code, _, err = run(capsys, "index", articles, "--watch")
    assert code == 130
    assert "watching; end with Ctrl-C" in err
    assert "1 added" in err


def test_help_loads_nothing_that_is_heavy() -> None:
    """So that it comes at once."""
    code = "import sys, rag.__main__; sys.exit(bool({'numpy', 'sqlalchemy', 'pydantic', 'torch'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_answer_needs_neither_torch_nor_chroma(corpus_rag: Rag) -> None:
    """Of a small index, with the bundled encoder: they take seconds to load."""
    code = (
        "import sys; from rag import Settings, open_rag; open_rag(Settings(index=sys.argv[1])).ask('من فاز؟');"
        "sys.exit(bool({'torch', 'chromadb', 'sentence_transformers'} & set(sys.modules)))"
    )
    folder = str(corpus_rag.index.home.folder)
    assert subprocess.run([sys.executable, "-c", code, folder], check=False).returncode == 0


@pytest.mark.parametrize(("arguments", "code"), [(["--version"], 0), (["nonsense"], 2), (["ask", ""], 2)])
def test_the_process_ends_with_the_code_of_its_command(arguments: list[str], code: int) -> None:
    done = subprocess.run([sys.executable, "-m", "rag", *arguments], check=False, capture_output=True, text=True)
    assert done.returncode == code
    assert done.stdout if code == 0 else done.stderr


def test_only_our_own_notes_are_told() -> None:
    """Libraries log too, bm25s at a level of its own."""
    code = (
        "import logging; from rag import show; show.tell_notes(); logging.getLogger('bm25s').setLevel('DEBUG');"
        "logging.getLogger('bm25s').debug('theirs'); logging.getLogger('rag.encode').info('ours')"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stderr == "ours\n"
