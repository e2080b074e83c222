"""A style card from a sample of the writer's own text: counted, without a model, and told in plain sentences.

What is said of "often" and "rarely" is measured against a shelf of 256 English novels and story books: the outer quarters of
what they do. Below a few hundred words the figures say little; the card tells how many words it stands on.
"""

import re
from collections import Counter
from statistics import mean, pstdev

from studio.writing import manner
from studio.writing.common import COMMON
from studio.writing.context.bible import StyleCard
from studio.writing.context.borders import SENTENCE

LEAST = 60  # words below which nothing is said
_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_SHORT_FORM = re.compile(r"\b(Mr|Mrs|Ms|Dr|St|Prof|Capt|Col|Gen|Rev|Mme)\.", re.I)
_CONTRACTION = re.compile(r"(?:n[’']t|[’'](?:ll|re|ve|m|d))$", re.I)
_SINGLE = re.compile(r"(?<![^\W_])[‘'](?=\S)([^‘\n]*?[.,!?…—–-])[’'](?=\s|$|[.,;:!?—–-])")
_GUILLEMETS = re.compile(r"[«»]\s*([^«»\n]*?)\s*[«»]")
_LOW_OPEN = re.compile(r"„([^“”\n]*)[“”]")
_DASH_LINE = re.compile(r"^[—–]\s*(.*)$", re.M)
_SIGNS = {"dashes": r"—|–|\s-\s|--", "semicolons": ";", "colons": ":", "ellipses": r"…|\.\.\.", "exclamation marks": "!",
          "brackets": r"\("}  # fmt: skip
# What a quarter of the books stays below, and what a quarter of them is above: in 1,000 words, or as the name says.
USUAL = {
    "dashes": (2.8, 8.2), "semicolons": (2.4, 9.6), "colons": (0.4, 1.9), "ellipses": (0.0, 0.4), "exclamation marks": (2.1, 5.7),
    "brackets": (0.0, 0.6), "contractions": (1.4, 11.4), "adverbs in -ly": (11.0, 16.1),
    "sentences that begin with And or But": (4.2, 8.6), "commas": (0.86, 1.5), "sentence": (13.2, 19.5),
}  # fmt: skip


def card_of(sample: str) -> StyleCard:
    """The card of a sample; without lines when it is too short to say anything."""
    text, marks = with_curly_speech(sample.replace("\r\n", "\n"))
    words = _WORD.findall(text)
    if len(words) < LEAST:
        return StyleCard(measured={"words": float(len(words))})
    figures = measured(text, words)
    favourites = favourite_words(words)
    lines = [
        _sentences(figures), f"Paragraphs have about {figures['paragraph']:.0f} words", _speech(figures, marks), _telling(text),
        _ease(figures["ease"]), _habits(figures), f"Words that come up often: {', '.join(favourites)}" if favourites else "",
    ]  # fmt: skip
    rounded = {name: round(value, 2) for name, value in figures.items()}
    return StyleCard(lines=tuple(line for line in lines if line), measured=rounded, favourites=favourites)


def with_curly_speech(text: str) -> tuple[str, str]:
    """The text with its speech between “ and ”, and the marks it really has; empty when none are found."""
    if text.count("„") < 2 <= text.count("“") + text.count('"'):
        return text, "“ and ”" if text.count("“") * 2 >= text.count('"') else 'straight "'
    for rule, marks in ((_LOW_OPEN, "„ and “"), (_GUILLEMETS, "« and »"), (_SINGLE, "‘ and ’"), (_DASH_LINE, "a dash")):
        changed, times = rule.subn(r"“\1”", text)
        if times >= 2:
            return changed, marks
    return text, ""


def sentences_of(text: str) -> list[list[str]]:
    """The words of each sentence."""
    bare = _SHORT_FORM.sub(r"\1", text)
    cuts = [0, *(found.end() for found in SENTENCE.finditer(bare)), len(bare)]
    found = [_WORD.findall(bare[a:b]) for a, b in zip(cuts, cuts[1:], strict=False)]
    return [one for one in found if one]


def measured(text: str, words: list[str]) -> dict[str, float]:
    sentences = sentences_of(text)
    lengths = [len(one) for one in sentences]
    paragraphs = [len(_WORD.findall(one)) for one in text.split("\n") if one.strip()]
    thousand = len(words) / 1000
    signs = {name: len(re.findall(rule, text)) / thousand for name, rule in _SIGNS.items()}
    return {
        "words": float(len(words)),
        "sentence": mean(lengths),
        "spread": pstdev(lengths),
        "shorter": quantile(lengths, 0.1),
        "longer": quantile(lengths, 0.9),
        "paragraph": mean(paragraphs),
        "speech": manner.said_share(text),
        "ease": manner.reading_ease(words, len(sentences)) or 0.0,  # there are words
        "commas": text.count(",") / len(lengths),
        **signs,
        "contractions": sum(bool(_CONTRACTION.search(word)) for word in words) / thousand,
        "adverbs in -ly": sum(len(word) > 4 and word.endswith("ly") for word in words) / thousand,
        "sentences that begin with And or But": sum(one[0] in ("And", "But") for one in sentences) / len(sentences) * 100,
    }


def quantile(values: list[int], share: float) -> float:
    return float(sorted(values)[min(len(values) - 1, int(share * len(values)))])


def favourite_words(words: list[str]) -> tuple[str, ...]:
    """Small-letter words that say something and come three times or more."""
    counts = Counter(word for word in words if len(word) > 3 and word.islower() and word.isalpha() and word not in COMMON)
    ranked = sorted(((word, times) for word, times in counts.items() if times >= 3), key=lambda one: (-one[1], one[0]))
    return tuple(word for word, _ in ranked[:8])


# the sentences


def _sentences(figures: dict[str, float]) -> str:
    few, many = USUAL["sentence"]
    kind = "Short sentences" if figures["sentence"] < few else "Long sentences" if figures["sentence"] > many else "Sentences"
    return f"{kind} of {figures['sentence']:.0f} words on average, most of {figures['shorter']:.0f} to {figures['longer']:.0f}"


def _speech(figures: dict[str, float], marks: str) -> str:
    share = figures["speech"]
    if share < 0.03:
        return "Hardly any speech"
    place = "set off by a dash" if marks == "a dash" else f"between {marks}" if "and" in marks else f"in {marks}"
    return f"About {share * 100:.0f} % of the text is speech, {place}"


def _telling(text: str) -> str:
    tense, view = manner.tense_of(text), manner.view_of(text)
    told = [f"in the {tense} tense"] * bool(tense) + [f"in the {view} person"] * bool(view)
    return f"Told {', '.join(told)}" if told else ""


def _ease(ease: float) -> str:
    word = {"plain": "Easy", "middling": "Neither easy nor hard", "ornate": "Demanding"}[manner.ease_of(ease)]
    return f"{word} to read (reading ease {ease:.0f})"


def _habits(figures: dict[str, float]) -> str:
    """Only what is unusual."""
    names = [name for name in USUAL if name not in ("sentence", "commas")]
    many = [name for name in names if figures[name] > USUAL[name][1]]
    none = [name for name in names if figures[name] == 0 and USUAL[name][0] >= 1]
    few = [name for name in names if figures[name] < USUAL[name][0] and name not in none]
    commas = figures["commas"]
    many += ["commas"] * (commas > USUAL["commas"][1])
    few += ["commas"] * (commas < USUAL["commas"][0])
    told = "; ".join(f"{word} {_listed(group)}" for word, group in (("many", many), ("few", few), ("no", none)) if group)
    return told[:1].upper() + told[1:]


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
