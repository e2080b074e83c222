"""Trains the embedded painter: python -m studio.training.painter out/pictures --part codec|painter|decoder|guide [--minutes 75].

First the pictures (`python -m studio.training.pictures DATA --scenes 9000`), then `--part codec`, then `--part painter`, then,
when there is time, `--part decoder` (smoother pictures from latents that are a little off) and `--part guide` (half the work a
picture), then `python -m studio.training.painter_folder out/pictures`. Every part keeps its state and goes on where it was;
the learning rate is flat for the first 60 % of the given minutes and then falls, so a run can be made longer at any time before
that. More pictures made meanwhile are taken in at the next start. With a graphics card: `--gpu --out out/painter-gpu
--minutes 60 --stop-after 9`, again and again; latents are made once.
"""

import argparse
import math
from pathlib import Path


def main() -> None:
    import torch

    parser = argparse.ArgumentParser(prog="python -m studio.training.painter", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder that studio.training.pictures made")
    parser.add_argument("--part", choices=("codec", "decoder", "painter", "guide"), default="painter")
    parser.add_argument("--minutes", type=float, default=75)
    parser.add_argument("--stop-after", type=float, default=math.inf)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument(
        "--gpu", action="store_const", const="gpu", default="cpu", dest="shape", help="the larger shape, for a graphics card"
    )
    parser.add_argument("--out", type=Path, default=Path("out/painter"))
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    from studio.training.pictures import Pictures

    device = "cuda" if torch.cuda.is_available() else "cpu"
    pictures = Pictures.load(asked.data)
    if asked.part in ("codec", "decoder"):
        from studio.training import painter_codec as codec

        kind = codec.CodecTraining if asked.part == "codec" else codec.DecoderTraining
        codec.train_codec(pictures, asked.out, asked.minutes, device, asked.stop_after, kind)
    elif asked.part == "guide":
        from studio.training.painter_guide import train_guide

        train_guide(pictures, asked.out, asked.minutes, device, asked.stop_after, asked.shape)
    else:
        from studio.training.painter_net import train_net

        train_net(pictures, asked.out, asked.minutes, device, asked.stop_after, asked.shape)


if __name__ == "__main__":
    main()
