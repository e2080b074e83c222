"""The front door: settings, then the studio."""

import sys


def main() -> int:
    from studio.core.errors import StudioError
    from studio.settings import load_settings

    try:
        settings = load_settings(sys.argv[1:])
        from studio.main import serve  # heavy: only once the settings are known to be good

        return serve(settings)
    except StudioError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
