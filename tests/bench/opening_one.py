"""Opens every hostile picture in a process of its own: seconds and megabytes each, as JSON lines."""

import json
import os
import resource
import time

from tests.hostile_pictures import hostile, real


def measure(data: bytes) -> dict[str, object]:
    from studio.core.errors import Refused
    from studio.images.opening import open_picture

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    try:
        said = f"opened {open_picture(data).size}"
    except Refused as error:
        said = str(error)
    seconds = time.perf_counter() - start
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return {"said": said, "seconds": round(seconds, 3), "megabytes": round(grown, 1)}


def apart(name: str, data: bytes) -> None:
    child = os.fork()
    if child == 0:
        print(json.dumps({"name": name, **measure(data)}), flush=True)
        os._exit(0)
    os.waitpid(child, 0)


if __name__ == "__main__":
    for form in ("PNG", "JPEG", "WEBP", "GIF"):  # so that the decoders are loaded before anything is measured
        measure(real(form))
    for name, data in hostile():
        apart(name, data)
