"""A tiny writer for tests: the shape, words and files of the embedded one, with seeded random weights. No torch needed.

It writes nonsense, but always the same nonsense, and whole letters: what feeds the last layer outweighs the word that went in,
the scale of the last norm spreads the scores so that the likeliest piece is far from a tie, and one column of numbers tells
pieces that are text (and the end) from those that are not, like halves of letters and control symbols.
"""

import json
from pathlib import Path

from studio.writing.prompts.symbols import CONTROLS, END, PAD, STORY

WIDTH, INNER, LAYERS, HEADS, CONTEXT = 64, 128, 3, 2, 1024
SAYABLE = 0.75  # in the first column, the others have the opposite
LESSON = """The lamp stood by the window, and the old keeper was waiting for the boat. “You are late,” he said.

She had walked all night through the rain; her coat was heavy, and her hands were cold. “The road was gone,” she answered.

They went down the stairs together. There was a smell of salt and smoke, and nobody spoke of the letter that lay on the table.

In the morning the wind had turned. The children ran to the shore, and the dog after them, and the whole village stood looking.
"""


def tiny_writer(folder: Path, seed: int = 7, chat_template: str = "") -> Path:
    """The folder of a small Llama as transformers saves it: config, tokenizer, safetensors. Made once a folder."""
    made = folder / f"tiny-writer-{seed}{'-chat' if chat_template else ''}"
    if (made / "model.safetensors").exists():
        return made
    made.mkdir(parents=True, exist_ok=True)
    words = _words(made, chat_template)
    _config(made, len(words))
    _weights(made, words, seed)
    return made


def _words(made: Path, chat_template: str) -> list[bool]:
    """Writes the tokenizer; for each piece whether the model may say it."""
    from studio.training.writer_words import learn

    tokenizer = learn([LESSON] * 2)
    tokenizer.save(str(made / "tokenizer.json"))
    whole = {
        "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": STORY, "eos_token": END, "pad_token": PAD,
        "model_max_length": CONTEXT, "clean_up_tokenization_spaces": False,
        "additional_special_tokens": [c for c in CONTROLS if c not in (PAD, STORY, END)],
    }  # fmt: skip
    if chat_template:
        whole["chat_template"] = chat_template
    (made / "tokenizer_config.json").write_text(json.dumps(whole))
    texts = [tokenizer.decode([i], skip_special_tokens=False) for i in range(tokenizer.get_vocab_size())]
    return [text == END or (text not in CONTROLS and text.replace("\n", "").isprintable() and "�" not in text) for text in texts]


def _config(made: Path, words: int) -> None:
    ids = {"pad_token_id": CONTROLS.index(PAD), "bos_token_id": CONTROLS.index(STORY), "eos_token_id": CONTROLS.index(END)}
    config = {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": words, "hidden_size": WIDTH,
        "intermediate_size": INNER, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "num_key_value_heads": HEADS,
        "head_dim": WIDTH // HEADS, "max_position_embeddings": CONTEXT, "rms_norm_eps": 1e-6, "tie_word_embeddings": True,
        "hidden_act": "silu", "attention_bias": False, "mlp_bias": False, "dtype": "float32", "use_cache": True,
        "rope_parameters": {"rope_theta": 10000.0, "rope_type": "default"}, **ids,
    }  # fmt: skip
    (made / "config.json").write_text(json.dumps(config))
    (made / "generation_config.json").write_text(json.dumps(ids))


def _weights(made: Path, words: list[bool], seed: int) -> None:
    import numpy as np
    from safetensors.numpy import save_file

    chance = np.random.default_rng(seed)

    def drawn(rows: int, columns: int, spread: float) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
        return (chance.standard_normal((rows, columns)) * spread).astype(np.float32)

    told = drawn(len(words), WIDTH, 0.04)
    told[:, 0] = np.where(words, SAYABLE, -SAYABLE)
    weights = {"model.embed_tokens.weight": told}
    for i in range(LAYERS):
        at = f"model.layers.{i}"
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            weights[f"{at}.self_attn.{name}.weight"] = drawn(WIDTH, WIDTH, WIDTH**-0.5)
        weights[f"{at}.mlp.gate_proj.weight"] = drawn(INNER, WIDTH, 1.6 * WIDTH**-0.5)
        weights[f"{at}.mlp.up_proj.weight"] = drawn(INNER, WIDTH, 1.6 * WIDTH**-0.5)
        weights[f"{at}.mlp.down_proj.weight"] = drawn(WIDTH, INNER, INNER**-0.5)
        for name in ("self_attn.o_proj", "mlp.down_proj"):
            weights[f"{at}.{name}.weight"][0] = 0.0  # nothing is added to the first column on the way
        for name in ("input_layernorm", "post_attention_layernorm"):
            weights[f"{at}.{name}.weight"] = np.ones(WIDTH, np.float32)
    weights["model.norm.weight"] = np.full(WIDTH, 8.0, np.float32)
    save_file(weights, str(made / "model.safetensors"), metadata={"format": "pt"})
