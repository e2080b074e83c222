"""python -m tests.bench [AREA [NAME]] [--json]: a line per figure; exit status 1 when any falls short."""

import argparse
import importlib
import json
import sys
import traceback

from tests.bench.figure import Figure, Line, Measured

AREAS = ("house", "music", "writing", "images", "together", "models")
PARTS = (
    "melody",
    "harmony",
    "sound",
    "notation",
    "hum",
    "room",
    "text_speed",
    "plots",
    "manuscript",
    "continuity",
    "write_room",
    "write_page",
    "manuscript_files",
    "painter",
    "diffusers",
    "explorer",
    "pictures",
)  # of an area that counts them in; alone when asked for


def figures(area: str) -> tuple[Figure, ...]:
    try:
        module = importlib.import_module(f"tests.bench.{area}")
    except ModuleNotFoundError as error:
        if error.name != f"tests.bench.{area}":
            raise
        return ()
    return tuple(module.FIGURES)


def run(area: str, figure: Figure) -> Line:
    try:
        got = figure.measure()
    except Exception as error:  # a figure that cannot be taken is a figure that falls short
        traceback.print_exc()
        got = Measured(f"could not be measured: {error}", False, {})
    return Line(area, figure.name, got.value, figure.goal, got.holds, got.details)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("area", nargs="?", choices=(*AREAS, *PARTS), help="all areas when left out")
    parser.add_argument("name", nargs="?", help="one figure of the area")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, with details")
    asked = parser.parse_args()
    short = 0
    for area in (asked.area,) if asked.area else AREAS:
        known = figures(area)
        chosen = [f for f in known if asked.name in (None, f.name)]
        if asked.name and not chosen:
            parser.error(f"{area} has no figure {asked.name}; it has: {', '.join(f.name for f in known) or 'none yet'}")
        if not known and asked.area:
            print(f"{area}: no figures yet")
        for figure in chosen:
            line = run(area, figure)
            short += not line.holds
            print(json.dumps(line.data()) if asked.json else line.text(), flush=True)
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
