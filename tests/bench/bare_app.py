"""A bare Gradio app of five tabs, to measure the studio's start against: python -m tests.bench.bare_app PORT."""

import os
import sys

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr  # noqa: E402


def main() -> None:
    with gr.Blocks() as page:
        for name in ("Write", "Picture", "Music", "Models", "Session"):
            with gr.Tab(name):
                said = gr.Textbox(label="In")
                more = [gr.Slider(0, 1, label=f"Knob {k}") for k in range(4)]
                out = gr.Textbox(label="Out")
                gr.Markdown(f"## {name}")
                gr.Button("Go").click(lambda text, *knobs: text, [said, *more], out)
    page.launch(server_port=int(sys.argv[1]), quiet=True, run_history=False)


if __name__ == "__main__":
    main()
