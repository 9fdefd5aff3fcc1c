"""A sheet to draw on: SVG written by hand, with a ground of its own so that it reads on light and dark pages."""

from html import escape
from typing import Final, Literal

type Ink = Literal["ours", "rule", "good", "bad", "none", "track"]
type Anchor = Literal["start", "middle", "end"]

_STYLE: Final = """
svg { --ground: #ffffff; --text: #1f2328; --faint: #59636e; --line: #d1d9e0; --track: #f0f2f5;
      --ours: #1f6feb; --rule: #8c959f; --good: #d5f0dc; --bad: #cf222e; --none: #eaeef2; --on-bad: #ffffff; }
@media (prefers-color-scheme: dark) {
  svg { --ground: #0d1117; --text: #f0f6fc; --faint: #9198a1; --line: #3d444d; --track: #1c2128;
        --ours: #58a6ff; --rule: #6e7681; --good: #12361f; --bad: #da3633; --none: #21262d; --on-bad: #ffffff; }
}
text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: var(--text); }
text.faint { fill: var(--faint); font-size: 12px; }
text.title { font-size: 16px; font-weight: 600; }
text.strong { font-weight: 600; }
text.on-bad { fill: var(--on-bad); font-weight: 600; }
.ground { fill: var(--ground); }
.axis { stroke: var(--line); stroke-width: 1; }
.goal { stroke: var(--faint); stroke-width: 1.5; stroke-dasharray: 4 3; }
.curve { fill: none; stroke-width: 2; stroke-linejoin: round; }
""".strip()


class Sheet:
    """Elements in the order in which they are drawn; lengths are pixels from the upper left."""

    def __init__(self, width: float, height: float, title: str, summary: str) -> None:
        self._size = width, height
        self._title = title
        self._summary = summary
        self._elements: list[str] = []
        self.text(20, 30, title, "title")
        self.text(20, 50, summary, "faint")

    def text(self, x: float, y: float, words: str, kind: str = "", anchor: Anchor = "start") -> None:
        """Write words; ``y`` is their base line."""
        style = f' class="{kind}"' if kind else ""
        place = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self._elements.append(
            f'<text x="{_short(x)}" y="{_short(y)}"{style}{place}>{escape(words, quote=False)}</text>'
        )

    def box(self, x: float, y: float, width: float, height: float, ink: Ink, hint: str = "") -> None:
        """Fill a rectangle; ``hint`` is told to whoever points at it or has it read aloud."""
        body = f"<title>{escape(hint, quote=False)}</title>" if hint else ""
        self._elements.append(
            f'<rect x="{_short(x)}" y="{_short(y)}" width="{_short(width)}" height="{_short(height)}" rx="2" '
            f'fill="var(--{ink})">{body}</rect>'
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str = "axis") -> None:
        """Draw a straight line."""
        self._elements.append(
            f'<line class="{kind}" x1="{_short(x1)}" y1="{_short(y1)}" x2="{_short(x2)}" y2="{_short(y2)}"/>'
        )

    def curve(self, points: list[tuple[float, float]], ink: Ink) -> None:
        """Draw a line through points, and the points."""
        path = " ".join(f"{_short(x)},{_short(y)}" for x, y in points)
        self._elements.append(f'<polyline class="curve" stroke="var(--{ink})" points="{path}"/>')
        self._elements += [f'<circle cx="{_short(x)}" cy="{_short(y)}" r="4" fill="var(--{ink})"/>' for x, y in points]

    def render(self) -> str:
        """Return the file."""
        width, height = map(_short, self._size)
        return "\n".join(
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
                f'height="{height}" role="img" aria-labelledby="title summary">',
                f'<title id="title">{escape(self._title, quote=False)}</title>',
                f'<desc id="summary">{escape(self._summary, quote=False)}</desc>',
                f"<style>\n{_STYLE}\n</style>",
                f'<rect class="ground" width="{width}" height="{height}" rx="6"/>',
                *self._elements,
                "</svg>\n",
            )
        )


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
