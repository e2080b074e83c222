"""A tab for the tests: asks the fake writer for offers and shows them while they grow."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from studio.ui.shell import Shell, owner_of, plainly
from studio.ui.stream import views
from tests.fakes import TextAsk


def build(shell: Shell) -> None:
    prompt = gr.Textbox(label="Prompt", elem_id="fake-prompt")
    number = gr.Number(2, label="Offers", precision=0)
    go = gr.Button("Ask", elem_id="fake-go")
    shown = gr.Textbox(label="Offers so far", lines=8, elem_id="fake-shown")
    said = gr.Textbox(label="State", elem_id="fake-state")

    def ask(text: str, n: int, session: str, request: gr.Request) -> Iterator[Any]:
        running = shell.workbench.run(TextAsk(prompt=text, n=int(n), seed=7), owner_of(request), session, model="fake-writer")
        try:
            for view in views(running):
                lines = [f"{i}: {view.texts.get(i, '')}" for i in range(int(n))]
                yield "\n".join(lines), f"{len(view.offers)} offers"
        finally:
            running.close()

    go.click(plainly(ask), [prompt, number, shell.session], [shown, said])
