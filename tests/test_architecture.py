"""Guards: imports flow one way, each heavy library has one home, the public surface is complete, errors form a tree."""

import ast
import re
from pathlib import Path

import pytest

import rag
from rag import errors

ROOT = Path(__file__).parent.parent

# Left to right: a module imports only modules before it. From `open` on they are the edges.
ORDER = [
    "types", "child", "filter", "progress", "recent", "index_report", "errors", "home", "settings", "language",
    "phrases", "lexicon", "clean", "dates", "load", "boilerplate", "chunk", "terms", "skeleton", "parallel_text",
    "identity", "remember", "encode", "calibrate", "database", "lock", "encoded", "passage_encoder", "workers",
    "cluster", "change", "summary", "provenance", "known_words", "catalog", "store", "segments", "bm25", "keywords",
    "nearest", "vocabulary", "dictionary", "place", "repair", "write", "repeated", "read_ahead", "update", "index",
    "watch", "snapshot", "arrange", "rerank", "confidence", "explain", "weigh", "retrieve", "number_words", "numbers",
    "ordinals", "period", "dialect", "words", "word_table", "align", "rewrite", "negation", "times", "facts", "names",
    "binding", "opposites", "check", "answer_type", "milestones", "answerability", "hostile", "intent", "picks",
    "read", "digest", "suggest", "cite", "verify", "answers", "prompts", "tokens", "chat", "stages", "trace",
    "pipeline", "langchain", "open", "evaluate", "doctor", "folder_copy", "backup", "unpack", "restore", "show",
    "options", "access", "serving", "saving", "__main__",
]  # fmt: skip

HOMES = {
    "chromadb": {"store"},
    "sentence_transformers": {"encode", "rerank"},
    "langchain_core": {"langchain"},
    "langchain": {"langchain"},
    "langsmith": {"langchain"},
    "tenacity": {"langchain"},
    "tiktoken": {"tokens"},
    "sqlalchemy": {
        "database",
        "lock",
        "encoded",
        "change",
        "summary",
        "provenance",
        "known_words",
        "catalog",
        "index",
        "snapshot",
    },
    "bm25s": {"bm25"},
    "marisa_trie": {"bm25"},
    "httpcore2": {"load"},
    "trafilatura": {"load"},
    "pypdf": {"load"},
    "lxml": {"load"},
    "Stemmer": {"terms"},
    "onnxruntime": {"encode"},
    "onnx": {"encode"},
    "sentencepiece": {"encode"},
    "opentelemetry": {"trace"},
    "typer": {"access", "options", "serving", "saving", "__main__"},
    "ir_measures": {"evaluate"},
    "jinja2": {"evaluate"},
    "ray": {"cluster"},
    "gradio": set(),
}


def modules(top: str = "rag") -> dict[str, list[str]]:
    """Module of `rag` or `ui` (a folder counts as one) → what it imports, in full."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / top).rglob("*.py")):
        place = path.relative_to(ROOT / top)
        name = place.parts[0].removesuffix(".py")
        if name == "__init__":
            continue
        imports = found.setdefault(name, [])
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imports += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                own = node.module == "rag"
                imports += [f"rag.{a.name}" for a in node.names] if own else [str(node.module)]
    return found


def test_every_module_has_its_place() -> None:
    assert set(modules()) == set(ORDER)


@pytest.mark.parametrize("name", ORDER)
def test_imports_flow_one_way(name: str) -> None:
    used = {i.split(".")[1] for i in modules()[name] if i.startswith("rag.")} - {name}
    later = set(ORDER[ORDER.index(name) :])
    assert not used & later, f"{name} imports {used & later}"


@pytest.mark.parametrize("library", HOMES)
def test_each_heavy_library_has_one_home(library: str) -> None:
    users = {name for name, imports in modules().items() if any(i.split(".")[0] == library for i in imports)}
    assert users <= HOMES[library]


def test_the_engine_knows_the_pages_only_at_the_command_line() -> None:
    users = {name for name, imports in modules().items() if any(i.split(".")[0] == "ui" for i in imports)}
    assert users == {"access", "serving"}


UI_HOMES = {
    "gradio": {"page", "chat", "corpus", "evaluation", "settings", "app", "loading"},
    "fastapi": {"app", "documents", "entrance", "login", "people", "problems", "server", "uploads", "api"},
    "mcp": {"api"},
    "prometheus_client": {"api"},
    "uvicorn": {"listening"},
    "sqlalchemy": {"accounts", "database", "entrance", "sessions", "talks"},
    "argon2": {"accounts", "sessions"},
    "pythonjsonlogger": {"log"},
}
PURE = {"render", "strings", "preferences", "types"}


@pytest.mark.parametrize("library", UI_HOMES)
def test_what_is_drawn_knows_nothing_of_how_it_is_served(library: str) -> None:
    users = {name for name, imports in modules("ui").items() if any(i.split(".")[0] == library for i in imports)}
    assert users <= UI_HOMES[library]
    for name in PURE:
        own = {i.split(".")[1] for i in modules("ui")[name] if i.startswith("ui.")}
        assert own <= PURE


def test_no_module_is_longer_than_one_idea() -> None:
    lengths = {
        p: len(p.read_text(encoding="utf-8").splitlines()) for top in ("rag", "ui") for p in ROOT.glob(f"{top}/**/*.py")
    }
    assert not {path.name: length for path, length in lengths.items() if length > 300}


def test_public_names_are_all_there_and_sorted() -> None:
    assert list(rag.__all__) == sorted(rag.__all__)
    assert sorted(name for names in rag._HOMES.values() for name in names) == list(rag.__all__)
    assert all(getattr(rag, name).__module__ in rag._HOMES for name in rag.__all__)


def test_the_tree_of_errors_is_the_one_that_is_drawn() -> None:
    drawn = set(re.findall(r"\b(\w+Error)\b", errors.__doc__ or "")) - {"ValueError", "TypeError"}
    real = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)}
    assert drawn == real
    assert all(issubclass(getattr(errors, name), errors.SanadError) for name in real)
