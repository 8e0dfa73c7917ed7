"""A sheet about a key, to be printed: its public part and a checklist for keeping it, never anything secret; one page as a PDF."""

from __future__ import annotations

import time
from html import escape

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QSizeF
from PySide6.QtGui import QPageLayout, QPageSize, QPdfWriter, QTextDocument

from engine.errors import N_
from engine.texts import Texts

RESOLUTION = 150
MARGIN_MM = 20
TITLE = N_("Key sheet: your key in Sagsflow")
CHECKS = (
    N_("The passphrase is written down and lies in a closed envelope, in a locked place, apart from the copies."),
    N_("One copy of the key file lies on another disk or a USB stick, in a locked place."),
    N_("A second copy lies in another building, or with IT."),
    N_("I have opened a project with a copy of the key, to see that it works."),
    N_("My successor, or my leader, knows where copy and envelope are."),
    N_("Each project has the municipality's recovery key too."),
    N_("When I leave: the projects are handed over or deleted, then the copies and this sheet are destroyed."),
)


def key_sheet(texts: Texts, recipient: str, fingerprint: str, file: str) -> bytes:
    """The sheet as a PDF (A4)."""
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(RESOLUTION)
    writer.setTitle(texts(TITLE))
    margins = QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM)
    page = QPageSize(QPageSize.PageSizeId.A4)
    writer.setPageLayout(QPageLayout(page, QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter))
    document = QTextDocument()
    document.documentLayout().setPaintDevice(writer)
    document.setPageSize(QSizeF(writer.width(), writer.height()))
    document.setHtml(sheet_text(texts, recipient, fingerprint, file))
    document.print_(writer)
    buffer.close()
    return bytes(content.data())


def sheet_text(texts: Texts, recipient: str, fingerprint: str, file: str) -> str:
    """What stands on the sheet, as HTML."""
    facts = (
        (texts("Public key"), f'<span style="font-family:monospace">{escape(recipient)}</span>'),
        (texts("Fingerprint"), escape(fingerprint)),
        (texts("Key file"), escape(file)),
        (texts("Printed"), texts.date(time.time_ns() // 1000)),
    )
    rows = "".join(f"<p><b>{escape(name)}</b><br/>{value}</p>" for name, value in facts)
    checks = "".join(f"<p>\u2610&nbsp;&nbsp;{escape(texts(check))}</p>" for check in CHECKS)
    about = texts("The public key is no secret. The key file opens everything that was encrypted to it, together with its passphrase.")
    never = texts("The passphrase and the secret key are not on this sheet, and are not to be written on it.")
    return (
        '<body style="font-family:Inter; font-size:10pt">'
        f'<h1 style="font-size:18pt">{escape(texts(TITLE))}</h1><p>{escape(about)} <b>{escape(never)}</b></p>{rows}'
        f'<h2 style="font-size:13pt">{escape(texts("Checklist"))}</h2>{checks}</body>'
    )
