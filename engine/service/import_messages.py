"""Importing extracts: the files of one or several systems, what their columns mean, the steps that wash them, and the log they make."""

from __future__ import annotations

from msgspec import Struct

from engine.log.columns import Notice
from engine.service.opening_messages import Opened, Secret, TablePreview
from engine.washing.values import AnyStep, Outcome, Recipe, TableRecipe


class PlanImport(Struct, frozen=True, tag=True):
    """Read the files of an import, or those that are new among them; one secret is tried on all. recipe: path of a TOML file."""

    paths: tuple[str, ...]
    secret: Secret = Secret()
    recipe: str | None = None


class PersonalSign(Struct, frozen=True):
    """A kind of personal data that a column shows (`engine.personal.signs`), and how sure that is, 0..1."""

    kind: str
    confidence: float


class Stamps(Struct, frozen=True):
    """How a column of times is written: the share of its first cells that can be read (0..1), and how finely most are.

    precision: 0 no time, 1 day, 2 minute, 3 second, 4 finer.
    """

    share: float
    precision: int


class PlannedFile(Struct, frozen=True):
    """One file of an import. problem: why it cannot be taken in; locked: another secret may open it.

    table: its roles and steps, guessed or from the recipe; preview: its first rows, masked, under these roles.
    persons: columns with civil registration numbers. fits: whether the recipe has a table for it, None without a recipe.
    changes: how it differs from what the recipe was made for. signs: by column, what its first rows tell of persons, surest first.
    stamps: by column, how its times are written, for those that hold times. common: by column, cells that several of the first cases have
    and that tell of nobody. empty: columns whose first rows hold nothing.
    """

    path: str
    name: str
    problem: Notice | None = None
    locked: bool = False
    encrypted: bool = False
    table: TableRecipe | None = None
    preview: TablePreview | None = None
    persons: tuple[str, ...] = ()
    fits: bool | None = None
    changes: tuple[Notice, ...] = ()
    signs: dict[str, tuple[PersonalSign, ...]] = {}
    stamps: dict[str, Stamps] = {}
    common: dict[str, tuple[str, ...]] = {}
    empty: tuple[str, ...] = ()


class ImportPlan(Struct, frozen=True):
    """The files in the order of the question."""

    files: tuple[PlannedFile, ...]
    recipe_name: str = ""


class PreviewFile(Struct, frozen=True, tag=True):
    """Preview a file of the plan under other roles; it is already in memory. Its answer is a PlannedFile."""

    path: str
    table: TableRecipe


class TryWash(Struct, frozen=True, tag=True):
    """Run the steps of a table over all the rows of its file."""

    path: str
    table: TableRecipe


class WashTried(Struct, frozen=True):
    """What each step did. values: by column, the frequent cells (each in five cases or more) that may be named in a step."""

    path: str
    rows_in: int
    rows_out: int
    outcomes: tuple[Outcome, ...]
    values: dict[str, tuple[str, ...]] = {}


class SuggestSteps(Struct, frozen=True, tag=True):
    """Which further steps would touch rows of a file, after those of its table."""

    path: str
    table: TableRecipe


class Suggestion(Struct, frozen=True):
    """A step and how many rows it would change or leave out."""

    step: AnyStep
    rows: int


class Suggestions(Struct, frozen=True):
    """Suggested steps in the order in which they are best taken. found: what all columns of the file show of how it was written."""

    path: str
    steps: tuple[Suggestion, ...]
    found: tuple[Notice, ...] = ()


class ImportFile(Struct, frozen=True):
    """A file and how it is read and washed."""

    path: str
    table: TableRecipe


class TakeIn(Struct, frozen=True, tag=True):
    """Make one log of the files. Those that are not in memory are read first, with the secret."""

    files: tuple[ImportFile, ...]
    secret: Secret = Secret()

    @property
    def path(self) -> str:
        """The first file, which names the log."""
        return self.files[0].path


class TakenFile(Struct, frozen=True):
    """A file, its rows, and the events, or the states of cases, that they became."""

    name: str
    rows: int
    events: int
    spells: int = 0


class TakenIn(Struct, frozen=True):
    """The log stands open in the engine. warnings: what there is to say about the files and the log."""

    opened: Opened
    files: tuple[TakenFile, ...]
    warnings: tuple[Notice, ...] = ()


class WriteRecipe(Struct, frozen=True, tag=True):
    """Ask for a recipe as a file."""

    recipe: Recipe


class RecipeFile(Struct, frozen=True):
    """The content of a recipe file (TOML)."""

    content: bytes


class ReadCodes(Struct, frozen=True, tag=True):
    """Read a table of codes and what they mean from a file (CSV), for the step that maps codes."""

    path: str
    secret: Secret = Secret()


class Codes(Struct, frozen=True):
    """The codes of a file with their names. code, name: the columns that they stand in."""

    code: str
    name: str
    table: dict[str, str]


class ScanProject(Struct, frozen=True, tag=True):
    """Look through everything that the open project keeps for what tells of persons."""


class PersonalPlace(Struct, frozen=True):
    """A place of a project (a catalogue sentence, or a column), the kind of personal data in it, and how many different texts show it."""

    place: str
    kind: str
    count: int


class ProjectScanned(Struct, frozen=True):
    """What a scan found. texts: how many different ones were looked at."""

    texts: int
    places: tuple[PersonalPlace, ...] = ()
