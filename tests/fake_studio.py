"""The whole studio with the fake engines and one tab that plays them: `python -m tests.fake_studio --port N ...`.

The same composition root as the product; only the runtimes, the user catalogue and one more tab differ, which
also proves that a tab and a runtime plug in without a change to the house.
"""

import sys

from studio.core.errors import StudioError
from studio.main import serve
from studio.settings import load_settings
from studio.ui.shell import Tab
from tests import fake_tab
from tests.fakes import RUNTIMES, write_catalog

BROKEN = """
[fake-broken]
title = "Broken Writer"
medium = "text"
tasks = ["write"]
runtime = "fake"
source = {{ kind = "folder", where = "{folder}" }}
licence = "none"
size = 0
memory = 1000000
options = {{ fail_load = true }}

[fake-of-tomorrow]
title = "Writer of Tomorrow"
medium = "text"
tasks = ["write"]
runtime = "of_tomorrow"
source = {{ kind = "folder", where = "{folder}" }}
licence = "none"
size = 0
memory = 1000000

[not-a-card]
title = "Half an entry"
"""


def main() -> int:
    try:
        settings = load_settings(sys.argv[1:])
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        write_catalog(settings.data_dir, rate=20, updates=160)
        with open(settings.data_dir / "catalog.toml", "a") as catalog:
            catalog.write(BROKEN.format(folder=settings.data_dir / "fake-model"))
        return serve(settings, runtimes=RUNTIMES, extra_tabs=[Tab("fake", "Fake", fake_tab.build)])
    except StudioError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
