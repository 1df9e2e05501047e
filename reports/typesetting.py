"""Sets one paper with typst; run as a program, in a process of its own.

Typst keeps what it has set in memory until about ten more papers are set: a worker that builds reports all day would
grow by gigabytes. A process costs 20 ms and takes its memory with it. It knows nothing of the rest of the product.
"""

import json
import sys
from pathlib import Path

import typst

TEMPLATES = Path(__file__).parent / "typst"


def main() -> None:
    """Read {template, data, timestamp, standards, tagged} as JSON from standard input and answer with the PDF."""
    job = json.load(sys.stdin.buffer)
    compiler = typst.Compiler(
        root=str(TEMPLATES),
        font_paths=typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(TEMPLATES / "fonts")]
        ),
        ignore_system_fonts=True,
    )
    pdf = compiler.compile(
        str(TEMPLATES / job["template"]),
        format="pdf",
        sys_inputs={"data": job["data"]},
        pdf_standards=job["standards"],
        pdf_tags=job["tagged"],
        timestamp=job["timestamp"],
    )
    if not isinstance(pdf, bytes):
        raise TypeError("typst made no PDF.")
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main()
