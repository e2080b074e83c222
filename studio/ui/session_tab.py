"""The Session tab: notes, the drafts as a tree, and how the store is."""

from typing import Any

import gradio as gr

from studio.ui.components import part
from studio.ui.shell import Shell


def build(shell: Shell) -> None:
    with gr.Column(elem_id="session-room"):
        notes = part("notes")
        tree = part("draft-tree")
        part("store-health")

    def opened(session: str) -> tuple[Any, Any]:
        return {"session": session}, {"session": session}

    shell.session.change(opened, shell.session, [notes, tree], show_progress="hidden", api_visibility="private")
