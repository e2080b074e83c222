"""python -m studio ..."""

import sys

from studio.command import main

sys.exit(main())
