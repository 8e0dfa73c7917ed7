"""What the steps of a wash mean, beside their names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from engine.errors import N_
from engine.log.columns import Notice
from engine.texts import Texts
from engine.washing import values
from engine.washing.words import NAMES, detail_of, name_of

__all__ = ["GROUPS", "MEANINGS", "NAMES", "codes_words", "detail_of", "kind_of", "name_of", "notice_words"]

MOST_CODES = 12
"""So many codes are named beside a step."""
MEANINGS: dict[type, str] = {
    values.Trim: N_("Spaces at both ends of a cell go, and several in a row become one."),
    values.UnifySpelling: N_("Cells that differ only in capitals, spaces and signs are written like the most frequent of them."),
    values.RepairEncoding: N_("“Ã¦” becomes “æ” again in the cells where that is certain. Without a choice: in all columns that are read."),
    values.UnifyDecimals: N_("“7.50” and “7,50” become one. What may be thousands as well, such as “1.250”, stays as it is."),
    values.UnifyIds: N_("Spaces, hyphens and zeros at the beginning go, and letters are capitals: ids of several systems become equal."),
    values.MapValues: N_("Each code is looked up in your table. Codes that are not in it stay as they are."),
    values.JoinColumns: N_("The filled cells of several columns become one, in their order."),
    values.SplitActivity: N_("One activity becomes several by what another column says: “Decision” becomes “Decision – granted”."),
    values.KeepRows: N_("Only rows in which the column holds one of the values stay."),
    values.DropRows: N_("Rows in which the column holds one of the values go, such as cancelled events."),
    values.DropCases: N_("Whole cases go if the column holds one of the values in any of their rows, such as test citizens."),
    values.DropDuplicates: N_("Of rows that are equal in these columns the first stays. Without a choice: in all columns that are read."),
    values.DropNearDuplicates: N_(
        "When a case has the same activity again within these minutes, only one stays: the last, with its corrections, or the first."
    ),
    values.RepairSummerTime: N_(
        "In the hour that comes twice in autumn, times move to its second round where the order of the rows shows it."
    ),
    values.ClipPeriod: N_("Rows outside the period go; rows without a time stay."),
    values.SplitCases: N_("When nothing has happened in a case for so many days, what follows is a new case."),
    values.SplitAtActivity: N_("Each time one of the activities comes, a new case begins."),
    values.SplitAtChange: N_("When the column says something else than before in the case, a new case begins. Empty cells change nothing."),
    values.MergeCases: N_("A column names the case that this one continues; both become one."),
    values.AgeBand: N_("Birth dates or CPR numbers become a band of ages, and their column goes."),
    values.KeywordActivity: N_("The first keyword that a text holds gives the activity. The text is read on this computer and goes."),
    values.CaseworkerOrder: N_(
        "The caseworkers of a case become 1, 2, 3 … by their first event, and who they are goes: handovers are seen, nobody is."
    ),
}
GROUPS: tuple[tuple[str, tuple[type, ...]], ...] = (
    (
        N_("Mend cells"),
        (
            *(values.Trim, values.UnifySpelling, values.RepairEncoding, values.UnifyDecimals, values.UnifyIds, values.MapValues),
            values.RepairSummerTime,
        ),
    ),
    (N_("Make columns and activities"), (values.JoinColumns, values.SplitActivity)),
    (
        N_("Leave out rows"),
        (values.KeepRows, values.DropRows, values.DropCases, values.DropDuplicates, values.DropNearDuplicates, values.ClipPeriod),
    ),
    (N_("Cut and join cases"), (values.SplitCases, values.SplitAtActivity, values.SplitAtChange, values.MergeCases)),
    (N_("Treat what tells of persons"), (values.AgeBand, values.KeywordActivity, values.CaseworkerOrder)),
)
"""The kinds of steps as the menu shows them."""


def kind_of(tag: str) -> type | None:
    """The kind of step that a recipe calls by this tag."""
    return next((kind for kind in NAMES if cast(Any, kind).__struct_config__.tag == tag), None)


def notice_words(notice: Notice, texts: Texts) -> str:
    """A notice as a sentence."""
    return texts(notice.message, **notice.values)


def codes_words(outcome: values.Outcome, texts: Texts) -> str:
    """Which values the table of a step does not know, and which of those that it names are not there; "" where it fits the file."""
    codes, said = outcome.codes, []
    if outcome.unknown:
        said.append(texts.plural("{n} value is not in the table.", "{n} values are not in the table.", outcome.unknown))
    elif codes.unknown:
        said.append(texts.plural("{n} text holds none of the keywords.", "{n} texts hold none of the keywords.", codes.unknown))
    if codes.new:
        said.append(texts("In several cases: {codes}.", codes=_named(codes.new, texts)))
    if codes.gone:
        said.append(texts.plural("{n} value of the step does not occur.", "{n} values of the step do not occur.", codes.gone))
    if codes.missing:
        said.append(texts("Not there: {codes}.", codes=_named(codes.missing, texts)))
    said += [texts("{old} may now be called {new}.", old=old, new=new) for old, new in codes.renamed.items()]
    return " ".join(said)


def _named(codes: Sequence[str], texts: Texts) -> str:
    """The first of the codes, and how many more there are."""
    more = [texts("{n} more", n=texts.number(len(codes) - MOST_CODES))] if len(codes) > MOST_CODES else []
    return ", ".join([*codes[:MOST_CODES], *more])
