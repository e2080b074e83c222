"""The page's process stays light: no model library in it, ever; no Alembic when there is nothing to migrate."""

import subprocess
import sys
from pathlib import Path

from tests.running import ROOT, free_port

HEAVY = ("torch", "transformers", "diffusers", "xllamacpp", "onnxruntime")

WHOLE_APP = """
import sys, pathlib
from studio.settings import Settings
from studio.main import open_studio, build, launch, quiet_gradio
data = pathlib.Path(sys.argv[1])
quiet_gradio(data)
from tests.fakes import RUNTIMES, TextAsk, write_catalog
write_catalog(data, updates=3, rate=0)
studio = open_studio(Settings(data_dir=data, port=int(sys.argv[2])), RUNTIMES)
page = build(studio)
launch(page, studio)
session = studio.store.create_session("local", "s")
for event in studio.workbench.run(TextAsk(), "local", session.id, model="fake-writer"): pass
print("LOADED", [name for name in HEAVY if name in sys.modules])
page.close(verbose=False)
studio.close()
"""


def test_the_whole_app_never_imports_a_model_library(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"HEAVY = {HEAVY!r}\n{WHOLE_APP}", str(tmp_path), str(free_port())], cwd=ROOT, capture_output=True, text=True, timeout=90
    )
    assert "LOADED []" in done.stdout, done.stdout + done.stderr[-2000:]
