"""The whole studio with the fake engines and one tab that plays them: `python -m tests.fake_studio --port N ...`.

The same composition root as the product; only the runtimes, the user catalogue and one more tab differ, which
also proves that a tab and a runtime plug in without a change to the house.
"""

import sys

from studio.main import serve
from studio.settings import BadSettings, load_settings
from studio.ui.shell import Tab
from tests import fake_tab
from tests.fakes import RUNTIMES, write_catalog


def main() -> int:
    try:
        settings = load_settings(sys.argv[1:])
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        write_catalog(settings.data_dir)
        return serve(settings, runtimes=RUNTIMES, extra_tabs=[Tab("fake", "Fake", fake_tab.build)])
    except BadSettings as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
