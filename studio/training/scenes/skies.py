"""Skies: light from zenith to horizon, clouds of several builds, sun, moon and stars, rainbow, northern lights, birds."""

import numpy as np

from studio.training.scenes.board import Board, Path, discs, many, moved, oval, shape
from studio.training.scenes.colours import Array, mix
from studio.training.scenes.noise import blur, cloud, line
from studio.training.scenes.plan import Plan, side_of


def sky(b: Board, p: Plan, horizon: float) -> None:
    """The whole board as sky; things at the sky are noted with little weight."""
    steps = np.stack([p.palette.sky(float(at)) for at in np.clip(np.linspace(0, 1 / max(horizon, 0.2), b.side), 0, 1)])
    b.lay(np.ones((b.side, b.side), np.float32), np.repeat(steps[:, None], b.side, 1), "sky")
    p.sun = (p.between(0.15, 0.85), horizon * (p.between(0.55, 0.95) if p.light.name in LOW else p.between(0.2, 0.5)))
    p.add("a sky", "sky", 0.3, join="under")
    if p.light.dark:
        stars(b, p, horizon)
    heavenly(b, p)
    name = p.weather or p.light.name
    if name == "storm" or p.weather == "rain":
        heavy(b, p, horizon)
    elif name == "overcast" or p.weather in ("snow", "fog"):
        grey(b, p, horizon)
    elif p.chance(0.75):
        (heaped if p.chance(0.55) and not p.light.dark else streaked)(b, p, horizon)
    if p.weather == "rainbow":
        rainbow(b, p, horizon)


LOW = ("dawn", "sunset", "dusk", "evening")


def heavenly(b: Board, p: Plan) -> None:
    """Sun or moon, when the hour shows one."""
    x, y = p.sun
    if p.light.dark:
        if p.chance(0.75):
            moon(b, p, x, y, p.between(0.035, 0.075))
    elif p.light.name in ("overcast", "storm") or p.weather in ("rain", "snow", "fog"):
        return
    elif p.light.name in LOW or p.chance(0.3):
        radius = p.between(0.035, 0.085)
        b.light(x, y, radius * 7, p.palette.sun(), 0.55)
        b.light(x, y, radius * 2.6, p.palette.sun(), 0.6)
        if p.chance(0.8):
            b.draw(oval(x, y, radius, radius), mix(p.palette.sun(), np.ones(3, np.float32), 0.25), "sun")
            p.add(p.one("the sun", "a low sun") if p.light.name in LOW else "the sun", "sun", 0.35, side_of(x))


def moon(b: Board, p: Plan, x: float, y: float, radius: float) -> None:
    pale = p.palette.sun()
    b.light(x, y, radius * 5, pale, 0.35)
    disc = b.mask(oval(x, y, radius, radius))
    if p.chance(0.45):
        away = p.one("l", "r")
        bite = b.mask(oval(x + (-0.5 if away == "l" else 0.5) * radius, y - 0.15 * radius, radius * 0.92, radius * 0.92))
        b.lay(disc * (1 - bite), pale, "moon")
        p.add("a crescent moon", "moon", 0.45, side_of(x), False)
    else:
        seas = cloud(p.rng, b.side, 14, 2)[..., None]
        b.lay(disc, pale * (0.9 + 0.14 * seas), "moon")
        p.add("a full moon", "moon", 0.45, side_of(x), False)


def stars(b: Board, p: Plan, horizon: float) -> None:
    count = int(p.rng.integers(30, 160))
    at = p.rng.random((count, 2)) * (1, horizon)
    big = p.rng.random(count) ** 4
    pale = p.palette.raw((0.97, 0.02, 90))
    if p.chance(0.25):
        band = np.exp(-(((b.x * p.between(-0.9, 0.9) + b.y * 0.8 - p.between(0.1, 0.5)) / 0.13) ** 2))
        milk = band * cloud(p.rng, b.side, 6, 4)
        b.lay(milk * 0.5, p.palette.raw((0.72, 0.09, p.between(200, 340))))
        p.add("the milky way", "sky", 0.4, "", False)
    b.lay(b.mask(discs((x, y, 0.0016 + 0.0035 * s) for (x, y), s in zip(at, big, strict=True))), pale, "stars")
    p.add("stars", "stars", 0.4, "", False)
    if p.chance(0.1):
        northern(b, p, horizon)


def northern(b: Board, p: Plan, horizon: float) -> None:
    """Curtains of light."""
    hue = float(p.rng.choice([155, 165, 185, 320]))
    for turn in range(2):
        foot = horizon * (0.45 + 0.35 * line(p.rng, b.side, 2.5, 2) + 0.1 * turn)
        above = np.clip((foot[None] - b.y) / (horizon * 0.55), -0.05, 1)
        rays = 0.45 + 0.55 * np.repeat(line(p.rng, b.side, 16, 2)[None], b.side, 0)
        veil = np.where(above > 0, np.exp(-3 * above), 0) * rays
        b.lay(blur(veil, b.side * 0.006) * 0.75, p.palette.raw((0.82, 0.19, hue + 25 * turn)), None)
    p.add("northern lights", "sky", 0.8, "", False)


def _cover(b: Board, p: Plan, density: Array, horizon: float, lit: Array, dark: Array, name: str = "clouds") -> None:
    """Clouds from a density: edges soft, bright toward the sun, shaded beneath."""
    step = max(2, round(b.side * 0.03))
    toward = np.roll(density, step, 0) * 0.7 + np.roll(density, step if p.sun[0] < 0.5 else -step, 1) * 0.3
    facing = np.clip(0.55 + (density - toward) * 1.6, 0, 1)[..., None]
    share = np.clip(density * 3.2, 0, 1) * np.clip((horizon - b.y) * 9, 0, 1)
    b.lay(share, dark + (lit - dark) * facing, name)


def heaped(b: Board, p: Plan, horizon: float) -> None:
    """Fair-weather clouds, flatter toward the horizon."""
    few = p.between(0.46, 0.62)
    noise = cloud(p.rng, b.side, p.between(2.2, 4.5), 5, 1.9, 0.52)
    patch = cloud(p.rng, b.side, 2, 2)
    density = np.clip(noise * 0.75 + patch * 0.3 - few, 0, 1)
    lit = mix(p.palette.sun(), p.palette.raw((0.97, 0.015, 90)), 0.4) * np.clip(np.array(p.light.tint, np.float32) + 0.12, 0, 1)
    _cover(b, p, density, horizon, lit, mix(p.palette.sky(0.35), p.palette.raw(p.light.shade), 0.25))
    p.add("clouds", "clouds", 0.35, "", False)


def streaked(b: Board, p: Plan, horizon: float) -> None:
    """Long thin clouds, at low sun lit from below."""
    noise = cloud(p.rng, b.side, p.between(1.3, 2.6), 5, 6.5, 0.6)
    density = np.clip(noise - p.between(0.48, 0.58), 0, 1) * 1.1
    lit = mix(p.palette.sun(), p.palette.sky(0.9), 0.35)
    dark = mix(p.palette.sky(0.4), p.palette.raw(p.light.shade), 0.35)
    share = np.clip(density * 4, 0, 0.85) * np.clip((horizon - b.y) * 12, 0, 1)
    low = np.clip(b.y / horizon, 0, 1)[..., None] ** 1.5
    b.lay(share, dark + (lit - dark) * low, "clouds")
    p.add(p.one("thin clouds", "long clouds", "streaks of cloud"), "clouds", 0.3, "", False)


def grey(b: Board, p: Plan, horizon: float) -> None:
    noise = cloud(p.rng, b.side, 3, 4, 3.5)[..., None]
    high = np.clip(horizon - b.y + 0.05, 0, 1) * 3
    dark = mix(p.palette.sky(0.2), p.palette.raw(p.light.shade), 0.25)
    b.lay(np.clip(high, 0, 0.8), p.palette.sky(0.6) + (dark - p.palette.sky(0.6)) * noise)


def heavy(b: Board, p: Plan, horizon: float) -> None:
    """A storm front with a bright gap at the horizon, sometimes lightning, sometimes rain."""
    noise = cloud(p.rng, b.side, p.between(2, 3.5), 5, 2.0, 0.55)
    density = np.clip(noise - 0.25 - 0.3 * np.clip((b.y / horizon - 0.55) * 2, 0, 1), 0, 1)
    dark = p.palette.raw((0.27, 0.035, 265))
    _cover(b, p, density, horizon, mix(p.palette.sky(0.6), np.ones(3, np.float32), 0.1), dark, "dark clouds")
    p.add(p.one("storm clouds", "dark clouds", "heavy clouds"), "dark clouds", 0.5, "", False)
    if p.weather != "rain" and p.chance(0.35):
        lightning(b, p, horizon)


def lightning(b: Board, p: Plan, horizon: float) -> None:
    x, y = p.between(0.2, 0.8), horizon * 0.15
    points = [(x, y)]
    while y < horizon:
        x, y = x + p.between(-0.05, 0.05), y + p.between(0.03, 0.08)
        points.append((x, min(y, horizon)))
    glow = b.mask(shape(points, False), 0.03)
    b.lay(blur(glow, b.side * 0.02), p.palette.raw((0.85, 0.08, 280)), None, 0.6)
    b.draw(shape(points, False), p.palette.raw((0.99, 0.02, 100)), "lightning", 0.008)
    p.add(p.one("lightning", "a flash of lightning"), "lightning", 0.7, side_of(points[0][0]), False)


def rainbow(b: Board, p: Plan, horizon: float) -> None:
    x, radius = p.between(0.2, 0.8), p.between(0.35, 0.6)
    far = np.hypot(b.x - x, b.y - horizon - 0.1)
    for index, hue in enumerate((25, 60, 100, 145, 235, 300)):
        ring = np.exp(-(((far - radius + index * 0.014) / 0.010) ** 2)) * (b.y < horizon)
        b.lay(ring * 0.8, p.palette.raw((0.78, 0.16, hue)) if not p.palette.pull else _plain(hue), "rainbow")
    p.add("a rainbow", "rainbow", 0.75, "", False)


def _plain(hue: float) -> Array:
    from studio.training.scenes.colours import oklch

    return oklch(0.78, 0.16, hue)


def birds(b: Board, p: Plan, horizon: float) -> None:
    """A loose flock as strokes of the brush."""
    count = int(p.rng.integers(3, 9))
    x0, y0 = p.between(0.2, 0.75), p.between(0.25, 0.6) * horizon
    flock = []
    for _ in range(count):
        wing = Path()
        wing.moveTo(-1, -0.45)
        wing.quadTo(-0.35, -0.5, 0, 0)
        wing.quadTo(0.35, -0.5, 1, -0.45)
        flock.append(
            moved(wing, x0 + p.between(-0.16, 0.16), y0 + p.between(-0.08, 0.08), p.between(0.01, 0.024), p.between(-18, 18))
        )
    colour = p.palette.raw((0.25, 0.03, 270)) if not p.light.dark else p.palette.raw((0.8, 0.02, 270))
    b.draw(many(flock), colour, "birds", 0.005)
    p.add(p.one("birds", "a flock of birds", "flying birds"), "birds", 0.55, "", False)


def falling(b: Board, p: Plan) -> None:
    """Rain, snow or fog in front of everything."""
    if p.weather == "fog":
        veil = np.clip(0.25 + 0.75 * cloud(p.rng, b.side, 2.5, 4, 3.5) - np.abs(b.y - 0.55) * 0.7, 0, 0.8)
        b.lay(veil, mix(p.palette.sky(0.9), np.ones(3, np.float32), 0.2))
    if p.weather == "snow":
        count = int(p.rng.integers(90, 260))
        spots = p.rng.random((count, 3)) * (1, 1, 1)
        b.lay(b.mask(discs((x, y, 0.002 + 0.006 * s**3) for x, y, s in spots)), np.ones(3, np.float32), "snow", 0.9)
        p.add(p.one("falling snow", "snowflakes"), "snow", 0.5, "", False)
    elif p.weather == "rain":
        path = Path()
        lean = p.between(-0.03, 0.03)
        for x, y, s in p.rng.random((int(p.rng.integers(90, 170)), 3)):
            path.moveTo(float(x), float(y))
            path.lineTo(float(x) + lean * (0.6 + float(s)), float(y) + 0.05 + 0.05 * float(s))
        b.lay(b.mask(path, 0.0028), p.palette.raw((0.9, 0.02, 240)), "rain", 0.55)
        p.add(p.one("rain", "falling rain"), "rain", 0.5, "", False)
