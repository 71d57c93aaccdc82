"""Draws JPEGs of every kind that is read, and beside each what libjpeg makes of it, as NAME.png.

    pip install numpy pillow && python draw.py

A large one is read as libjpeg reads it at 1/2, 1/4 or 1/8. They were made with NumPy 2.4 and Pillow 13.0 (libjpeg-turbo).
"""

import numpy as np
from PIL import Image


def scene(columns, rows):
    """Soft colours, with a grid of hard blue tiles."""
    y, x = np.mgrid[0:rows, 0:columns]
    waves = [np.sin(x / 23) * np.cos(y / 31), np.cos(x / 17 + y / 40), np.sin((x + y) / 29)]
    pixels = 128 + 100 * np.stack(waves, -1)
    pixels[(x // 37 + y // 41) % 5 == 0] = [20, 30, 180]
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def save(name, picture, reduced=1, **options):
    picture.save(f"{name}.jpg", quality=85, **options)
    decoded = Image.open(f"{name}.jpg")
    if reduced > 1:
        decoded.draft(decoded.mode, [max(1, size // reduced) for size in decoded.size])
    decoded.convert("RGB").save(f"{name}.png", optimize=True)


for subsampling in ("4:4:4", "4:2:2", "4:2:0"):
    for progressive in (False, True):
        name = f"{subsampling.replace(':', '')}-{'progressive' if progressive else 'baseline'}"
        restart = {"restart_marker_blocks": 3}
        save(name, scene(61, 45), subsampling=subsampling, progressive=progressive, **restart)
save("grey", scene(61, 45).convert("L"), progressive=True)
save("rgb", scene(61, 45), keep_rgb=True)
save("half", scene(1101, 40), 2, progressive=True)
save("half-444", scene(1101, 40), 2, subsampling=0)
save("half-422", scene(1101, 40), 2, subsampling=1)
save("quarter", scene(4097, 21), 4, progressive=True)
save("eighth", scene(8200, 17), 8)
scene(24, 24).convert("CMYK").save("cmyk.jpg")
