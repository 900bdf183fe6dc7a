"""The process in which models are exported: `python -m rag.encode.export_worker`."""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rag.encode.export import ExportError
from rag.encode.onnx_model import Cores, OnnxModel, open_session
from rag.encode.protocol import Matrix, Model
from rag.encode.quantize import WHOLE, quantize, smooth
from rag.encode.torch_model import TorchModel
from rag.encode.universal_weights import universal_module
from rag.parallel_text import bundled_text

LEAST_COSINE = 0.98
"""How near, on average, an exported model's vectors must be to the original's."""

_WAYS = {"int8": ("MatMul", "Gemm", "Gather"), "int8, its table of pieces float32": ("MatMul", "Gemm")}


def main() -> None:
    """Export `encoder SOURCE FOLDER` or `universal "" FOLDER`; an encoder that cannot be is refused for good."""
    warnings.simplefilter("ignore")
    kind, source, target = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    if kind == "universal":
        facts = _export_universal(target)
    else:
        try:
            facts = _export_encoder(source, target)
        except (OSError, MemoryError):  # of this machine, now; it is tried again the next time
            raise
        except Exception as error:  # whatever torch, onnx or an unusual model has to say
            first = (str(error).strip().splitlines() or [repr(error)])[0]
            facts = {"refused": first if isinstance(error, ExportError) else f"it cannot be exported: {first}"}
    (target / "facts.json").write_text(json.dumps(facts, indent=1), encoding="utf-8")


def _export_universal(target: Path) -> dict[str, Any]:
    import torch

    module = universal_module()
    _write(module, torch.arange(7), {0: torch.export.Dim("tokens", min=3, max=1_000_000)}, ["row"], target)
    quantize(target, _WAYS["int8, its table of pieces float32"])  # 8-bit as it comes
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
    prompt = original.prompts.get("passage") or ""
    spiky = smooth(target, [model.tokenizer(prompt + sentence)["input_ids"] for sentence in sentences[::2]])
    for way, operators in _WAYS.items():
        quantize(target, operators, spiky)
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
    """Write what a module computes of ids as an ONNX file, float32."""
    import torch

    with torch.no_grad():
        torch.onnx.export(
            module,
            (example,),
            target / WHOLE,
            input_names=["ids"],
            output_names=list(outputs),
            dynamic_shapes=(shapes,),
            dynamo=True,
            external_data=False,
            verbose=False,
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
