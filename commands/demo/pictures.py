"""Pictures of the demo's products: flat drawings on white, as large as Amazon wants a main image.

A drawing takes the pencil and the colour of the product; coordinates are hundredths of the picture's side.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import cache

from PIL import Image, ImageColor, ImageDraw, ImageFilter

SIDE, FINER = 1000, 2  # Drawn twice as large and reduced, so that edges are smooth.
STEEL, DARK = "#c3c9ce", "#2c3136"

Point = tuple[float, float]


def picture(drawing: str, colour: str, view: int = 0) -> bytes:
    """The picture as a file. `view` 1 is another look at the same product, with its box."""
    canvas = _ground().copy()
    pencil = Pencil(canvas)
    if view:
        _box(pencil, colour)
    else:
        DRAWINGS[drawing](pencil, colour)
    out = io.BytesIO()
    canvas.reduce(FINER).save(out, "BMP")
    return out.getvalue()


@cache
def _ground() -> Image.Image:
    """White, with the soft shadow of what will stand there."""
    small = Image.new("L", (200, 200), 255)
    ImageDraw.Draw(small).ellipse((40, 176, 160, 190), fill=205)
    soft = small.filter(ImageFilter.GaussianBlur(5)).resize((SIDE * FINER, SIDE * FINER))
    return Image.merge("RGB", (soft, soft, soft))


def shade(colour: str, factor: float) -> tuple[int, int, int]:
    """Darker below 1, lighter above."""
    r, g, b = ImageColor.getrgb(colour)[:3]
    if factor <= 1:
        return int(r * factor), int(g * factor), int(b * factor)
    return tuple(int(c + (255 - c) * (factor - 1)) for c in (r, g, b))  # type: ignore[return-value]


class Pencil:
    """Draws in hundredths of the picture's side."""

    def __init__(self, canvas: Image.Image):
        self.canvas = canvas
        self.unit = canvas.width / 100
        self._draw = ImageDraw.Draw(canvas)

    def _at(self, *numbers: float) -> list[float]:
        return [number * self.unit for number in numbers]

    def block(self, x0: float, y0: float, x1: float, y1: float, fill: object, round: float = 3) -> None:
        self._draw.rounded_rectangle(self._at(x0, y0, x1, y1), radius=round * self.unit, fill=fill)  # type: ignore[arg-type]

    def oval(self, x0: float, y0: float, x1: float, y1: float, fill: object) -> None:
        self._draw.ellipse(self._at(x0, y0, x1, y1), fill=fill)  # type: ignore[arg-type]

    def ring(self, x0: float, y0: float, x1: float, y1: float, fill: object, width: float) -> None:
        self._draw.ellipse(self._at(x0, y0, x1, y1), outline=fill, width=int(width * self.unit))  # type: ignore[arg-type]

    def bow(self, x0: float, y0: float, x1: float, y1: float, angles: Point, fill: object, width: float) -> None:
        self._draw.arc(self._at(x0, y0, x1, y1), *angles, fill=fill, width=int(width * self.unit))  # type: ignore[arg-type]

    def line(self, points: Sequence[Point], fill: object, width: float) -> None:
        flat = [number * self.unit for point in points for number in point]
        self._draw.line(flat, fill=fill, width=int(width * self.unit), joint="curve")  # type: ignore[arg-type]

    def shape(self, points: Sequence[Point], fill: object) -> None:
        self._draw.polygon([number * self.unit for point in points for number in point], fill=fill)  # type: ignore[arg-type]


def _box(p: Pencil, colour: str) -> None:
    p.shape([(20, 42), (50, 54), (50, 92), (20, 79)], shade(colour, 1.25))
    p.shape([(50, 54), (80, 42), (80, 79), (50, 92)], shade(colour, 0.85))
    p.shape([(20, 42), (50, 30), (80, 42), (50, 54)], shade(colour, 1.55))
    p.shape([(46, 31.6), (54, 31.6), (54, 52.4), (46, 52.4)], shade(colour, 1.75))
    p.shape([(26, 58), (42, 64.4), (42, 70), (26, 63.6)], "white")
    p.shape([(26, 68), (36, 72), (36, 74.4), (26, 70.4)], shade(colour, 1.7))


def bottle(p: Pencil, colour: str) -> None:
    p.block(41, 10, 59, 22, DARK, 2)
    p.block(43, 20, 57, 28, STEEL, 1)
    p.block(35, 26, 65, 92, colour, 6)
    p.block(38, 30, 43, 88, shade(colour, 1.35), 2.5)
    p.block(35, 84, 65, 92, shade(colour, 0.8), 4)
    p.block(48, 52, 60, 54, shade(colour, 1.6), 1)
    p.block(48, 56, 56, 57.5, shade(colour, 1.6), 0.7)


def tumbler(p: Pencil, colour: str) -> None:
    p.block(29, 14, 71, 22, DARK, 3)
    p.block(56, 10, 66, 16, DARK, 2)
    p.shape([(30, 22), (70, 22), (63, 92), (37, 92)], colour)
    p.shape([(34, 22), (40, 22), (43, 92), (40, 92)], shade(colour, 1.35))
    p.shape([(31.2, 34), (68.8, 34), (67.4, 48), (32.6, 48)], shade(colour, 0.82))
    p.block(37, 89, 63, 93, STEEL, 1.5)


def mug(p: Pencil, colour: str) -> None:
    for x in (14.0, 52.0):
        p.shape([(x, 30), (x + 34, 30), (x + 28, 90), (x + 6, 90)], shade(colour, 1.45))
        p.shape([(x + 4, 44), (x + 30, 44), (x + 25.5, 84), (x + 8.5, 84)], "#6b4226")
        p.shape([(x + 4, 44), (x + 30, 44), (x + 29.4, 50), (x + 4.6, 50)], "#c9a27a")
        p.line([(x + 5, 33), (x + 9, 86)], "white", 1.2)


def suitcase(p: Pencil, colour: str) -> None:
    p.line([(41, 28), (41, 8), (59, 8), (59, 28)], STEEL, 2)
    p.block(39, 6, 61, 10, DARK, 2)
    p.block(24, 24, 76, 88, colour, 7)
    for x in (32, 41, 50, 59, 68):
        p.block(x - 1, 30, x + 1, 82, shade(colour, 0.8), 1)
    p.block(24, 53, 76, 56, shade(colour, 0.6), 0)
    p.block(69, 50, 75, 59, STEEL, 1)
    for x in (29, 71):
        p.oval(x - 4, 86, x + 4, 94, DARK)
        p.oval(x - 1.5, 88.5, x + 1.5, 91.5, STEEL)


def headphones(p: Pencil, colour: str) -> None:
    p.bow(20, 12, 80, 84, (180, 360), shade(colour, 0.8), 6)
    p.bow(24, 16, 76, 80, (205, 335), shade(colour, 1.3), 2.5)
    for x0, x1 in ((14, 34), (66, 86)):
        p.block(x0, 44, x1, 84, colour, 9)
        p.block(x0 + 4, 49, x1 - 4, 79, shade(colour, 1.25), 6)
    p.block(30, 46, 37, 82, DARK, 3)
    p.block(63, 46, 70, 82, DARK, 3)


def earbuds(p: Pencil, colour: str) -> None:
    p.block(26, 52, 74, 90, colour, 12)
    p.block(26, 64, 74, 66, shade(colour, 0.75), 0)
    p.oval(48, 74, 52, 78, "#58b36b")
    for x, tilt in ((36, -3), (64, 3)):
        p.oval(x - 9, 18, x + 9, 36, shade(colour, 0.9))
        p.shape([(x - 3, 30), (x + 3, 30), (x + 3 + tilt, 50), (x - 3 + tilt, 50)], shade(colour, 0.8))
        p.oval(x - 4, 22, x + 4, 31, DARK)


def shirt(p: Pencil, colour: str) -> None:
    p.shape(
        [(36, 16), (64, 16), (88, 30), (80, 48), (71, 43), (71, 90), (29, 90), (29, 43), (20, 48), (12, 30)], colour
    )
    p.shape([(71, 43), (71, 90), (66, 90), (67, 44)], shade(colour, 0.88))
    p.oval(38, 8, 62, 25, shade(colour, 0.8))
    p.oval(40, 6, 60, 21.5, "white")
    p.block(40, 4, 60, 13, "white", 0)
    p.line([(14.5, 31.5), (21.5, 45.5)], shade(colour, 0.85), 0.8)
    p.line([(85.5, 31.5), (78.5, 45.5)], shade(colour, 0.85), 0.8)
    p.line([(29, 87), (71, 87)], shade(colour, 0.85), 0.8)


def lamp(p: Pencil, colour: str) -> None:
    p.oval(26, 86, 62, 94, shade(colour, 0.8))
    p.line([(44, 90), (34, 58), (58, 30)], colour, 3)
    p.oval(31, 55, 37, 61, STEEL)
    p.shape([(52, 18), (72, 34), (80, 58), (40, 34)], colour)
    p.shape([(80, 58), (40, 34), (46, 44), (70, 58)], "#ffe9a8")
    p.oval(52, 24, 60, 32, shade(colour, 0.7))


def globe(p: Pencil, colour: str) -> None:
    p.oval(24, 8, 76, 60, "#fff3cf")
    p.oval(30, 14, 70, 54, "#fff9e8")
    p.block(44, 56, 56, 64, STEEL, 1)
    p.shape([(40, 64), (60, 64), (68, 90), (32, 90)], colour)
    p.shape([(40, 64), (46, 64), (43, 90), (32, 90)], shade(colour, 1.3))
    p.block(29, 88, 71, 93, shade(colour, 0.7), 2)


def ball(p: Pencil, colour: str) -> None:
    p.oval(22, 34, 78, 90, colour)
    p.bow(27, 39, 73, 85, (195, 270), shade(colour, 1.5), 3)
    for x, y, size in ((44, 56, 7), (62, 66, 5), (50, 78, 4)):
        p.oval(x - size, y - size, x + size, y + size, shade(colour, 0.55))


def rope(p: Pencil, colour: str) -> None:
    p.line([(20, 72), (80, 40)], colour, 10)
    for step in range(8):
        x, y = 24 + step * 7, 70 - step * 3.75
        p.line([(x - 2, y - 5), (x + 4, y + 5)], shade(colour, 1.5), 1.6)
    for x, y in ((20, 72), (80, 40)):
        p.oval(x - 10, y - 10, x + 10, y + 10, shade(colour, 0.85))
        p.bow(x - 7, y - 7, x + 7, y + 7, (20, 200), shade(colour, 1.5), 1.4)
        side = -1 if x < 50 else 1
        for spread in (-7, -2, 3, 8):
            p.line([(x + side * 8, y + spread / 2), (x + side * 16, y + spread)], shade(colour, 1.25), 1.6)


def plush(p: Pencil, colour: str) -> None:
    p.shape([(24, 14), (44, 34), (26, 46)], shade(colour, 0.85))
    p.shape([(76, 14), (56, 34), (74, 46)], shade(colour, 0.85))
    p.oval(24, 24, 76, 68, colour)
    p.shape([(26, 50), (74, 50), (50, 72)], "#fbf3ea")
    p.oval(36, 42, 41, 48, DARK)
    p.oval(59, 42, 64, 48, DARK)
    p.oval(46, 62, 54, 69, DARK)
    p.block(32, 64, 68, 92, colour, 12)
    p.oval(41, 70, 59, 90, "#fbf3ea")


def teaser(p: Pencil, colour: str) -> None:
    p.line([(16, 90), (66, 22)], colour, 2.4)
    p.line([(16, 90), (26, 76.4)], DARK, 3.4)
    p.bow(56, 8, 84, 62, (190, 360), DARK, 0.6)
    for tip, tint in (((75, 74), "#c9714f"), ((84, 77), "#7fb2d6"), ((92, 71), "#e3b341")):
        p.shape([(83, 36), (tip[0] - 3, tip[1] - 8), tip, (tip[0] + 3, tip[1] - 10)], tint)
    p.oval(80.5, 32, 86, 38, DARK)


def ring(p: Pencil, colour: str) -> None:
    p.ring(20, 24, 80, 84, colour, 13)
    p.bow(26, 30, 74, 78, (190, 280), shade(colour, 1.5), 3)
    for x, y in ((50, 30.5), (73.5, 54), (50, 77.5), (26.5, 54)):
        p.oval(x - 3, y - 3, x + 3, y + 3, shade(colour, 0.75))


def scale(p: Pencil, colour: str) -> None:
    p.shape([(22, 46), (78, 46), (90, 84), (10, 84)], colour)
    p.shape([(10, 84), (90, 84), (90, 89), (10, 89)], shade(colour, 0.6))
    p.oval(30, 48, 70, 70, shade(colour, 1.2))
    p.block(39, 73, 61, 81, "#cfe3d4", 1)
    for x in (42, 47, 52, 57):
        p.block(x - 1, 74.5, x + 1, 79.5, DARK, 0.5)
    for x in (30, 70):
        p.oval(x - 2.5, 75, x + 2.5, 79, shade(colour, 1.5))


def bodyscale(p: Pencil, colour: str) -> None:
    p.block(16, 22, 84, 90, colour, 8)
    p.block(16, 84, 84, 90, shade(colour, 0.75), 4)
    p.block(38, 28, 62, 40, DARK, 2)
    for x in (43, 49, 55):
        p.block(x - 1.2, 30.5, x + 1.2, 37.5, "#dff0e2", 0.6)
    for x in (34, 66):
        p.oval(x - 9, 48, x + 9, 80, shade(colour, 0.9))


def mat(p: Pencil, colour: str) -> None:
    p.block(34, 20, 92, 70, shade(colour, 1.2), 2)
    p.line([(46, 22), (46, 68)], shade(colour, 1.6), 0.7)
    p.line([(62, 45), (88, 45)], shade(colour, 1.6), 0.7)
    p.block(14, 16, 38, 92, colour, 12)
    p.oval(14, 74, 38, 94, shade(colour, 0.8))
    p.oval(18, 77.5, 34, 90.5, shade(colour, 1.3))
    p.oval(22, 80.5, 30, 87.5, shade(colour, 0.7))
    for y in (32, 60):
        p.block(13, y, 39, y + 4, DARK, 1)


def charger(p: Pencil, colour: str) -> None:
    for x in (43, 57):
        p.block(x - 1.6, 8, x + 1.6, 28, STEEL, 1.4)
    p.block(27, 24, 73, 90, colour, 8)
    p.block(30, 28, 35, 86, shade(colour, 1.3), 2.5)
    for y in (58, 70):
        p.block(42, y, 60, y + 5, DARK, 2.5)
        p.block(45, y + 2, 57, y + 3, STEEL, 0.5)
    p.oval(49, 44, 53, 48, "#58b36b")


DRAWINGS: dict[str, Callable[[Pencil, str], None]] = {
    drawing.__name__: drawing
    for drawing in (
        bottle, tumbler, mug, suitcase, headphones, earbuds, shirt, lamp, globe, ball, rope, plush, teaser, ring, scale,
        bodyscale, mat, charger,
    )
}  # fmt: skip
