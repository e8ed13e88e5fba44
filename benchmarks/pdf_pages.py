"""CPU time of a PDF page of the evaluation report, beside a base measured in the same run:

    python -m benchmarks.pdf_pages [--fonts DIR] [--rounds 20]

The base is the same HTML through WeasyPrint alone with what any careful user would do (one font configuration, the
style sheet read beforehand, a private fontconfig, faces cut down beforehand), without our justification, fence and
glyph check. Both run in processes of their own, in turns, so that neither sees the other's changes and noise of the
machine falls on both.
"""

import argparse
import io
import os
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pdfplumber

from reports.fonts.faces import FONTS_CONF
from reports.render import load_engine, render_pdf, sheet, to_html, warm_up
from tests.reports.samples import evaluation_report

ROOT = Path(__file__).resolve().parents[1]
BATCH = 3


def ours(fonts: Path) -> list[float]:
    """Seconds of CPU for each of a batch of reports, from dataclass to bytes."""
    report = evaluation_report()
    warm_up(fonts)
    return [timed(lambda: render_pdf(report, fonts)) for _ in range(BATCH + 1)][1:]


def base(fonts: Path, html: str, css: str) -> list[float]:
    """Seconds of CPU for each of a batch of plain renderings of the same text."""
    os.environ["FONTCONFIG_FILE"] = str(fonts / FONTS_CONF)
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    configuration = FontConfiguration()
    prepared = CSS(string=css, font_config=configuration)
    return [
        timed(lambda: HTML(string=html).write_pdf(stylesheets=[prepared], font_config=configuration))
        for _ in range(BATCH + 1)
    ][1:]


def timed(call) -> float:
    """Seconds of CPU that a call takes."""
    started = time.process_time()
    call()
    return time.process_time() - started


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pdf_pages")
    parser.add_argument("--fonts", type=Path, default=os.environ.get("DANDANG_FONTS") or ROOT / ".dandang" / "fonts")
    parser.add_argument("--rounds", type=int, default=5, help=f"batches of {BATCH} reports each way")
    options = parser.parse_args()
    fonts = Path(options.fonts)

    report = evaluation_report()
    html, css = to_html(report), sheet(load_engine().chains(fonts))
    content = render_pdf(report, fonts)
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        pages = len(pdf.pages)
    measured: dict[str, list[float]] = {"base": [], "ours": []}
    for _ in range(options.rounds):
        for name, call, arguments in (("base", base, (fonts, html, css)), ("ours", ours, (fonts,))):
            with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
                measured[name] += pool.submit(call, *arguments).result()
    floor = statistics.median(measured["base"]) * 1000 / pages
    for name, times in measured.items():
        middle = statistics.median(times) * 1000 / pages
        print(
            f"{name}: {middle:.1f} ms of CPU a page (best {min(times) * 1000 / pages:.1f}), {middle / floor:.2f} x base"
        )
    print(f"{pages} pages, {len(content) / 1024:.0f} KB, {len(measured['ours'])} reports each way")


if __name__ == "__main__":
    main()
