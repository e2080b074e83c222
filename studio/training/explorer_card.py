"""The model card of the explorer, from what was measured. Words only; the figures come from explorer_folder."""

from typing import Any

CARD = """---
license: apache-2.0
pipeline_tag: unconditional-image-generation
tags: [pictures, gan, latent-space]
---

# Explorer

A small net ({parameters:,} parameters with its judge) that knows one world of drawn landscapes at {size} x {size} pixels. It
takes no words: one drags through it. A point of {latent} numbers is a picture, near points are near pictures, and sliders are
straight ways through the points. The studio plays it in plain numpy; the judge's score ranks drafts.

![the first 48 of 240](samples.webp)

## What it was trained on
{pictures:,} landscapes drawn by this project's own program (`studio/training/scenes`), every other one mirrored by chance.
No picture of anybody else was used.

## How
A VAE-GAN: a reader turns a picture into a latent, the maker turns it back, the judge (hinge loss, spectral norm) learns to
tell drawn from made pictures and has a say on copies and on fresh ones. Every layer of the maker is steered by the latent.
The reader is not shipped. {shown:,} pictures were shown in {minutes} minutes of a processor core shared with much else; the
judge had its say on {judged:,} of them. The shipped weights are the running average of the maker's.

## What was measured
| what | figure |
|---|---|
| near copies of training pictures among made ones ({means}) | {copies} of {made} |
| the same of drawn pictures it never saw | {unseen} of {held} |
| how often the judge likes an unseen drawn picture better than a made one (half: it knows nothing) | {judge} |
| spread: mean distance of 200 made pictures (thumbnails, 0 to 1) | {spread_made} |
| the same of 200 drawn ones | {spread_drawn} |

How straight the sliders are: share of a measure's spread that a straight way explains, on pictures not used to find it
(named sliders need 45 %, and must only grow along the way).

| measure | share |
|---|---|
{explained}

The other named sliders point from the middle of the drawn pictures without a thing to the middle of those with it. Share
of made pictures that the reader takes for such a one with the slider at -2, 0 and 2:

| slider | -2 | 0 | 2 |
|---|---|---|---|
{followed}

Measures are plain arithmetic on pixels (`studio/images/explorer/looks.py`); a test drags each measured slider and sees its
measure follow. The sliders `form-1` and so on are the ways that change pictures most once the named ones are taken out; they
have only numbers for names, since what each does is another thing after every training.

![every named slider on two pictures, from -3 to 3](named.webp)

## What it cannot do
Nothing but this world: no words, no faces, hands, animals or lettering. Pictures are soft, as through misted glass: light and
forms are there, trees, boats and houses are not. Far out (tameness above 0.9, sliders beyond 3) pictures come apart. Sliders
move other things too where the world ties them together. Of 240 pictures these 24 are the ones its own judge likes least:

![the worst by its own judge](worst.webp)

## Making it again
`python -m studio.training.explorer --minutes {minutes}` and `python -m studio.training.explorer_folder`; the first goes on where
it was whenever it is started again with more minutes. With a graphics card:
`python -m studio.training.explorer --gpu --workers 16 --minutes 20 --pictures 60000 --out out/explorer-128` and
`python -m studio.training.explorer_folder --run out/explorer-128 --pictures 60000` (128 px).
"""


def card_of(config: dict[str, Any], found: dict[str, Any]) -> str:
    unseen, held = found["as near among drawn pictures it never saw"]
    copied, made = found["near copies"]
    followed = (" | ".join([name, *(f"{100 * share:.0f} %" for share in row)]) for name, row in found["followed"].items())
    return CARD.format(
        parameters=found["parameters"],
        size=config["size"],
        latent=config["latent"],
        pictures=found["training pictures"],
        shown=found["shown"],
        minutes=found["minutes"],
        judged=found["judged"],
        means=found["near means"],
        copies=copied,
        made=made,
        judge=f"{100 * found['judge right']:.0f} %",
        unseen=unseen,
        held=held,
        spread_made=found["spread"]["made"],
        spread_drawn=found["spread"]["drawn"],
        explained="\n".join(f"| {name} | {100 * share:.0f} % |" for name, share in found["explained"].items()),
        followed="\n".join(f"| {row} |" for row in followed),
    )
