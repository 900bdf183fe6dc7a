"""Texts → unit vectors: the bundled encoder, or any sentence-transformers model, and a second, small one beside it.

    protocol     what an encoder is, and what a model in one of its runtimes is
    local        the encoder: prompts, tokens, words in their context; chooses the runtime
    onnx_model   the model in onnxruntime: int8, several texts at once, without torch
    torch_model  the model in sentence-transformers
    universal    the second encoder (its weights: universal_weights)
    export       a model → its int8 file, once, checked against the original (in a process: export_worker)
    bundled      the weights of the bundled encoder → a sentence-transformers folder

Nothing here reaches for the network: a model that is not on this machine is an error that names the command to get it.
"""

from rag.encode.local import SentenceTransformerEncoder
from rag.encode.protocol import Encoded, Encoder, Matrix
from rag.encode.universal import UniversalEncoder

__all__ = ["Encoded", "Encoder", "Matrix", "SentenceTransformerEncoder", "UniversalEncoder"]
