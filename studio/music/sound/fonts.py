"""Sound of sampled instruments: a General MIDI soundfont, played by FluidSynth, when the machine has both.

Nothing is downloaded or installed; without a renderer or a font the built-in synthesiser stands in. The renderer is
another program: it gets a folder that is thrown away, the person's settings are not read, and a time limit ends it.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from studio.core.errors import Refused
from studio.music.sound.dsp import Audio
from studio.music.sound.space import PEAK

LIMIT = 120.0  # seconds
ENDINGS = (".sf2", ".sf3")
FOLDERS = (
    "/usr/share/sounds/sf2", "/usr/share/sounds/sf3", "/usr/share/soundfonts", "/usr/local/share/soundfonts",
    "/opt/homebrew/share/soundfonts", "/opt/homebrew/share/fluid-synth/sf2", "/usr/local/share/fluidsynth",
    "~/.local/share/soundfonts", "~/.local/share/sounds/sf2", "~/Library/Audio/Sounds/Banks", "~/soundfonts",
    "C:/soundfonts",
)  # fmt: skip
PROGRAMS = ("/opt/homebrew/bin", "/usr/local/bin", "/usr/bin", "C:/tools/fluidsynth/bin", "C:/Program Files/FluidSynth/bin")
GOOD = ("generaluser", "musescore", "fluidr3", "default-gm", "timgm")  # known to hold the whole of General MIDI; best first


def find_renderer() -> Path | None:
    found = shutil.which("fluidsynth") or shutil.which("fluidsynth", path=os.pathsep.join(PROGRAMS))
    return Path(found) if found else None


def find_font(extra: Path | None = None) -> Path | None:
    """`extra` (a font, or a folder of fonts) goes first; then the usual places. None when there is no soundfont."""
    folders = [Path(folder).expanduser() for folder in FOLDERS]
    for place in ([extra] if extra else []) + folders:
        fonts = sorted(_fonts(place), key=lambda font: (_rank(font), font.name.lower()))
        if fonts:
            return fonts[0]
    return None


def render_with_font(midi: bytes, font: Path, *, rate: int = 44100, renderer: Path | None = None, limit: float = LIMIT) -> Audio:
    """(frames, 2), peak at -1 dBFS; raises Refused with a sentence when it cannot be done."""
    program = renderer or find_renderer()
    if program is None:
        raise Refused("No soundfont player is installed. Install FluidSynth, or use the built-in sound.")
    if not _is_font(font):
        raise Refused(f"{font.name} is not a soundfont. Choose a .sf2 or .sf3 file, or use the built-in sound.")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        made = _run(program, midi, font.resolve(), rate, Path(folder), limit)
    peak = float(np.abs(made).max(initial=0.0))
    return made * np.float32(PEAK / peak) if peak > 1e-4 else made


def _run(program: Path, midi: bytes, font: Path, rate: int, folder: Path, limit: float) -> Audio:
    source, settings, out = folder / "tune.mid", folder / "settings", folder / "tune.wav"
    source.write_bytes(midi)
    settings.write_bytes(b"")
    asked = ["-n", "-i", "-q", "-f", settings, "-o", "synth.cpu-cores=1", "-g", "0.4", "-r", rate, "-T", "wav", "-O", "float"]
    command = [str(part) for part in (program, *asked, "-F", out, font, source)]
    try:
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=limit)
    except subprocess.TimeoutExpired:
        said = f"The soundfont player took longer than {limit:.0f} seconds."
        raise Refused(f"{said} Use a shorter tune or the built-in sound.") from None
    except OSError as error:
        raise Refused(f"The soundfont player could not be started ({error}). Use the built-in sound.") from None
    if done.returncode or not out.exists():
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["it said nothing"]
        raise Refused(f"The soundfont player failed: {lines[-1][:200]}. Use the built-in sound.")
    return _read(out, rate)


def _read(path: Path, rate: int) -> Audio:
    import soundfile  # loads a C library

    try:
        made, got = soundfile.read(path, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise Refused(f"The soundfont player wrote something that is no sound ({error}). Use the built-in sound.") from None
    if got != rate or not len(made):
        raise Refused("The soundfont player made no sound. Use another soundfont or the built-in sound.")
    out: Audio = np.ascontiguousarray(made[:, [0, -1]])
    return out


def _fonts(place: Path) -> Iterator[Path]:
    try:
        inside = [place] if place.is_file() else list(place.iterdir()) if place.is_dir() else []
    except OSError:  # a folder that may not be read is as good as none
        return
    yield from (path for path in inside if path.suffix.lower() in ENDINGS and _is_font(path))


def _is_font(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(12)
    except OSError:
        return False
    return head[:4] == b"RIFF" and head[8:] == b"sfbk"


def _rank(font: Path) -> int:
    name = font.name.lower().replace("_", "").replace(" ", "")
    return next((k for k, part in enumerate(GOOD) if part in name), len(GOOD))
