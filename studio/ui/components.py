"""The custom components of the page: gr.HTML over templates and scripts in assets/ui.

Each is a still skeleton (`<name>.html`) that its script (`<name>.js`, loaded once with the page) fills with text
nodes, so nothing a person or a model wrote is ever read as markup. Values go in as JSON, events come out by name.
A function and not subclasses: Gradio writes a stub file beside the source of every subclass of a component.
"""

from pathlib import Path
from typing import Any

import gradio as gr

UI = Path(__file__).resolve().parents[2] / "assets" / "ui"

# component -> the events its script triggers
PARTS: dict[str, tuple[str, ...]] = {
    "session-list": ("open", "create", "rename", "duplicate", "trash", "restore", "erase", "search"),
    "status-strip": (),
    "model-shelf": (),
    "draft-tree": ("restored",),
    "notes": (),
    "store-health": (),
    "drawer": (),
    "music-room": ("ask",),
    "write-room": ("ask",),
}

# Scripts of a room, in folders of their own. They find one another by name, so their order does not matter.
ROOMS = ("music", "writing")

# The component may be on the page before the script is: it waits in a list that the script empties.
MOUNT = '(window.StudioWaiting ||= []).push(["%s", element, props, trigger, watch]); window.Studio?.mountAll();'


def part(name: str, value: Any = None, **props: Any) -> gr.HTML:
    emits = ", ".join(f'"{event}"' for event in PARTS[name])  # Gradio learns the events from the script's text
    return gr.HTML(
        value=value,
        html_template=(UI / f"{file_of(name)}.html").read_text(),
        js_on_load=f"/* emits {emits} */ {MOUNT % name}",
        apply_default_css=False,
        **props,
    )


def file_of(name: str) -> str:
    return name.replace("-", "_")


def head(stamp: str) -> str:
    """The tags that load our script, styles and fonts from the studio itself; `stamp` changes when they do."""
    # Links and not Gradio's `css=`: that one puts its own class before every selector, `body` and `:root` included.
    sheets = [path.relative_to(UI).with_suffix("").as_posix() for room in ROOMS for path in sorted((UI / room).glob("*.css"))]
    tags = [f'<link rel="stylesheet" href="studio/ui/{name}.css?{stamp}">' for name in ("fonts", "tokens", "shell", *sheets)]
    return "\n".join([*tags, f'<script src="studio/page.js?{stamp}"></script>'])


def script() -> str:
    """All scripts of the page as one, in order: the browser may run separate ones in any order."""
    rooms = [path.relative_to(UI).with_suffix("").as_posix() for room in ROOMS for path in sorted((UI / room).glob("*.js"))]
    names = ["studio", "autosave", "keys", *rooms, *map(file_of, PARTS)]
    return "\n".join((UI / f"{name}.js").read_text() for name in names)


def stamp() -> str:
    """Changes whenever a file of the page does, so that browsers may keep the files for long."""
    return str(max(int(path.stat().st_mtime) for path in UI.rglob("*")))
