"""An extract as somebody reads it who knows nothing of how it was made: its files, and a count of every defect in them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

import pandas as pd

from engine.demo.extract_plan import PLANS, ExtractDefect
from engine.demo.extracts import Extract

D = ExtractDefect
MOJIBAKE = re.compile("Ã|â€")
DAY_FIRST = re.compile(r"(\d\d)-(\d\d)-(\d{4})(?: (?:kl\. )?(\d\d)[:.](\d\d)(?::(\d\d))?)?")
YEAR_FIRST = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?")
ONE_DAY, TEN_MINUTES = pd.Timedelta(days=1), pd.Timedelta(minutes=10)


def moments(cells: pd.Series) -> pd.Series:
    """Danish or ISO times; NaT for empty cells."""
    return pd.to_datetime(cells.map(iso), format="%Y-%m-%d %H:%M:%S")


def iso(text: str) -> str | None:
    if not text:
        return None
    if found := DAY_FIRST.fullmatch(text):
        day, month, year, *clock = found.groups(default="00")
    else:
        found = YEAR_FIRST.fullmatch(text)
        assert found is not None, text
        year, month, day, *clock = found.groups(default="00")
    return f"{year}-{month}-{day} {':'.join(clock)}"


def mended(text: str) -> str:
    """Text that was UTF-8 but read as cp1252."""
    return text.encode("cp1252").decode("utf-8") if MOJIBAKE.search(text) else text


def last_sunday_of_october(year: int) -> date:
    day = date(year, 10, 31)
    return day - timedelta((day.weekday() + 1) % 7)


@dataclass(frozen=True, eq=False)
class Reader:
    """The files of an extract as tables of text."""

    extract: Extract

    def table(self, holds: str) -> pd.DataFrame:
        file = next(file for file in self.extract.files if file.form.holds == holds)
        text = file.content.decode(file.form.encoding)
        return pd.read_csv(io.StringIO(text), sep=file.form.delimiter, dtype=str, keep_default_na=False, quoting=3)

    @cached_property
    def raw(self) -> pd.DataFrame:
        return self.table("events")

    @cached_property
    def codes(self) -> pd.DataFrame:
        return self.table("codes").set_index("kode")

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The rows without exact copies, mended, with their times, and with the case and activity that they belong to."""
        frame = self.raw.drop_duplicates().copy()
        frame["ødelagt"] = (frame["aktivitet"] + frame["enhed"] + frame["bemærkning"]).str.contains(MOJIBAKE)
        for column in ("aktivitet", "enhed", "bemærkning"):
            frame[column] = frame[column].map(mended)
        frame["nr"] = frame["hændelse_nr"].astype(int)
        for column, text in (("tidspunkt", "tid"), ("registrering", "registreret")):
            frame[column] = moments(frame[text])
        frame["trin"] = frame["kode"].map(self.codes["aktivitet"])
        frame["sag"] = frame["tidligere_sag"].where(frame["tidligere_sag"] != "", frame["sag_id"])
        return frame

    def numbers(self, hit: pd.Series) -> list[int]:
        """Running numbers of the rows that show a sign."""
        return sorted(self.rows.loc[hit, "nr"])

    def matching(self, pattern: str, column: str = "tid") -> list[int]:
        return self.numbers(self.rows[column].str.fullmatch(pattern))

    # ---- one defect at a time ------------------------------------------------------------------------------------------------

    def copies(self) -> list[int]:
        return sorted(self.raw.loc[self.raw.duplicated(), "hændelse_nr"].astype(int))

    def corrections(self) -> list[int]:
        """Repetitions within ten minutes by the same step of a case."""
        frame = self.rows[(self.rows["annulleret"] == "nej") & self.rows["tidspunkt"].notna()]
        frame = frame.sort_values(["sag", "trin", "tidspunkt", "nr"])
        gap = frame.groupby(["sag", "trin"])["tidspunkt"].diff()
        return sorted(frame.loc[gap <= TEN_MINUTES, "nr"])

    def missing_numbers(self) -> list[int]:
        numbers = set(self.rows["nr"])
        return sorted(set(range(1, max(numbers) + 1)) - numbers)

    def misspelled(self) -> list[int]:
        text, frame = self.rows["aktivitet"], self.rows
        usual = text[self.codes.loc[frame["kode"], "gyldig_fra"].eq("").to_numpy()]
        return sorted(frame.loc[usual.index[usual != frame.loc[usual.index, "trin"]], "nr"])

    def new_codes(self) -> list[int]:
        return self.numbers(pd.Series(self.codes.loc[self.rows["kode"], "gyldig_fra"].ne("").to_numpy(), self.rows.index))

    def in_the_double_hour(self) -> list[int]:
        time = self.rows["tidspunkt"]
        changes = {last_sunday_of_october(year) for year in range(2020, 2030)}
        return self.numbers(time.dt.date.isin(changes) & (time.dt.hour == 2))

    def personal(self) -> list[int]:
        names = set(self.table("people")["navn"])
        notes = {note for note in self.rows["bemærkning"].unique() if note}
        signs = re.compile(r"\d{6}-\d{4}|\d\d \d\d \d\d \d\d|@|" + "|".join(map(re.escape, sorted(names))))
        return self.numbers(self.rows["bemærkning"].isin({note for note in notes if signs.search(note)}))

    def companies(self) -> list[int]:
        if "virksomhed" not in self.rows:
            return []
        told = [name in note for name, note in zip(self.rows["virksomhed"].map(mended), self.rows["bemærkning"], strict=True)]
        return self.numbers(pd.Series(told, self.rows.index))

    def batches(self) -> list[int]:
        frame = self.rows[(self.rows["sagsbehandler"] != "") & self.rows["tid"].str.contains(r":\d\d:\d\d$")]
        size = frame.groupby(["sagsbehandler", "tidspunkt"])["nr"].transform("size")
        return sorted(frame.loc[size >= 20, "nr"])

    def a_minute_apart(self) -> list[int]:
        pair = PLANS[self.extract.truth.log].one_minute
        frame = self.rows.sort_values(["sag", "nr"])
        before = frame.groupby("sag")["trin"].shift()
        gap = frame.groupby("sag")["tidspunkt"].diff()
        hit = (gap == pd.Timedelta(minutes=1)) & (before.eq(pair[0]) & frame["trin"].eq(pair[1]) if pair else False)
        return sorted(frame.loc[hit, "nr"])

    def registered_late(self, starts: bool) -> list[int]:
        lag = self.rows["registrering"] - self.rows["tidspunkt"] >= ONE_DAY
        return self.numbers(lag & self.rows["trin"].isin(PLANS[self.extract.truth.log].retro).eq(starts))

    def without_end(self) -> list[int]:
        return self.numbers(self.rows["trin"].isin(list(PLANS[self.extract.truth.log].spells)) & self.rows["slut"].eq(""))

    def borrowed_numbers(self) -> list[int]:
        """Rows under an employee's number in another unit than where the number was used first."""
        frame = self.rows[self.rows["aktør_type"].eq("medarbejder") & self.rows["sagsbehandler"].ne("SYSTEM")]
        timed = frame.dropna(subset=["tidspunkt"]).sort_values(["tidspunkt", "nr"])
        home = timed.groupby("sagsbehandler")["enhed"].first()
        return sorted(timed.loc[timed["enhed"] != timed["sagsbehandler"].map(home), "nr"])

    def disagreements(self) -> list[int]:
        planner = self.table("planner").set_index("booking_nr")
        planned = moments(planner.loc[planner["status"] == "afholdt", "starttid"])
        talks = self.rows[self.rows["trin"].eq(PLANS[self.extract.truth.log].talk) & self.rows["objekt_ref"].isin(planned.index)]
        return sorted(talks.loc[talks["tidspunkt"] != talks["objekt_ref"].map(planned), "nr"])

    def recount(self, defect: ExtractDefect) -> list[int]:
        """The running numbers of the rows that hold a defect."""
        frame = self.rows
        counts: dict[ExtractDefect, Callable[[], list[int]]] = {
            D.DUPLICATE: self.copies,
            D.NEAR_DUPLICATE: self.corrections,
            D.CANCELLED: lambda: self.numbers(frame["annulleret"] == "ja"),
            D.CANCELLED_DELETED: self.missing_numbers,
            D.TEST_CITIZEN: lambda: self.numbers(frame["enhed"] == "Testenhed"),
            D.BROKEN_CASE_ID: lambda: self.numbers(frame["tidligere_sag"] != ""),
            D.CHANGED_CODE: self.new_codes,
            D.SPELLING: self.misspelled,
            D.MIXED_ENCODING: lambda: self.numbers(frame["ødelagt"]),
            D.MIXED_DATE_FORM: lambda: self.matching(r"\d{4}-.*"),
            D.CLOCK_FORM: lambda: self.matching(r".*kl\..*"),
            D.DECIMAL_POINT: lambda: self.matching(r"\d+\.\d+", "timer"),
            D.SUMMER_TIME: self.in_the_double_hour,
            D.PERSONAL_TEXT: self.personal,
            D.COMPANY_TEXT: self.companies,
            D.DATE_ONLY: lambda: self.matching(r"\d\d-\d\d-\d{4}|\d{4}-\d\d-\d\d"),
            D.MIDNIGHT: lambda: self.matching(r".* 00:00:00"),
            D.NIGHT_JOB: lambda: self.matching(r".* 00:(0[1-9]|10):\d\d"),
            D.BATCH: self.batches,
            D.ONE_MINUTE: self.a_minute_apart,
            D.LATE_REGISTRATION: lambda: self.registered_late(False),
            D.RETRO_DATED: lambda: self.registered_late(True),
            D.FUTURE_DATED: lambda: self.numbers(frame["tidspunkt"] > pd.Timestamp(self.extract.truth.extracted_at)),
            D.MISSING_END: self.without_end,
            D.REUSED_EMPLOYEE: self.borrowed_numbers,
            D.SYSTEM_USER: lambda: self.numbers(frame["aktør_type"].eq("medarbejder") & frame["sagsbehandler"].eq("SYSTEM")),
            D.PLANNER_DISAGREES: self.disagreements,
        }
        return counts[defect]()

    # ---- the wash ------------------------------------------------------------------------------------------------------------

    def washed(self) -> pd.DataFrame:
        """Case and step of every event, in order, after undoing by hand what can be undone; nothing else is changed."""
        frame = self.rows[(self.rows["annulleret"] == "nej") & (self.rows["enhed"] != "Testenhed")]
        frame = frame[~frame["nr"].isin(self.corrections())].copy()
        frame["plads"] = range(len(frame))
        frame = frame.sort_values(["sag", "plads"])
        second_run = frame["nr"].isin(self.in_the_double_hour()) & (frame.groupby("sag")["tidspunkt"].diff() < pd.Timedelta(0))
        frame["tidspunkt"] += pd.to_timedelta(second_run.astype(int), unit="h")
        frame["tidspunkt"] = frame.groupby("sag")["tidspunkt"].ffill()
        return frame.sort_values(["sag", "tidspunkt", "plads"], kind="stable")[["sag", "trin"]]


def arcs_of(events: pd.DataFrame) -> dict[tuple[str, str], int]:
    """How often one step follows another directly, from rows by case and time."""
    found: dict[tuple[str, str], int] = {}
    for (case, one), (other_case, other) in pairwise(events.itertuples(index=False, name=None)):
        if case == other_case:
            found[one, other] = found.get((one, other), 0) + 1
    return found
