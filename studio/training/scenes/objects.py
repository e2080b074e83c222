"""Named objects drawn in several styles, from zip files with a .jsonl beside each.

The same file name in several zips is one concept in several styles. Which files are used, and by what plain name, says
`names.txt`; what is not in it (faces, hands, flags, signs) is left out.
"""

import io
import json
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zipfile import ZipFile

import numpy as np
from PIL import Image

from studio.training.scenes.colours import Array

LOOKS = {
    "noto-emoji": "cartoon", "blobmoji": "rounded cartoon", "fxemoji": "sticker", "fluent-emoji-3d": "3d",
    "fluent-emoji-color": "gradient", "fluent-emoji-flat": "flat", "fluent-emoji-highcontrast": "icon",
    "kenney-lowpoly": "low poly", "kenney-flat": "flat", "kenney-doodle": "doodle", "game-icons": "silhouette",
}  # fmt: skip
COLOURLESS = ("icon", "doodle", "silhouette")  # black on nothing: any colour may be laid on them


@dataclass(frozen=True)
class Concept:
    """A thing with a plain name and the pictures of it: (zip, file)."""

    name: str
    group: str
    pictures: tuple[tuple[str, str], ...]


@lru_cache(maxsize=1)
def names() -> dict[str, tuple[str, str]]:
    """Plain name and group of every file stem that is used."""
    table = {}
    for row in (Path(__file__).parent / "names.txt").read_text(encoding="utf-8").splitlines():
        if row and not row.startswith("#"):
            group, name, stems = row.split(" | ")
            table.update(dict.fromkeys(stems.split(), (name, group)))
    return table


class Objects:
    """All named objects of a folder of zips."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        found: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        known = names()
        for listing in sorted(folder.glob("*.jsonl")):
            if listing.stem not in LOOKS:
                continue
            for row in listing.read_text(encoding="utf-8").splitlines():
                file = json.loads(row)["file"]
                if (own := known.get(file.removesuffix(".webp"))) is not None:
                    found[own].append((listing.stem, file))
        if not found:
            raise ValueError(f"There are no named objects in {folder}. Give the folder that holds their .zip and .jsonl files.")
        self.concepts = [Concept(name, group, tuple(files)) for (name, group), files in sorted(found.items())]
        self.by_group: dict[str, list[Concept]] = defaultdict(list)
        for concept in self.concepts:
            self.by_group[concept.group].append(concept)
        self._zips: dict[str, ZipFile] = {}

    def picture(self, pack: str, file: str, side: int) -> Array:
        """One object as float RGBA, `side` pixels at its longer side."""
        if pack not in self._zips:
            self._zips[pack] = ZipFile(self.folder / f"{pack}.zip")
        with Image.open(io.BytesIO(self._zips[pack].read(file))) as opened:
            image = opened.convert("RGBA")
        image = image.crop(image.getchannel("A").getbbox() or (0, 0, image.width, image.height))
        scale = side / max(image.size)
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        premultiplied = image.convert("RGBa").resize(size, Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.BICUBIC)
        return np.asarray(premultiplied.convert("RGBA"), np.float32) / 255

    def choose(self, rng: np.random.Generator, groups: tuple[str, ...], only: tuple[str, ...] = ()) -> Concept | None:
        """A concept of these groups, perhaps only of these names; common things drawn in many styles come more often."""
        pool = [concept for group in groups for concept in self.by_group.get(group, ()) if not only or concept.name in only]
        if not pool:
            return None
        weights = np.array([len(concept.pictures) ** 0.5 for concept in pool])
        return pool[int(rng.choice(len(pool), p=weights / weights.sum()))]
