"""The steps of a wash in words."""

from __future__ import annotations

from msgspec.structs import asdict

from engine.errors import N_
from engine.log.columns import Notice
from engine.texts import Texts
from engine.washing import values
from engine.washing.values import AnyStep

NAMES: dict[type, str] = {
    values.Trim: N_("Remove extra spaces"),
    values.UnifySpelling: N_("Write the same thing the same way"),
    values.MapValues: N_("Replace codes with names"),
    values.JoinColumns: N_("Join columns into one"),
    values.SplitActivity: N_("Split an activity by another column"),
    values.KeepRows: N_("Keep only certain rows"),
    values.DropRows: N_("Leave out certain rows"),
    values.DropCases: N_("Leave out certain cases"),
    values.DropDuplicates: N_("Leave out repeated rows"),
    values.DropNearDuplicates: N_("Leave out rows corrected within minutes"),
    values.RepairSummerTime: N_("Repair the hour that comes twice in autumn"),
    values.ClipPeriod: N_("Keep only a period"),
    values.SplitCases: N_("Begin a new case after a long pause"),
    values.MergeCases: N_("Join cases that continue each other"),
    values.AgeBand: N_("Make age bands of birth dates"),
    values.KeywordActivity: N_("Make activities of free text"),
    values.CaseworkerOrder: N_("Tell caseworkers of a case apart without names"),
}
MEANINGS: dict[type, str] = {
    values.Trim: N_("Spaces at both ends of a cell go, and several in a row become one."),
    values.UnifySpelling: N_("Cells that differ only in capitals, spaces and signs are written like the most frequent of them."),
    values.MapValues: N_("Each code is looked up in your table. Codes that are not in it stay as they are."),
    values.JoinColumns: N_("The filled cells of several columns become one, in their order."),
    values.SplitActivity: N_("One activity becomes several by what another column says: “Decision” becomes “Decision – granted”."),
    values.KeepRows: N_("Only rows in which the column holds one of the values stay."),
    values.DropRows: N_("Rows in which the column holds one of the values go, such as cancelled events."),
    values.DropCases: N_("Whole cases go if the column holds one of the values in any of their rows, such as test citizens."),
    values.DropDuplicates: N_("Of rows that are equal in these columns the first stays. Without a choice: in all columns that are read."),
    values.DropNearDuplicates: N_(
        "When a case has the same activity again within these minutes, the last one stays: a row and its corrections."
    ),
    values.RepairSummerTime: N_(
        "In the hour that comes twice in autumn, times move to its second round where the order of the rows shows it."
    ),
    values.ClipPeriod: N_("Rows outside the period go; rows without a time stay."),
    values.SplitCases: N_("When nothing has happened in a case for so many days, what follows is a new case."),
    values.MergeCases: N_("A column names the case that this one continues; both become one."),
    values.AgeBand: N_("Birth dates or CPR numbers become a band of ages, and their column goes."),
    values.KeywordActivity: N_("The first keyword that a text holds gives the activity. The text is read on this computer and goes."),
    values.CaseworkerOrder: N_(
        "The caseworkers of a case become 1, 2, 3 … by their first event, and who they are goes: handovers are seen, nobody is."
    ),
}


def name_of(step: AnyStep, texts: Texts) -> str:
    """A step's name."""
    return texts(NAMES[type(step)])


def detail_of(step: AnyStep, texts: Texts) -> str:
    """What a step is about, in a few words: its columns, values and numbers."""
    fields = asdict(step)
    said = [fields[name] for name in ("column", "activity", "by", "earlier", "on") if fields.get(name)]
    said += [", ".join(fields["columns"])] if fields.get("columns") else []
    said += [f"→ {fields['into']}"] if fields.get("into") else []
    said += [texts.plural("{n} value", "{n} values", len(fields["values"]))] if fields.get("values") else []
    said += [texts.plural("{n} code", "{n} codes", len(fields["table"]))] if fields.get("table") else []
    said += [fields["pattern"]] if fields.get("pattern") else []
    said += [texts("{n} min", n=fields["minutes"])] if "minutes" in fields else []
    said += [texts("{n} d", n=fields["days"])] if "days" in fields else []
    said += [f"{fields.get('first') or '…'} – {fields.get('end') or '…'}"] if "end" in fields else []
    return " · ".join(said)


def notice_words(notice: Notice, texts: Texts) -> str:
    """A notice as a sentence."""
    return texts(notice.message, **notice.values)
