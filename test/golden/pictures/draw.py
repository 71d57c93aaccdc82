"""Draws the pictures of this folder: digits by strokes of a pen, in the manner of a drawing program, a scan, a photo.

    pip install numpy pillow && python draw.py

Each is named DIGIT-WHAT.ENDING. They were made with NumPy 2.4 and Pillow 13.0.
"""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter


def arc(x, y, rx, ry, start, end):
    t = np.radians(np.linspace(start, end, 40))
    return list(zip(x + rx * np.cos(t), y + ry * np.sin(t)))


STROKES = {
    0: [arc(50, 50, 24, 36, 0, 360)],
    2: [arc(48, 32, 24, 20, -170, 30) + [(30, 86)], [(30, 86), (76, 86)]],
    3: [arc(46, 30, 24, 18, -160, 90) + arc(46, 67, 28, 19, -90, 150)],
    4: [[(58, 88), (58, 12), (24, 62), (80, 62)]],
    5: [[(72, 14), (36, 14), (32, 46)] + arc(48, 64, 26, 22, -130, 140)],
    7: [[(26, 16), (74, 16), (44, 88)]],
}


def ink(digit, pen, size=160, turn=0, scale=1.0, shift=(0, 0)):
    """(size, size), in [0, 1]: a digit in the middle, or shifted from it, its strokes `pen` pixels wide."""
    fine = 3
    picture = Image.new("L", (size * fine, size * fine))
    draw = ImageDraw.Draw(picture)
    for stroke in STROKES[digit]:
        points = [
            tuple(((v - 50) * size / 100 * scale + size / 2 + s) * fine for v, s in zip(point, shift))
            for point in stroke
        ]
        draw.line(points, fill=255, width=pen * fine, joint="curve")
        for x, y in (points[0], points[-1]):
            r = pen * fine / 2
            draw.ellipse((x - r, y - r, x + r, y + r), fill=255)
    picture = picture.rotate(turn, Image.BICUBIC).resize((size, size), Image.LANCZOS)
    return np.asarray(picture) / 255


def on(mask, color, paper):
    """The ink in one colour on paper of another, or on paper of (size, size, 3)."""
    mask = mask[..., None]
    pixels = np.array(paper, float) * (1 - mask) + np.array(color, float) * mask
    return pixels


def image(pixels):
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


random = np.random.default_rng(0)
WHITE, BLACK = (255, 255, 255), (0, 0, 0)

image(on(ink(3, 18), BLACK, WHITE)).save("3-thick.png")
image(on(ink(3, 2, 300), BLACK, WHITE)).save("3-thin.png")
image(on(ink(5, 12, turn=9), WHITE, BLACK)).convert("L").save("5-turned-light-on-dark.png")
image(on(ink(4, 8, scale=0.5, shift=(30, -25)), (220, 60, 20), (250, 250, 210))).save("4-colored-in-a-corner.png")
image(on(ink(7, 12), (250, 240, 60), WHITE)).convert("P", palette=Image.ADAPTIVE, colors=16).save("7-yellow-palette.png")
Image.fromarray((65535 * (1 - 0.5 * ink(0, 12))).astype(np.uint16)).save("0-sixteen-bits.png")

clear = np.zeros((160, 160, 4), np.uint8)
clear[..., 3] = 255 * ink(2, 12)
Image.fromarray(clear).save("2-black-on-transparent.png")
clear[..., :3] = 255
Image.fromarray(clear).save("2-white-on-transparent.png")

# A photo: light from one side and dark corners, a blue pen, noise, a little out of focus.
size = 480
y, x = np.mgrid[0:size, 0:size] / size
light = 225 - 100 * x - 50 * y * y
paper = light[..., None] * np.array([1, 0.97, 0.9])
mask = ink(5, 12, size, turn=5, scale=0.45, shift=(60, 30))
photo = on(mask * 0.8, (10, 15, 60), paper) + random.normal(0, 8, (size, size, 3))
image(photo).filter(ImageFilter.GaussianBlur(1)).save("5-photo.jpg", quality=75)
image(photo).filter(ImageFilter.GaussianBlur(1)).convert("L").save("5-photo-progressive-grey.jpg", quality=75, progressive=True)

# A phone's photo of 12 million pixels, held upright and so stored turned, and progressive as some programs save it.
rows, columns = 4032, 3024
y, x = np.mgrid[0:rows, 0:columns] / rows
paper = (225 - 80 * x - 50 * y * y)[..., None] * np.array([1, 0.97, 0.9])
mask = np.zeros((rows, columns))
mask[700:2900, 300:2500] = ink(2, 150, 2200, turn=-6, scale=0.7)
phone = image(on(mask * 0.8, (10, 15, 60), paper)).filter(ImageFilter.GaussianBlur(2))
exif = Image.Exif()
exif[0x0112] = 6
phone.transpose(Image.ROTATE_90).save("2-phone.jpg", quality=50, progressive=True, exif=exif)

# What a camera does that is held sideways or upside down: it stores the picture turned, and in EXIF how.
upright = image(on(ink(4, 12, 120), BLACK, WHITE))
TURNS = {
    2: Image.FLIP_LEFT_RIGHT,
    3: Image.ROTATE_180,
    4: Image.FLIP_TOP_BOTTOM,
    5: Image.TRANSPOSE,
    6: Image.ROTATE_90,
    7: Image.TRANSVERSE,
    8: Image.ROTATE_270,
}
for orientation, turn in TURNS.items():
    exif = Image.Exif()
    exif[0x0112] = orientation
    upright.transpose(turn).save(f"4-exif-{orientation}.jpg", quality=85, exif=exif)
