"""Manuscripts made by chance, with what of them must be found again: many scripts, emoji, signs of markup, nothing at all."""

import random
from dataclasses import dataclass, field

from studio.core.ledger import Ledger, Span
from studio.writing.manuscript.manuscript import Chapter, Manuscript, Scene, by_hand

WORDS = (  # noqa: SIM905
    "the tide harbour gauge never said Mara lantern night and of water under slowly “Hello,” ‘no’ don’t — … it’s café naïve Straße "
    "Ölfass žluť вечер туман море 夜の海 潮が満ちる 안녕 שלום עולם مرحبا بحر 👩‍🚀 🌊 👍🏽 é́ ﬁ x\u00a0y a\u200db 𝔘𝔫𝔦 2*3 * _x_ __y__ `code` [a](b) "
    "![c](d) <b>bold</b> <script>alert(1)</script> </w:t> ]]> &amp; &lt; & < > \" ' \\ \\* {x} $y$ ~~z~~ | # 1. - + = == javascript:alert(1) "
    "http://example.org/?a=1&b=2 @ % ^ C:\\new %s {0} ${7} \ufeff \ufffd"
).split(" ")
LINES = ("# not a heading", "1. not a list", "- nor this", "> nor this", "2) or this", "=x", "+ plus", "Chapter house", "***bold and more", "|a|b|", "~~~ and")
TITLES = ("One", "The <Harbour> & the *Gauge*", "שלום", "第三章", "7", "# x", "A \\ title_with_signs `", "“Quoted”", "👩‍🚀", "Prologue", "x" * 300)
CONTROLS = "\x00\x01\x08\x1b\x1f\x7f"


@dataclass
class Story:
    """A manuscript and how it must read: chapters of scenes of paragraphs; `plain` holds them without signs of emphasis."""

    manuscript: Manuscript
    chapters: list[tuple[str, list[list[str]]]] = field(default_factory=list)
    plain: list[tuple[str, list[list[str]]]] = field(default_factory=list)

    def lines(self) -> list[str]:
        """What a program that knows our file shows, line by line."""
        out = [line for line in (self.manuscript.title, self.manuscript.author) if line]
        for title, scenes in self.plain:
            out += [title] if title else []
            for i, scene in enumerate(scenes):
                out += (["* * *"] if i else []) + [line for paragraph in scene for line in paragraph.split("\n")]
        return out


def seeded(seed: int) -> Story:
    chance = random.Random(seed)
    story = Story(Manuscript())
    count = chance.choice((0, 1, 1, 2, 3, 5, 9)) if seed else 3
    chapters = []
    for i in range(count):
        title = chance.choice(("", "", *TITLES))
        scenes = [_scene(chance, f"s{i}-{j}", story) for j in range(chance.choice((0, 1, 1, 2, 4)))]
        chapters.append((title, scenes))
    story.chapters, story.plain = _expected(chapters, 1), _expected(chapters, 2)
    story.manuscript = Manuscript(
        title=chance.choice(("", "The Tide & <Gauge>", "مرحبا", "*")),
        author=chance.choice(("", "A. “B” C", "O'Hara & 娘")),
        chapters=tuple(
            Chapter(id=f"c{i}", title=title, scenes=tuple(scene for scene, _, _ in scenes)) for i, (title, scenes) in enumerate(chapters)
        ),
    )
    return story


def _expected(chapters: list, which: int) -> list[tuple[str, list[list[str]]]]:
    kept = [(title, [scene[which] for scene in scenes if scene[which]]) for title, scenes in chapters]
    kept = [(title, scenes) for title, scenes in kept if title or scenes]
    return [(title or (str(i) if len(kept) > 1 else ""), scenes) for i, (title, scenes) in enumerate(kept, 1)]


def _scene(chance: random.Random, key: str, story: Story) -> tuple[Scene, list[str], list[str]]:
    count = chance.choice((0, 1, 2, 3, 12))
    pairs = [_paragraph(chance, huge=chance.random() < 0.03) for _ in range(count)]
    # A line break means one only where blank lines say so: a lone paragraph of two lines would be two paragraphs.
    pairs = [(text.replace("\n", " "), plain.replace("\n", " ")) for text, plain in pairs] if count < 3 else pairs
    text = chance.choice(("\n\n", "\n \n\n", "\r\n\r\n")).join(text for text, _ in pairs)
    if count and chance.random() < 0.3:  # what XML cannot hold goes
        at = chance.randrange(len(text))
        text = text[:at] + chance.choice(CONTROLS) + text[at:] + " \n\n"
    scene = Scene(id=key, title=chance.choice(("", "working name")), text=text, ledger=by_hand(text))
    return scene, [text for text, _ in pairs], [plain for _, plain in pairs]


def _paragraph(chance: random.Random, huge: bool) -> tuple[str, str]:
    if chance.random() < 0.15:
        line = chance.choice(LINES)
        return line, line
    text, plain = ["Once"], ["Once"]
    for _ in range(4000 if huge else chance.choice((0, 3, 12, 60))):
        word = chance.choice(WORDS).strip()
        signs = "*" * chance.choice((0, 0, 0, 0, 0, 0, 1, 2, 3)) if word and "*" not in word else ""
        between = chance.choice((" ",) * 12 + ("  ", "\n"))
        text.append(between + signs + word + signs)
        plain.append(between + word)
    return "".join(text).strip(), "".join(plain).strip()


def novel(words: int = 120_000, seed: int = 1) -> Manuscript:
    """Of plain prose, a few words in italics."""
    chance = random.Random(seed)
    stock = list(WORDS[:11]) + ["".join(chance.choices("abcdefghijklmnop", k=chance.randint(2, 11))) for _ in range(3000)]
    chapters = []
    for i in range(40):
        paragraphs = []
        for _ in range(words // 40 // 60):
            said = chance.choices(stock, k=60)
            said[7] = f"*{said[7]}*"
            paragraphs.append(" ".join(said) + ".")
        half = len(paragraphs) // 2
        texts = ["\n\n".join(paragraphs[:half]), "\n\n".join(paragraphs[half:])]
        scenes = tuple(
            Scene(id=f"s{i}-{j}", text=text, ledger=Ledger(spans=(Span(length=len(text), maker="human"),))) for j, text in enumerate(texts)
        )
        chapters.append(Chapter(id=f"c{i}", title=f"Chapter {i + 1}", scenes=scenes))
    return Manuscript(title="The Long Tide", author="A. Writer", chapters=tuple(chapters))
