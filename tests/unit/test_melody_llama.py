"""The Llama in numpy and the one of transformers agree, and rows do not see each other."""

from pathlib import Path

import numpy as np
import pytest

from studio.music.melody.llama import Llama


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(3)
    place = tmp_path_factory.mktemp("llama")
    config = LlamaConfig(
        vocab_size=175, hidden_size=48, num_hidden_layers=3, num_attention_heads=4, intermediate_size=96,
        max_position_embeddings=128, tie_word_embeddings=True, initializer_range=0.2,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(place)
    return place


def test_it_says_what_transformers_says(folder: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    theirs = AutoModelForCausalLM.from_pretrained(folder).eval()
    ours = Llama(folder)
    text = [1, 20, 170, 33, 90, 7, 7, 150, 42]
    with torch.no_grad():
        wanted = theirs(torch.tensor([text])).logits[0].numpy()
    cache, first = ours.start(text[:4], 1)
    found = [first[0]] + [ours.step(np.array([symbol]), cache)[0] for symbol in text[4:]]
    assert np.abs(np.stack(found) - wanted[3:]).max() < 1e-4


def test_a_row_is_the_same_bytes_alone_and_among_others(folder: Path) -> None:
    ours = Llama(folder)
    rows = np.array([[5, 60, 61], [9, 170, 3], [100, 1, 2], [8, 8, 8], [44, 45, 46], [12, 90, 91]])
    cache, _ = ours.start([1, 2, 3], len(rows))
    together = [ours.step(rows[:, t], cache) for t in range(3)]
    for i, row in enumerate(rows):
        cache, _ = ours.start([1, 2, 3], 1)
        alone = [ours.step(row[t : t + 1], cache)[0] for t in range(3)]
        for t in range(3):
            assert np.array_equal(alone[t], together[t][i])
