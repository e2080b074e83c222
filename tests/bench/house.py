"""The figures of the house: start, streaming, saving, stopping, dying, isolation, and the size of a session."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.figure import Figure, Measured


def _in_folder(measure: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        return measure(Path(folder))


def start() -> Measured:
    from tests.bench.start import measure_start

    got = _in_folder(lambda folder: measure_start(5, folder))
    said = f"{got['ratio']}x a bare app ({got['studio_s']} s against {got['bare_s']} s), {got['rss_mb']} MB resident"
    return Measured(said, got["ratio"] <= 1.25 and got["rss_mb"] <= 220, got)


def streaming() -> Measured:
    from tests.bench.overhead import measure_overhead

    got = measure_overhead()
    return Measured(
        f"{got['overhead_ms']} ms CPU an update, {got['seen']} of {got['updates']} seen", got["overhead_ms"] <= 2, got
    )


def kills(n: int) -> Measured:
    from tests.faults.test_kill import measure_kills

    got = _in_folder(lambda folder: measure_kills(n, folder))
    return Measured(f"{got['lost']} of {got['saves']} saves lost in {got['kills']} kills", got["lost"] == 0, got)


def power_cuts() -> Measured:
    from tests.faults.test_power_cut import measure_power_cut

    full = _in_folder(lambda folder: measure_power_cut(200, folder))
    normal = _in_folder(lambda folder: measure_power_cut(60, folder, "NORMAL"))
    said = f"{full['lost']} lost and {full['corrupt']} corrupt in 200 cuts; control (NORMAL): {normal['lost']} lost in 60"
    return Measured(said, full["lost"] == full["corrupt"] == 0 and normal["lost"] > 0, {"full": full, "normal": normal})


def writers() -> Measured:
    from tests.faults.test_writers import measure_writers

    got = _in_folder(measure_writers)
    said = f"{got['errors']} errors in {got['saves']} saves, p99 {got['p99_ms']} ms, median {got['p50_ms']} ms"
    return Measured(said, got["errors"] == 0 and got["p99_ms"] < 100, got)


def two_tabs() -> Measured:
    from tests.faults.test_two_tabs import measure_two_tabs

    got = _in_folder(lambda folder: measure_two_tabs(300, folder))
    said = f"{got['silent_overwrites']} silent overwrites in {got['interleavings']} interleavings ({got['branches']} branches)"
    return Measured(said, got["silent_overwrites"] == 0, got)


def leave(how: str) -> Measured:
    from tests.faults.test_leave import all_well, measure_leave

    got = _in_folder(lambda folder: measure_leave(100, folder, how))  # type: ignore[arg-type]
    said = f"slowest {got['slowest_s']} s of {got['times']}, {got['without_partial']} without their partial work"
    return Measured(said, all_well(got), got)


def host_death() -> Measured:
    from tests.faults.test_host_death import measure_host_death

    got = measure_host_death(50)
    ended = got["ended_as"].get("interrupted", 0)
    holds = ended == got["next_served"] == got["kills"] and not got["others_disturbed"]
    said = f"{ended} of {got['kills']} interrupted, {got['next_served']} next asks served, {len(got['others_disturbed'])} others disturbed"
    return Measured(said, holds, got)


def isolation() -> Measured:
    from tests.contract.test_isolation import measure_isolation, open_house
    from tests.contract.test_store import measure_ownership

    def measure(folder: Path) -> dict[str, Any]:
        with open_house(folder / "house") as house:
            routes = measure_isolation(house)
        from studio.sessions.store import open_store

        store = open_store(f"sqlite:///{folder / 't.db'}", str(folder / "b"), folder)
        calls = measure_ownership(store)
        store.close()
        return {"routes": routes, "calls": calls}

    got = _in_folder(measure)
    routes, calls = got["routes"], got["calls"]
    bad = routes["leaked"] or routes["unknown"] or routes["changed"] or calls["leaked"] or calls["untried"] or calls["changed"]
    said = f"{routes['tried']} route calls and {calls['tried']} store calls tried, {len(routes['leaked']) + len(calls['leaked'])} let through"
    return Measured(said, not bad, got)


def tree() -> Measured:
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import chromium
    from tests.browser.test_notes import measure_tree_opens
    from tests.running import start_studio

    def measure(folder: Path) -> dict[str, Any]:
        with start_studio(folder) as running, sync_playwright() as play:
            browser = play.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
            took = []
            for _ in range(3):
                page = browser.new_page(viewport={"width": 1440, "height": 900})
                page.goto(f"{running.url}/?tab=write")
                page.wait_for_selector(".session.here")
                took.append(measure_tree_opens(page, running, 5000))
                page.close()
            browser.close()
        return {"seconds": sorted(round(t, 2) for t in took)}

    got = _in_folder(measure)
    return Measured(f"{got['seconds'][1]} s (median of 3)", got["seconds"][1] < 1.0, got)


FIGURES = (
    Figure("start", "at most 1.25x a bare Gradio app of five tabs, at most 220 MB", start),
    Figure("streaming", "at most 2 ms CPU an update over a direct yield", streaming),
    Figure("kill", "0 saves lost in 200 kills of the whole app", lambda: kills(200)),
    Figure("power", "0 lost and 0 corrupt in 200 power cuts; the control loses some", power_cuts),
    Figure("writers", "8 writers x 250 saves: 0 errors, p99 under 100 ms", writers),
    Figure("tabs", "0 silent overwrites in 300 interleavings", two_tabs),
    Figure("stop", "100 stops: ended within 1 s, partial work kept", lambda: leave("stop")),
    Figure("close", "100 closed tabs: ended within 1 s, partial work kept", lambda: leave("close")),
    Figure("death", "host killed 50 times: interrupted, next served, others untouched", host_death),
    Figure("isolation", "100 % of routes and store calls refused", isolation),
    Figure("tree", "5,000 drafts open in under 1 s", tree),
)
