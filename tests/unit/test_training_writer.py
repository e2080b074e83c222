"""What trains the small text model: clean stretches, samples that read back, batches that hold their room, an index that finds."""

import random
from pathlib import Path
from typing import Any

import pytest

from studio.training import fiction_index, passages, writer_samples, yardsticks
from studio.training import writer_words as w
from studio.training.passages import Book, Corpus, Stretch, corpus, stretches
from studio.writing.likeness import runs
from studio.writing.likeness.runs import Index

LINES = (
    "The harbour was dark, and the lamps had gone out along the quay. He walked slowly. Nobody saw him.",
    "“Where are you going?” said Edith. “I thought that you were ill!”",
    "He did not answer; he was looking at the water. It moved as if something turned over in its sleep.",
    "“Mr. Hale is waiting,” she said, “and he does not like to wait.”",
    "They went up the hill together. The wind was cold, and the church clock struck nine.",
)


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return w.learn(LINES * 20)


@pytest.fixture(scope="module")
def small(tokenizer: Any) -> Corpus:
    books = [
        (
            Book(f"b{i}", f"Book {i}", "A", genres, "A man goes home.", 80.0, 500),
            [Stretch(list(LINES) * n, True, True) for n in (1, 3, 9)],
        )
        for i, genres in enumerate((("Fantasy", "Fiction"), ("Fiction",), ("Mystery",)))
    ]
    made = corpus(books, tokenizer)
    made.rarity.update({"harbour": 30, "church": 40, "Edith": 20})
    return made


def test_headings_start_stretches_and_are_no_text() -> None:
    found = stretches("# Part\n\n## I\n\nOne.\n\nTwo.\n\n## II\n\nThree.")
    assert [(s.paragraphs, s.opening, s.closing) for s in found] == [(["One.", "Two."], True, True), (["Three."], True, True)]


def test_a_barred_paragraph_leaves_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passages, "barred", lambda text: "bad" in text)
    found = stretches("## I\n\nOne.\n\nbad.\n\nTwo.")
    assert [(s.paragraphs, s.opening, s.closing) for s in found] == [(["One."], True, False), (["Two."], False, True)]
    assert [s.paragraphs for s in stretches("## I\n\nOne.\n\nbad.\n\nTwo.", whole=True)] == [["One.", "bad.", "Two."]]


def test_ordinary_words_are_not_barred() -> None:
    assert not passages.barred(" ".join(LINES))


def test_much_text_of_one_author_is_thinned() -> None:
    books = [Book("a", "A", "Long", (), "", 70, 900_000), Book("b", "B", "Short", (), "", 70, 90_000)]
    shares = passages.share_of_authors(books)
    assert shares["Short"] == 1.0
    assert 0.6 < shares["Long"] < 0.7


def test_words_come_back_and_the_empty_line_is_one_piece(tokenizer: Any, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    text = "\n\n".join(LINES) + " — naïve 北 \n verse"
    w.save(tokenizer, tmp_path)
    whole = AutoTokenizer.from_pretrained(tmp_path)
    for ids in (tokenizer.encode(text, add_special_tokens=False).ids, whole(text, add_special_tokens=False)["input_ids"]):
        assert tokenizer.decode(ids) == text
        assert ids.count(tokenizer.token_to_id(w.BREAK)) == len(LINES) - 1
    assert whole.decode(whole(w.STORY + text + w.END, add_special_tokens=False)["input_ids"], skip_special_tokens=True) == text
    assert whole.eos_token == w.END


def test_borders_are_sentences_and_paragraphs(small: Corpus, tokenizer: Any) -> None:
    start, end = small.stretches[0][:2]
    row, marks = small.pieces[start:end].tolist(), small.borders[start:end]
    parts = [int(i) for i in marks.nonzero()[0]] + [len(row)]
    texts = [tokenizer.decode(row[a:b]) for a, b in zip(parts, parts[1:], strict=False)]
    assert "".join(texts) == "\n\n".join(LINES)
    assert " Nobody saw him." in texts
    assert not any(text.endswith("Mr.") for text in texts)
    assert int((marks == 2).sum()) == len(LINES)


def test_samples_read_back(small: Corpus, tokenizer: Any) -> None:
    maker = writer_samples.Maker(small, tokenizer)
    chance = random.Random(3)
    filled = 0
    for span in writer_samples.spans(small, chance) * 4:
        span = writer_samples.Span(**(vars(span) | {"seed": chance.getrandbits(40)}))
        ids, learned = maker.sample(span)
        assert maker.sample(span) == (ids, learned)
        assert len(ids) <= writer_samples.CONTEXT
        names = [tokenizer.id_to_token(i) for i in ids]
        assert names[0] == w.STORY
        text = tokenizer.decode(small.pieces[span.start : span.end].tolist()).removeprefix("\n\n")
        body = tokenizer.decode(ids[learned:], skip_special_tokens=False).removesuffix(w.END)
        if w.PREFIX in names:
            filled += 1
            before, rest = body.split(w.SUFFIX)
            after, middle = rest.split(w.MIDDLE)
            assert middle
            assert before + middle + after == text
        else:
            assert names[learned - 1] == w.TEXT
            assert body == text
    assert filled


def test_a_plan_holds_its_room_and_misses_nothing(small: Corpus) -> None:
    batches = list(writer_samples.plan(small, random.Random(0), 1500))
    assert batches == list(writer_samples.plan(small, random.Random(0), 1500))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * (max(s.end - s.start for s in batch)) <= 1500
    seen = {i for batch in batches for span in batch for i in range(span.start, span.end)}
    assert seen == set(range(len(small.pieces)))


@pytest.mark.parametrize(
    ("text", "form", "tense", "view"),
    [
        ("I walked to the sea and I was tired. I saw my house and felt that we had come home.", "scene", "past", "first"),
        (
            "He walks to the sea and is tired. He sees his house and thinks she knows. He comes to them.",
            "scene",
            "present",
            "third",
        ),
        ("“I am going,” she said. “I am, I am, I am going to my own house and I will not come back!”", "dialogue", None, None),
        (
            "You walk in. You see your face; it is yours. You are alone and there is a light, and it goes.",
            "scene",
            "present",
            "second",
        ),
    ],
)
def test_estimates(text: str, form: str, tense: str | None, view: str | None) -> None:
    found = writer_samples.form_of(text, False), writer_samples.tense_of(text), writer_samples.view_of(text)
    assert found == (form, tense, view)
    assert writer_samples.form_of(text, True) == "opening"


def test_the_rate_falls_in_the_second_half() -> None:
    from studio.training import writer

    assert writer.rate_at(0.1, 0) < writer.rate_at(0.1, 150) < writer.rate_at(0.1, 900) == writer.rate_at(0.5, 900)
    assert writer.rate_at(0.75, 900) == pytest.approx(writer.PEAK / 2)
    assert 0 < writer.rate_at(1.0, 900) < writer.PEAK / 50


def test_quick_arithmetic_is_the_ordinary_one() -> None:
    torch = pytest.importorskip("torch")
    from studio.training import quick

    torch.manual_seed(0)
    q, k, v = (torch.randn(2, 3, 600, 16) for _ in range(3))
    wanted = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2)
    assert torch.allclose(quick.attention(None, q, k, v, None)[0], wanted, atol=1e-5)
    table = (torch.randn(50, 8) / 4).requires_grad_()
    hidden = torch.randn(1500, 8).requires_grad_()
    ids = torch.randint(0, 50, (1500,))
    usual = torch.nn.functional.cross_entropy(hidden @ table.T, ids, reduction="sum")
    wanted = torch.autograd.grad(usual / 7, (hidden, table))
    fast = quick.cross_entropy(hidden, table, ids)
    found = torch.autograd.grad(fast / 7, (hidden, table))
    assert float(fast.detach()) == pytest.approx(float(usual.detach()), rel=2e-3)
    for one, other in zip(found, wanted, strict=True):
        assert float((one - other).norm() / other.norm()) < 0.02


def test_a_run_goes_on_where_it_was(small: Corpus, tokenizer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch = pytest.importorskip("torch")
    from studio.training import writer

    tiny = {
        "hidden_size": 32,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "num_key_value_heads": 2,
        "intermediate_size": 32,
    }
    monkeypatch.setitem(writer.SHAPES, "cpu", tiny)
    monkeypatch.setitem(writer.ROOM, "cpu", 1024)
    monkeypatch.setattr(writer, "prepare", lambda data, out: (small, small, tokenizer))
    monkeypatch.setattr(writer, "windows", lambda *_: [([2, 3, 4, 5], 4)])
    torch.set_num_threads(1)
    run = writer.Run(tmp_path, tmp_path / "out", 100, "cpu")
    batches = run.batches()
    first = [run.step(next(batches)) for _ in range(3)]
    run.report(1.0, 1, 1.0)
    run.save()
    later = writer.Run(tmp_path, tmp_path / "out", 100, "cpu")
    assert later.state == run.state
    assert later.step(next(later.batches())) == run.step(next(batches))
    assert first[0][1] > 0
    assert (tmp_path / "out" / "best" / "model.safetensors").exists()


def test_a_run_ends_when_asked(small: Corpus, tokenizer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    from studio.training import writer

    tiny = {
        "hidden_size": 32,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "num_key_value_heads": 2,
        "intermediate_size": 32,
    }
    monkeypatch.setitem(writer.SHAPES, "cpu", tiny)
    monkeypatch.setitem(writer.ROOM, "cpu", 1024)
    monkeypatch.setattr(writer, "prepare", lambda data, out: (small, small, tokenizer))
    monkeypatch.setattr(writer, "windows", lambda *_: [([2, 3, 4, 5], 4)])
    made = writer.Run(tmp_path, tmp_path / "out", 100, "cpu")
    made.stop = True
    made.train(100)
    assert made.state["step"] == 1
    assert (tmp_path / "out" / "state.pt").exists()


def made_text(chance: random.Random, words: int) -> str:
    return " ".join("".join(chance.choices("abcdefgh", k=4)) for _ in range(words))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> tuple[Index, list[str]]:
    chance = random.Random(1)
    texts = [made_text(chance, 400) for _ in range(4)]
    common = " and so it was that they all went home again together in the evening of that day and were glad of it"
    folder = tmp_path_factory.mktemp("index")
    parts = [(i, text + common) for i, text in enumerate(texts)]
    fiction_index.build(parts, [{"id": str(i), "title": f"T{i}", "author": "A"} for i in range(4)], folder)
    return Index.open(folder), [text for _, text in parts]


def test_every_copy_of_twenty_words_is_found_with_its_book(index: tuple[Index, list[str]]) -> None:
    found, texts = index
    chance = random.Random(2)
    for _ in range(200):
        book = chance.randrange(4)
        words = texts[book].split()[:400]
        at = chance.randrange(380)
        copy = " ".join(words[at : at + 20]).upper().replace(" ", ", ", 3)
        hits = found.hits(made_text(chance, 30) + " " + copy + "! " + made_text(chance, 30))
        assert any(hit.book == book for hit in hits)
        assert all(30 <= hit.place <= 42 for hit in hits)


def test_what_nobody_wrote_is_not_found_and_turns_of_phrase_have_no_book(index: tuple[Index, list[str]]) -> None:
    found, texts = index
    assert found.hits(made_text(random.Random(9), 3000)) == []
    assert found.share(made_text(random.Random(9), 3000))[0] == 0
    assert found.hits("too short to say") == []
    common = " ".join(texts[0].split()[400:])
    assert found.hits(common)
    assert all(hit.book is None for hit in found.hits(common))
    some, of = found.share(texts[2])
    assert some == of > 5


def test_apostrophes_and_capitals_make_no_difference() -> None:
    assert runs.words_of("Don’t—STOP, “she” said") == runs.words_of("don't stop she said")


def test_the_word_model_is_a_distribution_and_learns() -> None:
    numpy = pytest.importorskip("numpy")
    chance = random.Random(0)
    row = numpy.array([chance.choice((2, 2, 3, 4, 4, 5)) for _ in range(400)])
    model = yardsticks.KneserNey(row, 3, 7)
    for context in ([2, 3], [4, 4], [6, 6]):
        assert sum(2 ** -model.bits(numpy.array([*context, x]))[-1] for x in range(7)) == pytest.approx(1.0)
    words = yardsticks.WordModel([" ".join(LINES)] * 3 + ["once seen words: heron, egret"])
    assert words.bits([LINES[0]]) < words.bits(["zebra quilt marvel and the lamps"])
    assert "".join(yardsticks.WORD.findall("\n\n".join(LINES))) == "\n\n".join(LINES)


def test_xz_after_the_same_text_costs_little() -> None:
    text = made_text(random.Random(4), 500).encode()
    assert yardsticks.xz_bits(text, text) < yardsticks.xz_bits(text) / 10
