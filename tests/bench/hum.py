"""The figures of humming: known notes found in hums that differ in everything, their rhythm, and the time it takes."""

from fractions import Fraction
from time import process_time

from tests.bench.figure import Figure, Measured
from tests.hums import BEATS, Hum, compared, many

COUNT, SEED = 60, 1


def notes() -> Measured:
    from studio.music.hum.transcribe import transcribe

    short, edges, rhythms, seconds, took = [], [], 0, 0.0, 0.0
    for hum in many(COUNT, SEED):
        wav = hum.wav()
        began = process_time()
        found = transcribe(wav)
        took += process_time() - began
        seconds += hum.notes()[-1].end + hum.lead
        melody = found.tune.melody.notes
        right, edge = compared(hum, [(n.start, n.end, melody[n.note].pitch) for n in found.notes])
        edges.append(edge)
        rhythms += [n.length for n in melody] == [Fraction(beat) / 4 for beat in BEATS]
        if right < 8 or edge > 0.040:
            short.append({"hum": repr(hum), "right": right, "edge_ms": round(1000 * edge)})
    held = COUNT - len(short)
    middle, worst = sorted(edges)[COUNT // 2], max(edges)
    said = f"8 of 8 with edges within 40 ms in {held} of {COUNT} hums (edges: median {1000 * middle:.0f} ms, worst {1000 * worst:.0f} ms); "
    said += f"rhythm right in {rhythms}"
    return Measured(said, not short, {"short": short, "times_real_time": round(seconds / took)})


def speed() -> Measured:
    from studio.music.hum.transcribe import transcribe

    hum = Hum(beats=(1.0, 0.5, 0.5, 1.0, 1.0) * 18, steps=(0, 2, 4, 5, 7) * 18, tempo=96, rate=48_000)
    wav, seconds = hum.wav(), hum.notes()[-1].end + hum.lead
    took = []
    for _ in range(3):
        began = process_time()
        transcribe(wav)
        took.append(process_time() - began)
    each = sorted(took)[1]
    said = f"{1000 * each / seconds:.0f} ms CPU a second of sound ({seconds:.0f} s at 48 kHz in {each:.2f} s)"
    return Measured(said, each / seconds <= 0.2, {"seconds": seconds, "took": took})


FIGURES = (
    Figure("notes", "hum of 8 known notes (synthetic, vibrato, noise): 8 of 8, edges within 40 ms", notes),
    Figure("speed", "at most 200 ms CPU a second of sound", speed),
)
