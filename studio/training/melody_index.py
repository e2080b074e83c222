"""The originality index of the melody model: python -m studio.training.melody_index DATA [--out assets/knowledge/melodies].

Keeps hashes of runs of eight notes with the title and source of their tune, and nothing a tune could be read from.
"""

import argparse
import json
from pathlib import Path

from studio.music.originality import FOLDER, run_hashes
from studio.training.tunes import Lesson, lessons


def build(known: list[Lesson], folder: Path) -> None:
    import numpy as np
    from safetensors.numpy import save_file

    pairs: set[tuple[int, int]] = set()
    for i, lesson in enumerate(known):
        pairs |= {(value, i) for value in run_hashes(lesson.tune.melody.notes)}
    ordered = np.array(sorted(pairs), dtype=np.int64)
    folder.mkdir(parents=True, exist_ok=True)
    steps = np.diff(ordered[:, 0], prepend=0).astype(np.uint32)
    save_file({"steps": steps, "tunes": ordered[:, 1].astype(np.uint16)}, folder / "runs.safetensors")
    titles = [{"title": lesson.title, "source": lesson.source, "id": lesson.id} for lesson in known]
    (folder / "titles.json").write_text(json.dumps(titles, ensure_ascii=False, indent=0), "utf-8")
    print(f"{len(pairs):,} runs of {len(known):,} tunes in {folder}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m studio.training.melody_index", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=FOLDER)
    asked = parser.parse_args()
    build(lessons(asked.data / "tunes.jsonl.xz")[0], asked.out)


if __name__ == "__main__":
    main()
