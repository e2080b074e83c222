"""An honest empty room: says what is not here yet, offers no button that does nothing."""

from html import escape

import gradio as gr

from studio.core.ask import Medium
from studio.ui.texts import NOT_BUILT


def empty_room(medium: Medium) -> None:
    title, *lines = NOT_BUILT[medium]
    said = "".join(f"<p>{escape(line)}</p>" for line in lines)
    gr.HTML(f'<div class="empty-room {medium}"><h2>{escape(title)}</h2>{said}</div>')
