"""A model → an int8 file that onnxruntime runs, made once and kept in the user's cache. The one home of onnx.

It is made in a process of its own (`python -m rag.encode.export`), which alone needs torch and its memory, and is
trusted only when what it makes of the bundled sentences is near enough to what the original makes of them. Weights are
int8, with a scale for each output channel; activations are scaled as they come (dynamic quantisation).
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

from rag.encode.onnx_model import Cores, OnnxModel, open_session
from rag.encode.protocol import Matrix, Model
from rag.encode.torch_model import TorchModel
from rag.encode.universal_weights import universal_module
from rag.errors import SourceError
from rag.parallel_text import bundled_text

LEAST_COSINE = 0.98
"""How near, on average, an exported model's vectors must be to the original's."""

_FORMAT = 2  # of an exported folder; raise it when what is written below changes
_PATIENCE = 900.0  # seconds
_WAYS = {"int8": ("MatMul", "Gemm", "Gather"), "int8, its table of pieces float32": ("MatMul", "Gemm")}

_SPIKY = 100.0  # times the root mean square: an 8-bit grid that reaches so far has hardly a step for the other values

_log = logging.getLogger(__name__)


class ExportError(Exception):
    """A model cannot be exported; says why."""


@dataclass(frozen=True, slots=True)
class Exported:
    """An exported model: its folder, and what was measured when it was made (`facts.json`)."""

    folder: Path
    facts: dict[str, Any]


def export_encoder(source: str, cache: Path) -> Exported:
    """Return a model's exported folder, making it first where the cache does not hold it: half a minute.

    Args:
        source: folder of a sentence-transformers model.
        cache: the folder is made in it.

    Raises:
        ExportError: the model cannot be run so, or not near enough to the original; says why.
    """
    found = _exported("encoder", source, encoder_folder(source, cache))
    if "refused" in found.facts:
        raise ExportError(found.facts["refused"])
    return found


def encoder_folder(source: str, cache: Path) -> Path:
    """Return where a model's exported folder lies; another when the model's files have changed."""
    files = sorted(path for path in Path(source).rglob("*") if path.is_file())
    state = [(str(path.relative_to(source)), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    digest = hashlib.sha256(json.dumps(state).encode()).hexdigest()[:8]
    return cache / "onnx" / f"{Path(source).name}-{digest}-{_FORMAT}"


def read_facts(source: str, cache: Path) -> dict[str, Any]:
    """Return what was measured of a model when it was exported, or why it was `refused`; nothing if it never was."""
    path = encoder_folder(source, cache) / "facts.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def export_universal(cache: Path) -> Exported:
    """Return the second encoder's exported folder, making it first where the cache does not hold it.

    Raises:
        SourceError: it cannot be made; says why.
    """
    try:
        return _exported("universal", "", cache / "onnx" / f"universal-{_FORMAT}")
    except ExportError as error:
        raise SourceError(f"{cache}: the second encoder cannot be prepared here: {error}") from error


def _exported(kind: str, source: str, folder: Path) -> Exported:
    if not (folder / "facts.json").is_file():
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(folder.with_suffix(".lock")):
                if not (folder / "facts.json").is_file():
                    _make(kind, source, folder)
        except OSError as error:
            raise ExportError(f"{folder.parent} cannot be written ({error.strerror}); set RAG_CACHE") from error
    return Exported(folder, json.loads((folder / "facts.json").read_text(encoding="utf-8")))


def _make(kind: str, source: str, folder: Path) -> None:
    """Have another process export a model into a folder, whole or not at all."""
    if kind == "encoder":
        _log.info("preparing the encoder for this processor, once: about a minute")
    unfinished = Path(tempfile.mkdtemp(prefix=".exporting-", dir=folder.parent))
    root = str(Path(__file__).parent.parent.parent)
    paths = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "rag.encode.export", kind, source, str(unfinished)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=os.environ | {"PYTHONPATH": paths, "HF_HUB_OFFLINE": "1"},
            timeout=_PATIENCE,
            check=False,
        )
        (unfinished / "whole.onnx").unlink(missing_ok=True)
        if done.returncode:
            raise ExportError((done.stderr.strip().splitlines() or [f"its process ended with {done.returncode}"])[-1])
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.rename(folder)
    except subprocess.TimeoutExpired as error:
        raise ExportError(f"it took more than {_PATIENCE:.0f} seconds") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


# -- in the process of its own ---------------------------------------------------------------------------------------


def main() -> None:
    """Export `encoder SOURCE FOLDER` or `universal "" FOLDER`; an encoder that cannot be is refused for good."""
    warnings.simplefilter("ignore")
    kind, source, target = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    if kind == "universal":
        facts = _export_universal(target)
    else:
        try:
            facts = _export_encoder(source, target)
        except Exception as error:  # whatever torch, onnx or an unusual model has to say
            first = (str(error).strip().splitlines() or [repr(error)])[0]
            facts = {"refused": first if isinstance(error, ExportError) else f"it cannot be exported: {first}"}
    (target / "facts.json").write_text(json.dumps(facts, indent=1), encoding="utf-8")


def _export_universal(target: Path) -> dict[str, Any]:
    import torch

    module = universal_module()
    _write(module, torch.arange(7), {0: torch.export.Dim("tokens", min=3, max=1_000_000)}, ["row"], target)
    _quantize(target, _WAYS["int8, its table of pieces float32"])  # 8-bit as it comes
    session = open_session(target / "model.onnx")
    texts = [torch.arange(length) * 997 for length in range(3, 60)]
    cosines = [(module(ids).numpy() @ session.run(None, {"ids": ids.numpy()})[0].T).item() for ids in texts]
    return _cosines(np.array(cosines))


def _export_encoder(source: str, target: Path) -> dict[str, Any]:
    import torch

    original = TorchModel(source)
    model = original.sentence_transformer.to("cpu").float()
    if any(getattr(module, "include_prompt", True) is False for module in model):
        raise ExportError("it leaves its prompt out of what it pools")
    longest = int(min(model.max_seq_length or 512, model.tokenizer.model_max_length))
    example = torch.tensor(model.tokenizer(["a text to trace it by"])["input_ids"])
    tokens = torch.export.Dim("tokens", min=2, max=longest)
    sentences = [sentence for text in bundled_text().values() for sentence in text["sentences"]]
    theirs, of_torch = _timed(original, sentences)
    gives_tokens = original.encode(sentences[:1], "", with_tokens=True)[1] is not None
    outputs = ["sentence", "tokens"] if gives_tokens else ["sentence"]
    _write(_one_text(model, gives_tokens), example, {1: tokens}, outputs, target)
    model.tokenizer.backend_tokenizer.save(str(target / "tokenizer.json"))
    facts = {
        "prompts": dict(original.prompts),
        "dimension": original.dimension,
        "special": original.special,
        "longest": longest,
        "outputs": outputs,
    }
    (target / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
    spiky = _find_spiky(target, [original.sentence_transformer.tokenizer(s)["input_ids"] for s in sentences[::8]])
    for way, operators in _WAYS.items():
        _quantize(target, operators, spiky)
        ours, of_onnx = _timed(OnnxModel(target, Cores()), sentences)
        measured = _cosines((ours * theirs).sum(axis=1))
        if measured["cosine"] >= LEAST_COSINE:
            rates = {"sentences_a_second": round(of_onnx, 1), "of_torch": round(of_torch, 1)}
            return facts | measured | rates | {"weights": way, "float32": len(spiky)}
    raise ExportError(f"in int8 its vectors have a cosine of {measured['cosine']} to the original's")


def _one_text(model: Any, gives_tokens: bool) -> Any:
    """Return a sentence-transformers model as a module: the ids of one text → its unit row, and its tokens' rows."""
    import torch

    class OneText(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: Any) -> Any:
            features = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
            for module in self.model:
                features = module(features)
            row = torch.nn.functional.normalize(features["sentence_embedding"], dim=-1)
            return (row, features["token_embeddings"]) if gives_tokens else row

    return OneText().eval()


def _write(module: Any, example: Any, shapes: dict[int, Any], outputs: Sequence[str], target: Path) -> None:
    """Write what a module computes of ids as an ONNX file, float32, `whole.onnx`."""
    import torch

    with torch.no_grad():
        torch.onnx.export(
            module,
            (example,),
            target / "whole.onnx",
            input_names=["ids"],
            output_names=list(outputs),
            dynamic_shapes=(shapes,),
            dynamo=True,
            external_data=False,
            verbose=False,
        )


def _find_spiky(target: Path, texts: Sequence[Sequence[int]]) -> list[str]:
    """Return the products of `whole.onnx` whose activations have spikes, which 8 bits would spoil."""
    import onnx

    model = onnx.load(target / "whole.onnx")
    weights = {weight.name for weight in model.graph.initializer}
    products = [node for node in model.graph.node if node.op_type == "MatMul" and node.input[1] in weights]
    inputs = list(dict.fromkeys(node.input[0] for node in products))
    model.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in inputs)
    onnx.save(model, target / "told.onnx")
    session = open_session(target / "told.onnx")
    (target / "told.onnx").unlink()
    spikes = np.zeros(len(inputs))
    for ids in texts:
        found = session.run(inputs, {"ids": np.array([ids], dtype=np.int64)})
        spikes += [float(np.abs(array).max() / max(float(np.sqrt((array**2).mean())), 1e-9)) for array in found]
    spiky = {name for name, spike in zip(inputs, spikes / len(texts), strict=True) if spike > _SPIKY}
    return [node.name for node in products if node.input[0] in spiky]


def _quantize(target: Path, operators: Sequence[str], but: Sequence[str] = ()) -> None:
    """Write `model.onnx`: `whole.onnx` with the weights of these operators as int8, but for the nodes named."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        target / "whole.onnx",
        target / "model.onnx",
        op_types_to_quantize=list(operators),
        nodes_to_exclude=list(but),
        per_channel=True,
        weight_type=QuantType.QInt8,
    )


def _timed(model: Model, texts: Sequence[str]) -> tuple[Matrix, float]:
    """Return texts encoded, and how many a second were."""
    prompt = model.prompts.get("passage") or ""
    model.encode(texts[:4], prompt, with_tokens=False)
    start = time.perf_counter()
    rows, _ = model.encode(texts, prompt, with_tokens=False)
    return rows, len(texts) / (time.perf_counter() - start)


def _cosines(cosines: Any) -> dict[str, float]:
    return {"cosine": round(float(np.mean(cosines)), 4), "least_cosine": round(float(np.min(cosines)), 4)}


if __name__ == "__main__":
    main()
