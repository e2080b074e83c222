"""From a folder as transformers saves it (Llama, safetensors, byte-level BPE) to one GGUF file in a chosen form.

Only what the embedded writer is made of is known: plain Llama layers, ordinary rotation, words cut by the rule `qwen2`. Anything
else is refused rather than played wrongly. Control symbols stay control symbols, other added words are found in any text.
"""

import json
from pathlib import Path
from typing import Any

CUT = (
    r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|"
    r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
FORMS: dict[str, tuple[str, str, str]] = {  # what the layers and the words are stored in, and its name; fastest first
    "q4_0": ("Q4_0", "Q8_0", "MOSTLY_Q4_0"),
    "q8_0": ("Q8_0", "Q8_0", "MOSTLY_Q8_0"),
    "f32": ("F32", "F32", "ALL_F32"),
}
EXACT = "f32"
_NAMES = {
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
    "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm",
}  # fmt: skip


class Unknown(ValueError):
    """The folder holds a model this file cannot carry over."""


def write_form(folder: Path, form: str, target: Path) -> None:
    """Raises Unknown, or OSError, KeyError and ValueError where files are missing or broken."""
    import gguf

    config = json.loads((folder / "config.json").read_text("utf-8"))
    words = json.loads((folder / "tokenizer.json").read_text("utf-8"))
    _check(config, words)
    writer = gguf.GGUFWriter(target, "llama")
    try:
        writer.add_file_type(gguf.LlamaFileType[FORMS[form][2]])
        _shape(writer, config)
        _words(writer, config, words)
        template = json.loads((folder / "tokenizer_config.json").read_text("utf-8")).get("chat_template")
        if template:
            writer.add_chat_template(template)
        _weights(writer, folder, config, *FORMS[form][:2])
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    finally:
        writer.close()


def _check(config: dict[str, Any], words: dict[str, Any]) -> None:
    turned = config.get("rope_parameters") or config.get("rope_scaling") or {}
    plain = (
        config.get("model_type") == "llama"
        and config.get("hidden_act") == "silu"
        and not config.get("attention_bias")
        and not config.get("mlp_bias")
        and turned.get("rope_type", "default") == "default"
    )
    if not plain:
        raise Unknown("is not a plain Llama")
    steps = (words.get("pre_tokenizer") or {}).get("pretokenizers", [])
    cuts = [step["pattern"].get("Regex") for step in steps if step["type"] == "Split"]
    if words["model"]["type"] != "BPE" or cuts != [CUT]:
        raise Unknown("cuts its words by another rule")


def _shape(writer: Any, config: dict[str, Any]) -> None:
    heads = config["num_attention_heads"]
    turned = config.get("rope_parameters") or config
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(config.get("num_key_value_heads", heads))
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_dimension_count(config.get("head_dim") or config["hidden_size"] // heads)
    writer.add_rope_freq_base(turned.get("rope_theta", 10_000.0))
    writer.add_vocab_size(config["vocab_size"])


def _words(writer: Any, config: dict[str, Any], words: dict[str, Any]) -> None:
    from gguf import TokenType

    added = {one["id"]: one for one in words["added_tokens"]}
    names = {id: name for name, id in words["model"]["vocab"].items()} | {id: one["content"] for id, one in added.items()}
    if sorted(names) != list(range(config["vocab_size"])):
        raise Unknown("does not have as many words as its weights say")
    kinds = [
        TokenType.NORMAL if id not in added else TokenType.CONTROL if added[id]["special"] else TokenType.USER_DEFINED
        for id in range(len(names))
    ]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list([names[id] for id in range(len(names))])
    writer.add_token_types(kinds)
    writer.add_token_merges([pair if isinstance(pair, str) else " ".join(pair) for pair in words["model"]["merges"]])
    writer.add_bos_token_id(config["bos_token_id"])
    writer.add_eos_token_id(config["eos_token_id"])
    writer.add_pad_token_id(config["pad_token_id"])
    writer.add_add_bos_token(False)


def _weights(writer: Any, folder: Path, config: dict[str, Any], layers: str, words: str) -> None:
    from safetensors.numpy import load_file

    found = load_file(folder / "model.safetensors")
    heads = config["num_attention_heads"]
    turned = {"attn_q": heads, "attn_k": config.get("num_key_value_heads", heads)}
    _put(writer, "token_embd.weight", found["model.embed_tokens.weight"], words)
    _put(writer, "output_norm.weight", found["model.norm.weight"], "F32")
    if not config.get("tie_word_embeddings"):
        _put(writer, "output.weight", found["lm_head.weight"], words)
    for i in range(config["num_hidden_layers"]):
        for theirs, ours in _NAMES.items():
            values = found[f"model.layers.{i}.{theirs}.weight"]
            if ours in turned:  # pairs that are rotated together lie side by side here, half a head apart there
                values = values.reshape(turned[ours], 2, -1, values.shape[1]).swapaxes(1, 2).reshape(values.shape)
            _put(writer, f"blk.{i}.{ours}.weight", values, layers)


def _put(writer: Any, name: str, values: Any, stored: str) -> None:
    import numpy as np
    from gguf import GGMLQuantizationType, quants

    whole = np.ascontiguousarray(values, dtype=np.float32)
    kind = GGMLQuantizationType[stored]
    if whole.ndim == 1 or stored == "F32" or whole.shape[1] % 32:
        writer.add_tensor(name, whole)
    else:
        writer.add_tensor(name, quants.quantize(whole, kind), raw_dtype=kind)
