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
}


def part(name: str, value: Any = None, **props: Any) -> gr.HTML:
    emits = ", ".join(f'"{event}"' for event in PARTS[name])  # Gradio learns the events from the script's text
    return gr.HTML(
        value=value,
        html_template=(UI / f"{file_of(name)}.html").read_text(),
        js_on_load=f'/* emits {emits} */ Studio.mount("{name}", element, props, trigger, watch);',
        apply_default_css=False,
        **props,
    )


def file_of(name: str) -> str:
    return name.replace("-", "_")


def head(stamp: str) -> str:
    """The tags that load our scripts, styles and fonts from the studio itself; `stamp` changes when they do."""
    scripts = ["studio", "autosave", "keys", *map(file_of, PARTS)]
    tags = [f'<script src="studio/ui/{name}.js?{stamp}"></script>' for name in scripts]
    # Links and not Gradio's `css=`: that one puts its own class before every selector, `body` and `:root` included.
    tags += [f'<link rel="stylesheet" href="studio/ui/{name}.css?{stamp}">' for name in ("fonts", "tokens", "shell")]
    return "\n".join(tags)


def stamp() -> str:
    """Changes whenever a file of the page does, so that browsers may keep the files for long."""
    return str(max(int(path.stat().st_mtime) for path in UI.iterdir()))
