"""The steps of a wash in words."""

from __future__ import annotations

from msgspec.structs import asdict

from engine.errors import N_
from engine.texts import Texts
from engine.washing import values
from engine.washing.values import AnyStep

NAMES: dict[type, str] = {
    values.Trim: N_("Remove extra spaces"),
    values.UnifySpelling: N_("Write the same thing the same way"),
    values.RepairEncoding: N_("Mend letters that were read in the wrong encoding"),
    values.UnifyDecimals: N_("Write decimal numbers with one sign"),
    values.UnifyIds: N_("Write ids the same way"),
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
    values.SplitAtActivity: N_("Begin a new case at an activity"),
    values.SplitAtChange: N_("Begin a new case when a column changes"),
    values.MergeCases: N_("Join cases that continue each other"),
    values.AgeBand: N_("Make age bands of birth dates"),
    values.KeywordActivity: N_("Make activities of free text"),
    values.CaseworkerOrder: N_("Tell caseworkers of a case apart without names"),
}


def name_of(step: AnyStep, texts: Texts) -> str:
    """A step's name."""
    return texts(NAMES[type(step)])


def detail_of(step: AnyStep, texts: Texts) -> str:
    """What a step is about, in a few words: its columns, values and numbers."""
    fields = asdict(step)
    said = [fields[name] for name in ("column", "activity", "by", "earlier", "on") if fields.get(name)]
    said += [", ".join(fields["columns"])] if fields.get("columns") else []
    if fields.get("into"):
        said = [*said[:-1], f"{said[-1] if said else ''} → {fields['into']}".strip()]
    said += [", ".join(fields["activities"])] if fields.get("activities") else []
    said += [texts.plural("{n} value", "{n} values", len(fields["values"]))] if fields.get("values") else []
    said += [texts.plural("{n} code", "{n} codes", len(fields["table"]))] if fields.get("table") else []
    said += [fields["pattern"]] if fields.get("pattern") else []
    said += [texts("{n} min", n=fields["minutes"])] if "minutes" in fields else []
    said += [texts("keep the first")] if fields.get("keep") == "first" else []
    said += [texts("decimal sign {sign}", sign=fields["sign"])] if "sign" in fields else []
    said += [texts("{n} d", n=fields["days"])] if "days" in fields else []
    said += [f"{fields.get('first') or '…'} – {fields.get('end') or '…'}"] if "end" in fields else []
    return " · ".join(said)
