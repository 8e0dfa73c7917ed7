"""The map as SVG, PDF and PNG bytes."""

from __future__ import annotations

import re
from enum import StrEnum
from html import escape
from math import ceil, sqrt

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSize, QSizeF
from PySide6.QtGui import QImage, QImageWriter, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from gui.map.document import MapDocument
from gui.map.export_missing import Missing

FALLBACK_FAMILIES = "Inter, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"
MOST_PIXELS = 60e6
PX_PER_INCH = 96


class ExportKind(StrEnum):
    """File formats of an exported map."""

    SVG = "svg"
    PDF = "pdf"
    PNG = "png"


def export_bytes(document: MapDocument, kind: ExportKind, factor: float = 3.0) -> bytes:
    """The document as a file's content. factor: image pixels per px for PNG, less where the picture would pass 60 million pixels."""
    if kind is ExportKind.SVG:
        return to_svg(document)
    return to_pdf(document) if kind is ExportKind.PDF else to_png(document, factor)


def to_svg(document: MapDocument) -> bytes:
    """SVG with text as text; it names no person, program path or time."""
    content, buffer = _buffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    size = QSize(ceil(document.width), ceil(document.height))
    generator.setSize(size)
    generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
    generator.setResolution(PX_PER_INCH)
    generator.setTitle(document.facts.title)
    generator.setDescription(document.description)
    _paint(generator, document)
    buffer.close()
    text = bytes(content.data()).decode("utf-8")
    text = re.sub(r'font-family="[^"]*"', f'font-family="{FALLBACK_FAMILIES}"', text)
    physical = re.compile(r'<svg width="[^"]*" height="[^"]*"')
    return physical.sub(f'<svg width="{size.width()}" height="{size.height()}"', text, count=1).encode("utf-8")


def to_pdf(document: MapDocument) -> bytes:
    """PDF of one page in the size of the map, with text as text in embedded Inter; it names its title and Sagsflow, and nothing else."""
    content, buffer = _buffer()
    writer = QPdfWriter(buffer)
    writer.setCreator("Sagsflow")
    writer.setTitle(document.facts.title)
    writer.setDocumentXmpMetadata(QByteArray(_xmp(document.facts.title)))
    writer.setResolution(PX_PER_INCH)
    points = QSizeF(document.width, document.height) * (72 / PX_PER_INCH)
    writer.setPageSize(QPageSize(points, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Point)
    _paint(writer, document)
    buffer.close()
    return _without_origin(bytes(content.data()))


def _xmp(title: str) -> bytes:
    """The metadata packet of a PDF that says its title only."""
    return (
        "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>"
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt>'
        f'<rdf:li xml:lang="x-default">{escape(title, quote=False)}</rdf:li>'
        "</rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='r'?>"
    ).encode()


def _without_origin(pdf: bytes) -> bytes:
    """The PDF without when, by which version and as which copy it was made; what stands behind moves up, and its table of places knows."""
    table = int(pdf.rpartition(b"startxref")[2].split()[0])
    start = pdf.index(b"1 0 obj")
    end = pdf.index(b"endobj", start)
    facts = re.sub(rb"/(Author|Producer|CreationDate|ModDate) \([^()]*\)\n", b"", pdf[start:end])
    gone = end - start - len(facts)

    def moved(found: re.Match[bytes]) -> bytes:
        place = int(found[1])
        return b"%010d 00000 n" % (place - gone if place > start else place)

    places = re.sub(rb"(\d{10}) 00000 n", moved, pdf[table:])
    places = re.sub(rb"/ID \[[^\]]*\]\n", b"", places)
    places = re.sub(rb"startxref\n\d+", b"startxref\n%d" % (table - gone), places)
    return pdf[:start] + facts + pdf[end:table] + places


def to_image(document: MapDocument, factor: float, missing: Missing | None = None) -> QImage:
    """The document as a picture of `factor` image pixels per px; for a preview with marks of what it is missing."""
    factor = min(factor, sqrt(MOST_PIXELS / (document.width * document.height)))
    image = QImage(ceil(document.width * factor), ceil(document.height * factor), QImage.Format.Format_RGB32)
    image.fill(document.style.colour("canvas"))
    painter = QPainter(image)
    painter.scale(factor, factor)
    document.paint(painter)
    if missing:
        document.place(painter)
        missing.paint(painter, document.style)
    painter.end()
    image.setDotsPerMeterX(round(PX_PER_INCH * factor / 0.0254))
    image.setDotsPerMeterY(round(PX_PER_INCH * factor / 0.0254))
    return image


def to_png(document: MapDocument, factor: float) -> bytes:
    """PNG without any metadata but its resolution."""
    content, buffer = _buffer()
    QImageWriter(buffer, QByteArray(b"png")).write(to_image(document, factor))
    buffer.close()
    return bytes(content.data())


def _buffer() -> tuple[QByteArray, QBuffer]:
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return content, buffer


def _paint(device: QSvgGenerator | QPdfWriter, document: MapDocument) -> None:
    painter = QPainter(device)
    document.paint(painter)
    painter.end()


def file_name(title: str, words: str, kind: StrEnum) -> str:
    """A file name from a title: no sign that a file system forbids."""
    name = re.sub(r'[<>:"/\\|?*\x00-\x1f]+', " ", f"{title} {words}")
    return " ".join(name.split())[:120].strip(" .") + f".{kind.value}"
