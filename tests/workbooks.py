"""Small workbooks for the tests, written part by part: xlsx as XML, xlsb as records, ods as XML."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from base64 import b85decode
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from xml.sax.saxutils import escape, quoteattr

Cell = object
Rows = Sequence[Sequence[Cell]]

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="dd\\-mm\\-yyyy\\ hh:mm"/>'
    '<numFmt numFmtId="165" formatCode="dd\\-mm\\-yyyy"/></numFmts>'
    '<cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="20"/></cellXfs></styleSheet>'
)


XLS = (
    "c-rk)O=wd=5dQYPq)AGernM1Tp@xFB))WjL6rp{sR@+NTwSqqgnzTVeBrRza^kTK<C<vYuFNJ#WQuX5hLB)dyp`wR^AS4R);7L&M(DpeyZ&RBZp#d#c-WPUu"
    "c6MiWva_>q-+Mh>lbg8PkjFA~K*xgVLB$f8pyDYs{Gfi*lx(4PQ!#C<DR|rz$O<POSG{t{7|M9(q2Z3>8ByQ^m17t|-*74(Tt)0=AEH9~&`wm~21$IVXRm6R"
    "4l-TG^fr%t!nBhmmzlQH*qk_uX``=or`pAbwI=TKLE62~I`3E#MgTA6E<S%nSYw^&N++VH)>ucQ!;48!Kzrh;cv`jtxG7V%ySptCX*)s)_V(_IL~^L3kWb>9"
    "83eu-a{Fn}manc{faKqc<*whz-4x2@@~fHy7=w9&QzZ*8LJryEp#6{x&%xk>+ifNIK=kBjDoui}WF~PYk%?!BKbROA9XXv!W+)E^w$XNqN+wK9jLKl8Jp1{q"
    "@E4sGRh&a!qC===zJ@c&Pm|5v`tl|c>o<<GWQ?b`o+6v1yD)J<YLK!Ima`H%l~&f+%Jd>z-N1YU(>mJbR5$kr6ti!f$6VsxW}0U^<E^oI3Ex6|_VfM+joFXJ"
    "7UHLR^5^QNW{e3m(c%n|zWj|NBtqi)HHn8tp%&`IdC#=|m($0s`IYacdQ?_p9+k}2Ftu88b;M#zQ)?x)MG0-e+PWGqSX-`<PU|H|vz7-xZ<+0s7PJx;G`8SW"
    "7Od!0C=1%6g%`?#Uc!Q2<b%!@T*`vZ7Ir-PWNzFu+u5Pj;+~w4&flM?gbf=uY}l}2!-kE234-sT)~#FKEuHFK?^54&=BX^$pGp2(9KbOBGW0sR7b&XKI9t~K"
    "Sr4Zu*b*z$DSR)KI7G9jkwlFBNS3{S>Ag%W{XZ*K^#8dODtG>ca{T<u^Zx*iRORR"
)
"""A workbook of Excel 97 with the columns Sagsnr, Aktivitet and Tidspunkt and three rows, packed; xlwt wrote it."""


def xls() -> bytes:
    """The workbook of Excel 97."""
    return zlib.decompress(b85decode(XLS))


class Formula(str):
    """A formula whose value was never stored."""


def serial(moment: datetime | date) -> float:
    """Excel's number of a moment: days since 30 December 1899."""
    whole = moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day)
    gone = whole - datetime(1899, 12, 30)
    return gone.days + (gone.seconds + gone.microseconds / 1e6) / 86400


def xlsx(sheets: Mapping[str, Rows] | Rows, hidden: Sequence[str] = (), **parts: bytes) -> bytes:
    """An xlsx workbook; parts: further members by name, or other content for one."""
    named = sheets if isinstance(sheets, Mapping) else {"Ark1": sheets}
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": _content_types(len(named)),
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{RELATIONS}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": _workbook(list(named), hidden),
        "xl/_rels/workbook.xml.rels": _relations(len(named)),
        "xl/styles.xml": STYLES,
    }
    for place, rows in enumerate(named.values(), start=1):
        members[f"xl/worksheets/sheet{place}.xml"] = sheet_xml("".join(_row(number, row) for number, row in enumerate(rows, start=1)))
    return packed(members | parts)


def sheet_xml(rows: str) -> str:
    """A worksheet part with the given rows."""
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def packed(members: Mapping[str, str | bytes], level: int = 6) -> bytes:
    """A ZIP archive of the members."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _content_types(n_sheets: int) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{place}.xml" ContentType="{kind}.worksheet+xml"/>' for place in range(1, n_sheets + 1)
    )
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>{sheets}</Types>'
    )


def _workbook(names: Sequence[str], hidden: Sequence[str]) -> str:
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{place}"{" state=" + quoteattr("hidden") if name in hidden else ""} r:id="rId{place}"/>'
        for place, name in enumerate(names, start=1)
    )
    return f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{sheets}</sheets></workbook>'


def _relations(n_sheets: int) -> str:
    sheets = "".join(
        f'<Relationship Id="rId{place}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{place}.xml"/>'
        for place in range(1, n_sheets + 1)
    )
    style = f'<Relationship Id="rId{n_sheets + 1}" Type="{RELATIONS}/styles" Target="styles.xml"/>'
    return f'<Relationships xmlns="{PACKAGE}">{sheets}{style}</Relationships>'


def _row(number: int, cells: Sequence[Cell]) -> str:
    return f'<row r="{number}">{"".join(_cell(f"{column_name(place)}{number}", cell) for place, cell in enumerate(cells))}</row>'


def column_name(place: int) -> str:
    """A, B, …, Z, AA, … of a column counted from 0."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def _cell(where: str, cell: Cell) -> str:
    if cell is None or cell == "":
        return ""
    if isinstance(cell, Formula):
        return f'<c r="{where}"><f>{escape(cell)}</f></c>'
    if isinstance(cell, bool):
        return f'<c r="{where}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, int | float):
        return f'<c r="{where}"><v>{cell!r}</v></c>'
    if isinstance(cell, time):
        return f'<c r="{where}" s="3"><v>{(cell.hour * 60 + cell.minute) / 1440!r}</v></c>'
    if isinstance(cell, date):
        return f'<c r="{where}" s="{1 if isinstance(cell, datetime) else 2}"><v>{serial(cell)!r}</v></c>'
    return f'<c r="{where}" t="inlineStr"><is><t xml:space="preserve">{escape(str(cell))}</t></is></c>'


def ods(rows: Rows, name: str = "Ark1") -> bytes:
    """An OpenDocument spreadsheet."""
    office, table, text = ("urn:oasis:names:tc:opendocument:xmlns:" + part + ":1.0" for part in ("office", "table", "text"))
    body = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    content = (
        f'<office:document-content xmlns:office="{office}" xmlns:table="{table}" xmlns:text="{text}"><office:body><office:spreadsheet>'
        f"<table:table table:name={quoteattr(name)}>{body}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return packed(
        {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "META-INF/manifest.xml": manifest, "content.xml": content}
    )


def _ods_cell(cell: Cell) -> str:
    if cell is None or cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, date):
        return f'<table:table-cell office:value-type="date" office:date-value="{cell.isoformat()}"/>'
    if isinstance(cell, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{cell!r}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(cell))}</text:p></table:table-cell>'


def xlsb(rows: Rows) -> bytes:
    """A binary workbook of texts and numbers, as records [MS-XLSB]."""
    extent = struct.pack("<4I", 0, max(len(rows) - 1, 0), 0, max(map(len, rows), default=1) - 1)
    sheet = _record(0x81) + _record(0x94, extent) + _record(0x91)
    for number, row in enumerate(rows):
        sheet += _record(0x00, struct.pack("<IIHBBBI", number, 0, 300, 0, 0, 0, 0))
        for place, cell in enumerate(row):
            head = struct.pack("<II", place, 0)
            is_number = isinstance(cell, int | float)
            sheet += _record(0x05, head + struct.pack("<d", cell)) if is_number else _record(0x06, head + _wide(str(cell)))
    sheet += _record(0x92) + _record(0x82)
    named = _record(0x9C, struct.pack("<II", 0, 1) + _wide("rId1") + _wide("Ark1"))
    book = _record(0x83) + _record(0x8F) + named + _record(0x90) + _record(0x84)
    kind = "application/vnd.ms-excel"
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="bin" '
        f'ContentType="{kind}.sheet.binary.macroEnabled.main"/>'
        f'<Override PartName="/xl/worksheets/sheet1.bin" ContentType="{kind}.worksheet"/></Types>'
    )
    relation = '<Relationships xmlns="{}"><Relationship Id="rId1" Type="{}/{}" Target="{}"/></Relationships>'
    return packed(
        {
            "[Content_Types].xml": types,
            "_rels/.rels": relation.format(PACKAGE, RELATIONS, "officeDocument", "xl/workbook.bin"),
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": relation.format(PACKAGE, RELATIONS, "worksheet", "worksheets/sheet1.bin"),
            "xl/worksheets/sheet1.bin": sheet,
        }
    )


def _record(kind: int, content: bytes = b"") -> bytes:
    number = struct.pack("B", kind) if kind < 0x80 else struct.pack("BB", kind, 1)
    size, length = len(content), b""
    while True:
        length += struct.pack("B", size & 0x7F | (0x80 if size >> 7 else 0))
        size >>= 7
        if not size:
            return number + length + content


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")
