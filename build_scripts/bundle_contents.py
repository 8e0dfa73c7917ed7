"""What the bundle holds: the product's modules, the libraries it depends on, its resources; and what is left out of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distribution, packages_distributions
from pathlib import Path

from packaging.utils import canonicalize_name

from build_scripts.collect_licenses import closure, product_requirements

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("engine", "gui")
RESOURCES_LEFT_OUT = ("pictures",)
"""Folders of resources/ that only the documents show."""
LOCALES = re.compile(r"babel/locale-data/(root|da(_DK)?|en(_US|_GB|_DK|_150|_001)?)\.dat$")

UNUSED_MODULES = (
    *("tkinter", "test", "idlelib", "turtle", "turtledemo", "ensurepip", "venv", "lib2to3", "pydoc_data", "IPython", "jinja2", "fontTools"),
    *("PySide6.QtNetwork", "PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtDesigner", "PySide6.QtSql", "PySide6.QtPrintSupport"),
    *("PySide6.QtHelp", "PySide6.QtUiTools", "PySide6.QtXml", "PySide6.QtConcurrent"),
    *("pyarrow.flight", "pyarrow._flight", "pyarrow.substrait", "pyarrow._substrait", "pyarrow.gandiva", "pyarrow.orc", "pyarrow._orc"),
    *("pyarrow._s3fs", "pyarrow._gcsfs", "pyarrow._azurefs", "pyarrow._hdfs", "pyarrow.cuda", "pyarrow.dataset", "pyarrow._dataset"),
    *("pyarrow._dataset_parquet", "pyarrow._dataset_parquet_encryption", "pyarrow._dataset_orc", "pyarrow._parquet_encryption"),
    *("pyarrow.parquet.encryption", "pyarrow.jvm", "pyarrow.conftest", "pyarrow.cffi", "pyarrow.benchmark"),
    *("pyqtgraph.examples", "pyqtgraph.opengl", "pyqtgraph.jupyter", "pyqtgraph.canvas", "pyqtgraph.flowchart", "pyqtgraph.dockarea"),
    *("cvxopt", "pulp", "polars", "r4pm"),  # pm4py tries them and works without: scipy solves its linear programs
    *("pm4py.algo.anonymization", "pm4py.privacy", "pm4py.algo.querying.llm.connectors", "pm4py.cli"),
)
"""Never asked for by the product: networks, consoles, other windows, and the parts of pm4py that it does not use."""

_QT = r"PySide6/(Qt/)?"
UNWANTED_FILES = re.compile(
    "|".join(
        (
            r"(^|/)(lib)?Qt6?(Network|Qml|Quick|Pdf|VirtualKeyboard|WebEngine|WebSockets|Sql|Designer|Help|WaylandCompositor)",
            r"(^|/)(lib)?Qt6?(WaylandEglClientHwIntegration|WaylandEglCompositorHwIntegration|EglFS|EglFs)",
            r"(^|/)(opengl32sw|d3dcompiler_\d+)\.dll$",
            _QT + r"translations/(?!qtbase_(da|en)\.qm$)",
            _QT + r"(qml|metatypes|resources|libexec|typesystems|glue|include|scripts|doc)/",
            _QT + r"plugins/(?!platforms/|imageformats/|iconengines/|styles/|platformthemes/|platforminputcontexts/|wayland-)",
            _QT + r"plugins/wayland-(graphics-integration-server|graphics-integration-client)/",
            _QT + r"plugins/platforms/(lib)?q(?!offscreen|xcb|wayland|windows|cocoa)",
            _QT + r"plugins/imageformats/(lib)?q(?!svg|ico|icns|png)",
            _QT + r"plugins/platforminputcontexts/(lib)?qtvirtualkeyboard",
            _QT + r"plugins/platformthemes/(lib)?qgtk3",
            r"(lib)?(arrow|arrow_python)_(flight|s3|cuda|orc)\b",
            r"pyarrow/(lib)?arrow_python(_parquet_encryption|_flight)?\.(so(\.\d+\.\d+\.\d+)?|dylib)$",
            r"pyarrow/(lib)?arrow_python_parquet_encryption",
            r"pyarrow/(include|includes|src|tests)/|pyarrow/.*\.(pyx|pxi|pxd|h|lib)$",
            r"(^|/)lib(gtk-3|gdk-3|cairo|pango|atk|atspi|epoxy)[-.\w]*\.so",
            r"(^|/)tests?/",
            r"matplotlib/mpl-data/(sample_data|images|plot_directive|fonts/(afm|pdfcorefonts))/",
            r"(^|/)(direct_url\.json|RECORD|INSTALLER|REQUESTED)$",
        )
    )
)
"""Files that libraries bring along by their path in the bundle: networks, other languages, sources, tests, other kinds of windows."""

FORBIDDEN_FILES = re.compile(
    r"Qt6?(Network|Qml|Quick|WebEngine)|plugins/(tls|networkinformation|qmltooling)/|arrow_flight|arrow_s3|_s3fs|_gcsfs|_azurefs"
    r"|(^|/)tests?/|_polars|pygraphviz|hypothesis|pytest|mypy"
)
"""What a finished bundle must not hold."""
LICENCE_FILES = re.compile(r"(licen[cs]e|copying|notice|authors)", re.IGNORECASE)
TEST_MODULE = re.compile(r"(^|\.)(tests?|conftest)(\.|$)")
RUN_TIME_HOOKS_LEFT_OUT = ("pyi_rth_mplconfig",)
"""It makes a temporary folder at every start, which an ended engine would leave behind."""

Entry = tuple[str, str, str]
"""Path in the bundle (or name of a module), path on disk, kind: as PyInstaller lists them."""


def product_modules() -> list[str]:
    """Every module of the product by its dotted name; pages are imported by name, so none is found by looking at imports alone."""
    return sorted(_modules(file.relative_to(ROOT) for package in PACKAGES for file in (ROOT / package).rglob("*.py")))


def hidden_modules() -> list[str]:
    """Modules that are asked for by name only."""
    return [*product_modules(), "tzdata"]


def _modules(files: Iterable[Path]) -> Iterator[str]:
    for file in files:
        parts = file.with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def excluded_modules() -> list[str]:
    """What is not to be found: parts that the product does not use, and everything that only development needs."""
    shipped = set(closure(product_requirements()))
    development = [
        name for name, owners in packages_distributions().items() if not {canonicalize_name(owner) for owner in owners} & shipped
    ]
    return sorted({*UNUSED_MODULES, *(name for name in development if name.isidentifier())})


def data_files() -> list[tuple[str, str]]:
    """The product's own files: (on disk, folder in the bundle); and the licence texts of everything that is shipped."""
    resources = [(str(path), str(_folder(path))) for path in sorted((ROOT / "resources").rglob("*")) if _is_shipped(path)]
    licences = [(str(path), f"licences/{name}") for name, path in licence_texts()]
    return [*resources, *licences, (str(ROOT / "LICENSE"), "licences/sagsflow")]


def _is_shipped(path: Path) -> bool:
    return path.is_file() and path.relative_to(ROOT / "resources").parts[0] not in RESOURCES_LEFT_OUT


def _folder(path: Path) -> Path:
    return path.parent.relative_to(ROOT)


def licence_texts() -> list[tuple[str, Path]]:
    """Name of each shipped library and a file with its licence."""
    found = [(name, distribution(name)) for name in sorted(closure(product_requirements()))]
    return [(name, path) for name, installed in found for path in _licences_of(installed)]


def _licences_of(installed: Distribution) -> list[Path]:
    files = [file for file in installed.files or () if ".dist-info" in file.parts[0] and LICENCE_FILES.search(file.as_posix())]
    return sorted(path for path in (Path(str(file.locate())) for file in files) if path.is_file())


def wanted_files(entries: Iterable[Entry]) -> list[Entry]:
    """The entries that belong into the bundle."""
    return [entry for entry in entries if is_wanted(Path(entry[0]).as_posix())]


def is_wanted(path: str) -> bool:
    """Whether a file belongs into the bundle, by its path there."""
    if path.startswith(("resources/", "licences/")):
        return True
    if "babel/locale-data/" in path:
        return LOCALES.search(path) is not None
    return UNWANTED_FILES.search(path) is None


def wanted_modules(entries: Iterable[Entry]) -> list[Entry]:
    """The modules without the libraries' own tests."""
    return [entry for entry in entries if not TEST_MODULE.search(entry[0])]


def wanted_scripts(entries: Iterable[Entry]) -> list[Entry]:
    """What runs at the start of the program."""
    return [entry for entry in entries if entry[0] not in RUN_TIME_HOOKS_LEFT_OUT]
