"""Makes static/icons/sprite.svg from an unpacked lucide-static package: the icons we use, under our own names.

    python tests/look/sprite.py path/to/lucide-static/icons

To add an icon, add a name below, run it, and put the new hash in static/manifest.json."""

from __future__ import annotations

import re
import sys
from pathlib import Path

SPRITE = Path(__file__).parents[2] / "static" / "icons" / "sprite.svg"

# Our name is lucide's name, unless the second table says otherwise.
SAME = """
activity anchor archive arrow-down arrow-left arrow-right arrow-up ban banknote barcode bell book-open boxes
calculator calendar check chevron-down chevron-left chevron-right chevron-up circle-alert circle-check circle-x clock
compass copy credit-card database download external-link eye eye-off factory file-text flag folder globe hand-coins
history image inbox info keyboard languages layers link list lock log-in log-out mail map-pin megaphone menu minus
monitor package paperclip pause pencil percent play plug plus printer qr-code receipt reply rotate-ccw ruler save scale
search send server settings shield shield-check ship shopping-cart smartphone split star store sun moon tag tags
trending-up truck unlink upload user user-plus users wallet warehouse weight wifi-off x zap
""".split()  # noqa: SIM905
RENAMED = {
    "bar-chart": "chart-column",
    "building": "building-2",
    "circle-help": "circle-question-mark",
    "columns": "columns-3",
    "dashboard": "layout-dashboard",
    "filter": "funnel",
    "grip": "grip-vertical",
    "key": "key-round",
    "more": "ellipsis",
    "refresh": "refresh-cw",
    "sliders": "sliders-horizontal",
    "sort": "chevrons-up-down",
    "swap": "arrow-left-right",
    "trash": "trash-2",
    "undo": "undo-2",
    "warning": "triangle-alert",
}


def sprite(icons: Path) -> str:
    """One SVG of symbols; stroke and size are left to the stylesheet."""
    names = {**{name: name for name in SAME}, **RENAMED}
    symbols = [symbol(name, (icons / f"{source}.svg").read_text()) for name, source in sorted(names.items())]
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def symbol(name: str, svg: str) -> str:
    inside = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.S)
    if inside is None:
        raise ValueError(f"{name} is not an SVG")
    shapes = re.sub(r"\s*/>", "/>", re.sub(r"\s*\n\s*", "", inside[1]))
    stroke = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
    return f'<symbol id="{name}" viewBox="0 0 24 24"><g {stroke}>{shapes}</g></symbol>'


if __name__ == "__main__":
    SPRITE.write_text(sprite(Path(sys.argv[1])))
