"""A Whisper of random weights, in the files of a real one: what it says is junk, how it is loaded and run is real."""

import json
from pathlib import Path

import numpy as np
from ctranslate2.specs import whisper_spec
from numpy.typing import NDArray
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

WIDTH = 16
HEADS = 2
MELS = 80
SOUND_POSITIONS = 1500
TEXT_POSITIONS = 448
SPECIAL = (
    "<|endoftext|>", "<|startoftranscript|>", "<|en|>", "<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>",
    "<|nospeech|>", "<|notimestamps|>", *(f"<|{step * 0.02:.2f}|>" for step in range(1501)),
)  # fmt: skip


def write_tiny_whisper(directory: Path, seed: int = 7) -> Path:
    """Writes model.bin, config.json, vocabulary.json, tokenizer.json and preprocessor_config.json; gives the directory back."""
    directory.mkdir(parents=True, exist_ok=True)
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({letter: index for index, letter in enumerate(letters)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in SPECIAL])
    tokens = [*letters, *SPECIAL]

    spec = whisper_spec.WhisperSpec(1, HEADS, 1, HEADS)
    _fill(spec, np.random.default_rng(seed), len(tokens))
    spec.register_vocabulary(tokens)
    first = tokens.index
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [first("<|endoftext|>")]
    spec.config.lang_ids = [first("<|en|>")]
    spec.config.alignment_heads = [(0, 0)]
    spec.validate()
    spec.save(str(directory))
    tokenizer.save(str(directory / "tokenizer.json"))
    (directory / "preprocessor_config.json").write_text(json.dumps({"feature_size": MELS, "sampling_rate": 16000}))
    return directory


def _fill(spec: whisper_spec.WhisperSpec, random: np.random.Generator, vocabulary: int) -> None:
    def weights(*shape: int) -> NDArray[np.float32]:
        return random.normal(0, 0.3, shape).astype(np.float32)

    def linear(layer: object, outputs: int, inputs: int) -> None:
        layer.weight, layer.bias = weights(outputs, inputs), weights(outputs)

    def norm(layer: object) -> None:
        layer.gamma, layer.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)

    def attention(layer: object, *, crossing: bool = False) -> None:
        norm(layer.layer_norm)
        for each, outputs in zip(
            layer.linear, (WIDTH, 2 * WIDTH, WIDTH) if crossing else (3 * WIDTH, WIDTH), strict=True
        ):
            linear(each, outputs, WIDTH)

    def feed_forward(layer: object) -> None:
        norm(layer.layer_norm)
        linear(layer.linear_0, 4 * WIDTH, WIDTH)
        linear(layer.linear_1, WIDTH, 4 * WIDTH)

    encoder, decoder = spec.encoder, spec.decoder
    encoder.conv1.weight, encoder.conv1.bias = weights(WIDTH, MELS, 3), weights(WIDTH)
    encoder.conv2.weight, encoder.conv2.bias = weights(WIDTH, WIDTH, 3), weights(WIDTH)
    encoder.position_encodings.encodings = weights(SOUND_POSITIONS, WIDTH)
    decoder.embeddings.weight = weights(vocabulary, WIDTH)
    decoder.position_encodings.encodings = weights(TEXT_POSITIONS, WIDTH)
    decoder.projection.weight = decoder.embeddings.weight
    for part in (encoder, decoder):
        norm(part.layer_norm)
        attention(part.layer[0].self_attention)
        feed_forward(part.layer[0].ffn)
    attention(decoder.layer[0].attention, crossing=True)
