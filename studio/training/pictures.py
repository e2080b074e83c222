"""The pictures a painter learns from, as arrays: python -m studio.training.pictures DATA [--scenes 12000] [--out out/pictures].

Three sorts in one list: named objects set on plain, shaded or two-part grounds (one concept in several styles, recoloured
at times, so that content, style and colour are learned apart), captioned artworks, and the procedural scenes. Captions name
only colours that were measured on the picture. A tenth of the concepts' drawings and of the artworks is held out.
Made once: `pictures.npy` (uint8, 128 px), `captions.json`, `parts.json`.
"""

import argparse
import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from studio.images.colours import oklab

SIZE = 128
CHUNK = 1000  # scenes in a file
STYLES: dict[str, tuple[str, ...]] = {  # set -> how its style is called
    "noto-emoji": ("glossy cartoon", "glossy"),
    "fluent-emoji-3d": ("3d render", "3d"),
    "fluent-emoji-color": ("soft vector", "vector"),
    "fluent-emoji-flat": ("flat style", "flat"),
    "blobmoji": ("rounded cartoon", "rounded"),
    "fxemoji": ("sticker", "sticker style"),
}
INK = "fluent-emoji-highcontrast"
KINDS = ("animal", "food", "plant", "sky-weather", "vehicle", "place")
LEFT_OUT = (  # faces, writing, maps and things nobody would ask a painting of
    "face", "japanese", "globe", "map", "oncoming", "sign", "moon face", "construction", "stop", "post office", "bank", "hotel",
    "hospital", "store", "school", "wheelchair", "traffic", "station", "fist", "seat", "pole", "microbe", "nose", "service dog",
    "guide dog", "clinking", "bottle", "wedding", "thermometer", "track", "pump", "drum", "police car light", "falafel", "mate",
    "fuel", "milk", "chopsticks", "bento", "dango", "oden", "mosque", "synagogue", "hindu", "statue", "department", "tumbler",
    "custard", "canned", "beverage box", "stuffed", "shallow", "derelict", "airplane arrival", "airplane departure", "suspension",
)  # fmt: skip
OBJECTS = ("umbrella", "crown", "candle", "lantern", "guitar", "violin", "trumpet", "key", "bell", "clock", "hat", "balloon",
           "kite", "teddy bear", "gem stone", "drum", "telescope", "lamp", "sailboat", "wrapped gift", "jack-o-lantern",
           "christmas tree", "crystal ball", "red heart", "snowman", "backpack", "books", "camera", "chair", "basket", "yarn",
           "trophy", "saxophone", "anchor", "hourglass", "ring", "scarf")  # fmt: skip
HUES = (
    ("red", 25),
    ("orange", 60),
    ("yellow", 100),
    ("green", 142),
    ("teal", 195),
    ("blue", 262),
    ("purple", 305),
    ("pink", 350),
)
SHORT = {"oil painting": "oil painting", "watercolour": "watercolour"}


@dataclass(frozen=True)
class Item:
    """What is known of a picture beside its pixels."""

    caption: str
    sort: str  # object, art, scene
    concept: str
    style: str
    colours: tuple[str, ...]
    held: bool = False


def colour_name(rgb: Any) -> str:
    """The plain word for a colour."""
    light, a, b = (float(x) for x in oklab(np.asarray(rgb)))
    chroma, hue = float(np.hypot(a, b)), float(np.degrees(np.arctan2(b, a)) % 360)
    if light < 0.26:
        return "black"
    if chroma < 0.035:
        return "white" if light > 0.9 else "grey"
    if chroma < 0.07 and light > 0.9:
        return "cream" if 60 < hue < 130 else "white"
    if 30 <= hue < 95 and light < 0.6 and chroma < 0.15:
        return "brown"
    return min(HUES, key=lambda one: min(abs(hue - one[1]), 360 - abs(hue - one[1])))[0]


def main_colour(rgba: Image.Image) -> str:
    """The colour word that most of a cut-out is."""
    small = np.asarray(rgba.resize((24, 24), Image.Resampling.BOX)).reshape(-1, 4)
    seen = small[small[:, 3] > 160][:, :3]
    names: dict[str, int] = {}
    for one in seen:
        names[colour_name(one)] = names.get(colour_name(one), 0) + 1
    best = max(names, key=lambda n: names[n], default="")
    return best if best and names[best] > 0.4 * len(seen) else ""


def turned(rgba: Image.Image, by: int) -> Image.Image:
    """The hue turned, light and transparency kept."""
    alpha = rgba.getchannel("A")
    h, s, v = rgba.convert("RGB").convert("HSV").split()
    h = h.point([(i + by) % 256 for i in range(256)])
    out = Image.merge("HSV", (h, s, v)).convert("RGB")
    out.putalpha(alpha)
    return out


GROUNDS = {  # calm colours that go with most things, by the word that will be in the caption
    "white": ["#ffffff", "#f7f5f0"], "cream": ["#f5ead3", "#f2e4c4"], "grey": ["#c9ccd1", "#9aa0a8"],
    "black": ["#14161a", "#1c1a1f"],
    "red": ["#c8453f", "#d9675c"], "orange": ["#e89a4c", "#f0b072"], "yellow": ["#f2d36b", "#f6df8f"],
    "green": ["#8dbb7c", "#5f9e6e"],
    "teal": ["#5fb3ad", "#8ccbc4"], "blue": ["#6d9fd6", "#3f6fb0"], "purple": ["#9a86c9", "#7a63b0"],
    "pink": ["#f0b3c4", "#e48fa8"],
}  # fmt: skip


def ground(chance: random.Random, size: int) -> tuple[Image.Image, str]:
    """A ground and the word for it."""
    word = chance.choice(list(GROUNDS))
    first, second = (np.array(Image.new("RGB", (1, 1), c))[0, 0].astype(np.float32) for c in GROUNDS[word])
    kind = chance.choice(["plain", "plain", "down", "round", "floor"])
    rows = np.linspace(0, 1, size, dtype=np.float32)
    if kind == "plain":
        field = np.full((size, size), chance.random(), np.float32)
    elif kind == "down":
        field = np.repeat(rows[:, None], size, 1)
    elif kind == "round":
        field = np.clip(np.hypot(rows[:, None] - 0.5, rows[None] - 0.5) * 1.5, 0, 1)
    else:
        field = np.repeat((rows[:, None] > chance.uniform(0.66, 0.76)).astype(np.float32), size, 1)
    out = first + (second - first) * field[..., None]
    return Image.fromarray(out.round().astype(np.uint8)), word


def composed(chance: random.Random, cut: Image.Image, size: int = SIZE) -> tuple[Image.Image, str]:
    """The cut-out on a ground, with a soft shadow at times."""
    paper, word = ground(chance, size)
    side = int(size * chance.uniform(0.66, 0.9))
    if chance.random() < 0.5:
        cut = cut.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    thing = cut.resize((side, side), Image.Resampling.LANCZOS)
    spare = size - side
    at = (spare // 2 + chance.randint(-spare // 5, spare // 5), spare // 2 + chance.randint(-spare // 6, spare // 5))
    if chance.random() < 0.5:
        shade = Image.new("L", (size, size), 0)
        y = at[1] + int(side * 0.93)
        ImageDraw.Draw(shade).ellipse((at[0] + side * 0.12, y - size * 0.04, at[0] + side * 0.88, y + size * 0.04), fill=110)
        paper.paste((30, 28, 40), (0, 0), shade.filter(ImageFilter.GaussianBlur(size * 0.025)))
    paper.paste(thing, at, thing)
    return paper, word


class Drawings:
    """The named objects of one data folder, read from its zips when wanted."""

    def __init__(self, data: Path) -> None:
        self.data = data

    @cached_property
    def concepts(self) -> dict[str, dict[str, tuple[str, str]]]:
        """name -> set -> (zip, file), only what is drawn in most styles and worth painting."""
        found: dict[str, dict[str, tuple[str, str]]] = {}
        for name in (*STYLES, INK):
            for row in _rows(self.data / f"{name}.jsonl"):
                if wanted(row["name"].lower(), row["category"]):
                    found.setdefault(row["name"].lower(), {})[name] = (name, row["file"])
        return {k: v for k, v in sorted(found.items()) if len(set(v) - {INK}) >= 4}

    @cached_property
    def zips(self) -> dict[str, zipfile.ZipFile]:
        return {name: zipfile.ZipFile(self.data / f"{name}.zip") for name in (*STYLES, INK)}

    def open(self, where: tuple[str, str]) -> Image.Image:
        return Image.open(io.BytesIO(self.zips[where[0]].read(where[1]))).convert("RGBA")


def wanted(name: str, category: str) -> bool:
    if any(word in name for word in LEFT_OUT):
        return False
    return category in KINDS or name in OBJECTS


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open() as lines:
        for line in lines:
            yield json.loads(line)


def said(chance: random.Random, name: str, colour: str, style: str, paper: str) -> str:
    """One of many wordings; the colour only when it was measured and the name has none of its own."""
    thing = f"{colour} {name}" if colour and colour not in name and chance.random() < 0.75 else name
    if chance.random() < 0.35:
        thing = ("an " if thing[0] in "aeiou" else "a ") + thing
    form = chance.choice(
        [
            "{t}, {s}",
            "{t}, {s}",
            "{t} on {p}, {s}",
            "{t} on a {p} ground, {s}",
            "{s} {t}",
            "{t} on a {p} background",
            "{t}",
            "{s} of {t}",
        ]
    )
    return form.format(t=thing, s=style, p=paper)


def objects(drawings: Drawings, each: int, seed: int = 1) -> Iterator[tuple[Any, Item]]:
    """`each` pictures of every drawing; one drawing of every eighth concept is never shown, in its own colours or others."""
    chance = random.Random(seed)
    for number, (name, sets) in enumerate(drawings.concepts.items()):
        spared = sorted(set(sets) - {INK})[number % 5 % (len(sets) - 1)] if number % 8 == 0 else ""
        for made_by, where in sorted(sets.items()):
            cut = drawings.open(where)
            for turn in range(each if made_by != INK else max(1, each // 2)):
                one, own = cut, made_by != INK
                by = chance.choice([40, 85, 128, 170, 213]) if own and turn % 3 == 2 else 0
                if by:
                    one = turned(cut, by)
                style = chance.choice(STYLES[made_by]) if own else "ink drawing"
                picture, paper = composed(chance, one)
                if not own and paper in ("black", "blue", "purple"):
                    continue
                colour = main_colour(one)
                text = said(chance, name, colour, style, paper)
                item = Item(
                    text,
                    "object",
                    name,
                    STYLES[made_by][0] if own else style,
                    tuple(filter(None, (colour, paper))),
                    made_by == spared,
                )
                yield np.asarray(picture), item


def artworks(data: Path, watercolours: int = 250) -> Iterator[tuple[Any, Item]]:
    """Artworks cut square; watercolours, of which there are many, capped; landscapes before people and lettering."""
    chance, kept = random.Random(2), 0
    with zipfile.ZipFile(data / "artworks.zip") as archive:
        for number, row in enumerate(_rows(data / "artworks.jsonl")):
            style = str(row["style"])
            if "watercolour" in style and style.startswith("watercolour"):
                kept += 1
                if kept > watercolours and number % 2:
                    continue
            whole = Image.open(io.BytesIO(archive.read(row["file"]))).convert("RGB")
            for cut in squares(whole, chance):
                item = Item(str(row["caption"]).lower().rstrip("."), "art", str(row["group"]), style, (), number % 10 == 0)
                yield np.asarray(cut.resize((SIZE, SIZE), Image.Resampling.LANCZOS)), item


def squares(picture: Image.Image, chance: random.Random) -> list[Image.Image]:
    """One or two squares of a picture, near its middle."""
    w, h = picture.size
    side = min(w, h)
    ends = (0.35, 0.65) if max(w, h) > 1.25 * side else (0.5,)
    return [picture.crop((x := int((w - side) * end), y := int((h - side) * end), x + side, y + side)) for end in ends]


def scenes(number: int, data: Path, seed: int = 0) -> Iterator[tuple[Any, Item]]:
    """The procedural scenes; every twentieth is held out."""
    from studio.training import scenes as made_by

    things = made_by.Objects(data)
    for at in range(number):
        one = made_by.make(seed + at, SIZE, things)
        parts = one.parts
        item = Item(
            one.caption,
            "scene",
            str(parts.get("kind", "")),
            str(parts.get("style", "")),
            tuple(colour for _, colour in parts.get("colours", ())),
            at % 20 == 0,
        )
        yield one.picture, item


def write(out: Path, name: str, most: int, stream: Callable[[], Iterator[tuple[Any, Item]]]) -> int:
    """One sort of pictures as an array file with its items; what is there already stays."""
    out.mkdir(parents=True, exist_ok=True)
    if (out / f"{name}.json").exists():
        return len(json.loads((out / f"{name}.json").read_text()))
    pile = np.lib.format.open_memmap(out / f"{name}.new.npy", "w+", np.uint8, (most, SIZE, SIZE, 3))
    items = []
    for at, (picture, item) in enumerate(stream()):
        pile[at] = picture
        items.append(asdict(item))
    np.save(out / f"{name}.npy", pile[: len(items)])
    (out / f"{name}.new.npy").unlink()
    (out / f"{name}.json").write_text(json.dumps(items))
    return len(items)


@dataclass(frozen=True)
class Pictures:
    """All that was made, one after another."""

    names: tuple[str, ...]
    piles: tuple[Any, ...]
    items: tuple[Item, ...]

    @classmethod
    def load(cls, out: Path) -> "Pictures":
        names = tuple(sorted(path.stem for path in out.glob("*.json")))
        items = tuple(
            Item(**{**row, "colours": tuple(row["colours"])})
            for n in names
            for row in json.loads((out / f"{n}.json").read_text())
        )
        return cls(names, tuple(np.load(out / f"{n}.npy", mmap_mode="r") for n in names), items)

    def __len__(self) -> int:
        return len(self.items)

    def picture(self, at: int) -> Any:
        for pile in self.piles:
            if at < len(pile):
                return np.array(pile[at])
            at -= len(pile)
        raise IndexError(at)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m studio.training.pictures", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=Path("out/pictures"))
    parser.add_argument("--each", type=int, default=6, help="pictures of every drawing of an object")
    parser.add_argument("--scenes", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="seed of the first scene")
    asked = parser.parse_args()
    drawings = Drawings(asked.data)
    most = asked.each * sum(map(len, drawings.concepts.values()))
    made = write(asked.out, "objects", most, lambda: objects(drawings, asked.each))
    print(f"{made} pictures of {len(drawings.concepts)} concepts", flush=True)
    print(write(asked.out, "artworks", 4000, lambda: artworks(asked.data)), "artworks", flush=True)
    for first in range(asked.first, asked.first + asked.scenes, CHUNK):
        made = write(asked.out, f"scenes-{first:06}", CHUNK, partial(scenes, CHUNK, asked.data, first))
        print(made, "scenes from", first, flush=True)


if __name__ == "__main__":
    main()
