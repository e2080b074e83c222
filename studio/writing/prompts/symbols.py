"""The control symbols of the embedded writer: the same list for those who trained it and those who ask it."""

PAD, STORY, TEXT, END = "<|pad|>", "<|story|>", "<|text|>", "<|end|>"
PREFIX, SUFFIX, MIDDLE = "<|prefix|>", "<|suffix|>", "<|middle|>"
PLOT, WORDS = "<|plot|>", "<|words|>"
GENRES = ("adventure", "children", "comedy", "fantasy", "horror", "mystery", "satire", "science-fiction", "short", "novel")
FORMS = ("opening", "scene", "dialogue", "description")
TENSES = ("past", "present")
VIEWS = ("first", "second", "third")
EASES = ("plain", "middling", "ornate")
LENGTHS = ("sentence", "paragraph", "page")
SPARE = 16  # room for symbols that a later training may need


def control(kind: str, value: str) -> str:
    return f"<|{kind}:{value}|>"


CONTROLS = (
    *(PAD, STORY, TEXT, END, PREFIX, SUFFIX, MIDDLE, PLOT, WORDS),
    *(control("genre", v) for v in GENRES),
    *(control("form", v) for v in FORMS),
    *(control("tense", v) for v in TENSES),
    *(control("view", v) for v in VIEWS),
    *(control("ease", v) for v in EASES),
    *(control("length", v) for v in LENGTHS),
    *(f"<|spare:{i}|>" for i in range(SPARE)),
)
