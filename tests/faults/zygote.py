"""Starts the whole studio again and again without paying for the imports each time.

Reads `PORT DATA_DIR` lines, forks a child with a process group of its own that serves the product as `python app.py`
does, and prints the child's pid. Everything has been imported before, nothing has been opened: the child's studio
(database, page, routes, guard, server) is made from nothing, and dies as one process dies.
"""

import os
import sys
from pathlib import Path


def main() -> None:
    from studio.main import quiet_gradio, serve
    from studio.settings import Settings

    quiet_gradio(Path(sys.argv[1]))
    import gradio  # noqa: F401 - warm

    from studio.main import tabs
    from studio.ui import shell  # noqa: F401 - warm

    tabs()
    for line in sys.stdin:
        port, data = line.split(maxsplit=1)
        pid = os.fork()
        if pid == 0:
            os.setsid()
            os.dup2(os.open(os.devnull, os.O_RDWR), 0)
            os.dup2(2, 1)  # what it prints goes to the log: our own output is a protocol
            os._exit(serve(Settings(port=int(port), data_dir=Path(data.strip()))))
        print(pid, flush=True)
        os.waitpid(pid, 0)
        print("gone", flush=True)


if __name__ == "__main__":
    main()
