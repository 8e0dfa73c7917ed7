"""What the user has decided about an import so far: files, roles, steps; nothing of it is lost when a page is gone back to."""

from __future__ import annotations

from msgspec.structs import asdict, replace

from engine.log.columns import ACTIVITY, CASE, OF_SPELLS, ONE_COLUMN, SEVERAL_COLUMNS, ColumnRoles
from engine.service.messages import ColumnGuess, ImportFile, ImportPlan, PlannedFile, Secret, TakeIn
from engine.washing.values import AnyStep, JoinColumns, Recipe, TableRecipe

JOINED_ROLES = (CASE, ACTIVITY)
EVERY_ROLE = (*ONE_COLUMN, *OF_SPELLS, *SEVERAL_COLUMNS)
BETWEEN = " + "


class ImportDraft:
    """Files in their order, one table of the recipe for each, and the steps that can be undone."""

    def __init__(self, paths: tuple[str, ...] = ()) -> None:
        self.paths = paths
        self.recipe: str | None = None
        self.secret = Secret()
        self.plan: ImportPlan | None = None
        self._planned_for: tuple[object, ...] = ()
        self._tables: dict[str, TableRecipe] = {}
        self._guessed: dict[tuple[str, str], ColumnGuess] = {}
        self._unguessed: set[str] = set()
        self._history: list[tuple[str, tuple[AnyStep, ...]]] = []

    @staticmethod
    def again(question: TakeIn) -> ImportDraft:
        """The choices that made a log, to be changed; its secrets are asked for anew."""
        draft = ImportDraft(tuple(file.path for file in question.files))
        draft._tables = {file.path: file.table for file in question.files}
        return draft

    # ---- files -----------------------------------------------------------------------------------------------------------------

    @property
    def is_planned(self) -> bool:
        """Whether the files as they are chosen have been read, without a problem."""
        return self.plan is not None and self._planned_for == self._choices() and not any(file.problem for file in self.plan.files)

    def _choices(self) -> tuple[object, ...]:
        return self.paths, self.recipe, self.secret.passphrase, self.secret.identity_path

    def take_plan(self, plan: ImportPlan) -> None:
        """Keep what was read; choices about files that were there before stay, unless another recipe was chosen."""
        if self._planned_for and self._planned_for[1] != self.recipe:
            self._tables.clear()
            self._history.clear()
        self.plan, self._planned_for = plan, self._choices()
        for file in plan.files:
            if file.table is not None and file.path not in self._tables:
                self._tables[file.path] = file.table
                self._keep_guess(file)

    def _keep_guess(self, file: PlannedFile) -> None:
        for guess in file.preview.guesses if file.preview is not None else ():
            self._guessed[file.path, guess.column] = guess

    def guess(self, path: str, column: str) -> ColumnGuess | None:
        """What a column was found to be, None where it could be anything."""
        return self._guessed.get((path, column))

    def leave_out(self, path: str) -> None:
        """A file is not to be imported after all."""
        self.paths = tuple(other for other in self.paths if other != path)
        if self.plan is not None:
            self.plan = replace(self.plan, files=tuple(file for file in self.plan.files if file.path != path))
            self._planned_for = self._choices()

    def forget_plan(self) -> None:
        """The files are no longer in memory; what was chosen stays."""
        self.plan = None

    def take_file(self, file: PlannedFile) -> None:
        """A file was previewed anew. Cut in another way it has other columns: then the roles are those that were guessed among them."""
        if file.preview is not None and (file.path in self._unguessed or self._lacks(file)):
            self._unguessed.discard(file.path)
            self.set_table(file.path, replace(self.table(file.path), roles=file.preview.options.roles, steps=()))
            self._keep_guess(file)
        if self.plan is not None:
            files = tuple(replace(file, fits=old.fits, changes=old.changes) if old.path == file.path else old for old in self.plan.files)
            self.plan = replace(self.plan, files=files)

    def _lacks(self, file: PlannedFile) -> bool:
        """Whether the roles and steps of a file name columns that it does not have."""
        there = {*(file.preview.columns if file.preview is not None else ()), *self.made(file.path)}
        return not there.issuperset(name for names in self.chosen(file.path).values() for name in names)

    @property
    def files(self) -> tuple[PlannedFile, ...]:
        """The files that were read."""
        return self.plan.files if self.plan is not None else ()

    # ---- tables ----------------------------------------------------------------------------------------------------------------

    def table(self, path: str) -> TableRecipe:
        """How a file is read and washed."""
        return self._tables[path]

    def set_table(self, path: str, table: TableRecipe) -> None:
        """Read and wash a file like this."""
        self._tables[path] = table

    def role_columns(self, path: str, role: str) -> tuple[str, ...]:
        """The columns that make a role: one, several that a step joins or that play it beside each other, or none."""
        table = self.table(path)
        name = getattr(table.roles, role)
        if isinstance(name, tuple):
            return name
        join = next((step for step in role_joins(table) if step.into == name), None)
        if join is not None:
            return join.columns
        return (name,) if name is not None else ()

    def chosen(self, path: str) -> dict[str, tuple[str, ...]]:
        """The columns of every role that is played, those that a step joins taken apart."""
        every = {role: self.role_columns(path, role) for role in EVERY_ROLE}
        return {role: columns for role, columns in every.items() if columns}

    def role_of(self, path: str, column: str) -> str | None:
        """The role that a column plays, alone or with others."""
        return next((role for role, columns in self.chosen(path).items() if column in columns), None)

    def give(self, path: str, column: str, role: str | None) -> None:
        """Let a column play a role, or none; a role of one column leaves the one that had it before."""
        chosen = {kind: tuple(name for name in columns if name != column) for kind, columns in self.chosen(path).items()}
        if role is not None:
            beside = chosen.get(role, ()) if role in JOINED_ROLES or role in SEVERAL_COLUMNS else ()
            chosen[role] = (*beside, column)
        self.set_roles(path, chosen)

    def set_roles(self, path: str, chosen: dict[str, tuple[str, ...]]) -> None:
        """Give roles their columns; several of a case or an activity become one by a step at the head of the wash."""
        table = self.table(path)
        steps = steps_after_roles(table)
        played: dict[str, str | tuple[str, ...] | None] = {}
        joins: list[JoinColumns] = []
        for role in EVERY_ROLE:
            columns = chosen.get(role, ())
            played[role] = columns if role in SEVERAL_COLUMNS else BETWEEN.join(columns) or None
            if role in JOINED_ROLES and len(columns) > 1:
                joins.append(JoinColumns(columns=columns, into=BETWEEN.join(columns)))
        unique = tuple({join.into: join for join in joins}.values())
        self.set_table(path, replace(table, roles=replace(table.roles, **played), steps=(*unique, *steps)))

    def set_table_kind(self, path: str, table: TableRecipe) -> None:
        """Take the rows of a file for events, or for states; its roles are guessed anew when it is previewed."""
        self.set_table(path, replace(table, roles=ColumnRoles(), steps=()))
        self._unguessed.add(path)

    def set_format(self, path: str, written: str) -> None:
        """Read the times of a file by a pattern (strptime)."""
        self.set_table(path, replace(self.table(path), timestamp_format=written))

    def made(self, path: str) -> tuple[str, ...]:
        """The columns that steps of the wash make, apart from those that make a role of several."""
        columns = dict.fromkeys(into for step in self.steps(path) if not step.paused and (into := getattr(step, "into", None)))
        return tuple(columns)

    # ---- steps -----------------------------------------------------------------------------------------------------------------

    def steps(self, path: str) -> tuple[AnyStep, ...]:
        """The steps of a file's wash, without those that make its roles."""
        return steps_after_roles(self.table(path))

    def set_steps(self, path: str, steps: tuple[AnyStep, ...]) -> None:
        """Change the steps; this can be undone."""
        self._history.append((path, self.steps(path)))
        self._put(path, steps)

    def _put(self, path: str, steps: tuple[AnyStep, ...]) -> None:
        table = self.table(path)
        self.set_table(path, replace(table, steps=(*role_joins(table), *steps)))

    @property
    def can_undo(self) -> bool:
        """Whether a change of steps can be taken back."""
        return bool(self._history)

    def undo(self) -> str | None:
        """Take the last change of steps back; the file that it was about."""
        if not self._history:
            return None
        path, steps = self._history.pop()
        if path not in self._tables:
            return None
        self._put(path, steps)
        return path

    def washed(self, path: str) -> set[str]:
        """The columns that steps of the wash look at."""
        fields = [asdict(step) for step in self.steps(path) if not step.paused]
        one = {str(name) for told in fields for field in ("column", "by", "earlier", "otherwise") if (name := told.get(field))}
        return one | {str(name) for told in fields for name in told.get("columns", ())}

    # ---- what it comes to --------------------------------------------------------------------------------------------------------

    def question(self) -> TakeIn:
        """The log to be made."""
        return TakeIn(tuple(ImportFile(file.path, self.table(file.path)) for file in self.files), self.secret)

    def written(self, name: str) -> Recipe:
        """The recipe for next month: files that are read and washed alike share a table of it."""
        tables: list[TableRecipe] = []
        for file in self.files:
            table = self.table(file.path)
            made = {step.into for step in role_joins(table)}
            columns = tuple(column for column in (file.preview.columns if file.preview else ()) if column not in made)
            table = replace(table, columns=columns)
            if table not in tables:
                tables.append(table)
        return Recipe(tuple(tables), name)


def role_joins(table: TableRecipe) -> tuple[JoinColumns, ...]:
    """The steps at the head of a wash that make the case or the activity of several columns."""
    played = {getattr(table.roles, role) for role in JOINED_ROLES}
    joins: list[JoinColumns] = []
    for step in table.steps:
        if not isinstance(step, JoinColumns) or step.into not in played or step.paused:
            break
        joins.append(step)
    return tuple(joins)


def steps_after_roles(table: TableRecipe) -> tuple[AnyStep, ...]:
    """The steps behind those."""
    return table.steps[len(role_joins(table)) :]
