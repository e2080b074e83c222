"""`python -m studio.training.scenes OUT --n 500 --size 128 --sheet`: pictures with captions, or contact sheets to look at."""

import argparse
import json
import time
from pathlib import Path

from PIL import Image

from studio.training.scenes.make import make, sheet
from studio.training.scenes.objects import Objects


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--n", type=int, default=100)
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--first", type=int, default=0, help="number of the first picture")
    parser.add_argument("--objects", type=Path, help="folder of zips with named objects")
    parser.add_argument("--sheet", action="store_true", help="contact sheets of a hundred instead of single files")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    objects = Objects(asked.objects) if asked.objects else None
    began = time.process_time()
    scenes = [make(asked.first + index, asked.size, objects) for index in range(asked.n)]
    seconds = time.process_time() - began
    with (asked.out / "captions.jsonl").open("w", encoding="utf-8") as listing:
        for index, scene in enumerate(scenes):
            if not asked.sheet:
                Image.fromarray(scene.picture).save(asked.out / f"{asked.first + index:06}.png")
            listing.write(json.dumps({"number": asked.first + index, "caption": scene.caption, **scene.parts}) + "\n")
    if asked.sheet:
        for index in range(0, len(scenes), 100):
            sheet(scenes[index : index + 100]).save(asked.out / f"sheet-{index // 100}.png")
    print(f"{len(scenes)} pictures, {1000 * seconds / len(scenes):.0f} ms of one core each")


if __name__ == "__main__":
    main()
