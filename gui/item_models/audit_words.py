"""What the records of the audit log say in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from engine.errors import N_
from engine.service.messages import AuditRecord
from engine.texts import Texts
from engine.validation.words import KINDS, METHODS

EVENTS = {
    "import": N_("A file was read"),
    "read": N_("A log was made of it"),
    "create": N_("The project was made"),
    "save": N_("The project was written anew"),
    "open": N_("The project was opened"),
    "describe": N_("The project was described in a shell"),
    "lock": N_("The project was locked"),
    "case": N_("A case was looked at"),
    "export": N_("A file left the screen"),
    "scan": N_("The project was scanned for personal data"),
    "passphrase": N_("The passphrase was changed"),
    "recovery": N_("A recovery key was set"),
    "recovery_removed": N_("The recovery key was removed"),
    "recovery_checked": N_("The recovery key was tried and works"),
    "analyst": N_("The analyst's key was let in"),
    "analyst_removed": N_("The analyst's key was shut out"),
    "deadline": N_("The day of deletion was changed"),
    "audit_kept": N_("The keeping of the audit log was changed"),
    "retention": N_("Old records of the audit log were dropped"),
    "audit_exported": N_("The audit log was written into a file"),
    "citizen_exported": N_("A citizen's data were written into a file"),
    "forget": N_("A citizen's data were removed"),
    "sample": N_("A sample was drawn for validation"),
    "comment": N_("A caseworker's comment was written"),
    "comment_removed": N_("A comment was removed"),
    "wash_step": N_("A step of the wash was decided on"),
    "sign": N_("The data were signed as valid"),
    "sign_withdrawn": N_("The signature was withdrawn"),
}
FACTS = {
    "bytes": N_("{value} bytes"),
    "events": N_("{value} events"),
    "cases": N_("{value} cases"),
    "columns": N_("{value} columns"),
    "records": N_("{value} records"),
    "case": N_("code {value}"),
    "kind": N_("kind {value}"),
    "k": N_("at least {value} cases a number"),
    "sha256": N_("SHA-256 {value}"),
    "key": N_("fingerprint {value}"),
    "hits": N_("{value} places found"),
    "from": N_("from {value}"),
    "to": N_("to {value}"),
    "reason": N_("reason: {value}"),
    "months": N_("{value} months"),
    "dropped": N_("{value} dropped"),
    "before": N_("older than {value}"),
    "head": N_("head before {value}"),
    "count": N_("{value} records before"),
    "version": N_("version {value}"),
    "seed": N_("seed {value}"),
    "method": N_("drawn: {value}"),
    "file": N_("file no. {value}"),
    "step": N_("step no. {value}"),
    "verdict": N_("decision: {value}"),
}
REASONS = {
    "analysis": N_("the analysis is not finished"),
    "follow_up": N_("the effect is to be measured again"),
    "case_open": N_("a complaint or an audit is under way"),
    "purpose_met": N_("the purpose is met"),
    "mistake": N_("the day was wrong from the beginning"),
}
VERDICTS = {"accepted": N_("accepted"), "rejected": N_("rejected"), "open": N_("neither accepted nor rejected")}
CHOICES: Mapping[str, Mapping[str, str]] = {
    "reason": REASONS,
    "kind": {kind.value: words for kind, words in KINDS.items()},
    "method": {method.value: words for method, words in METHODS.items()},
    "verdict": VERDICTS,
}
"""What is chosen from a list, by the fact that tells it."""
COUNTED = ("file", "step")
"""Facts that number things from 0 on, where people count from 1."""
SHORT = 12
"""Signs of a checksum that are shown; all of it stands in the file."""


def event_words(texts: Texts, event: str) -> str:
    """What happened; the code itself for one that this version does not know."""
    return texts(EVENTS[event]) if event in EVENTS else event


def moment_words(texts: Texts, record: AuditRecord) -> str:
    """When it happened."""
    return texts.stamp(int(datetime.fromisoformat(record.at).timestamp() * 1e6))


def fact_words(texts: Texts, record: AuditRecord) -> str:
    """The facts, one after the other."""
    told = (_fact(texts, name, value) for name, value in record.facts.items() if name != "encrypted")
    return " · ".join(words for words in told if words)


def _fact(texts: Texts, name: str, value: str | int) -> str:
    if name == "changed":
        return texts("changed") if value else ""
    if name in CHOICES:
        words = CHOICES[name]
        value = texts(words[str(value)]) if str(value) in words else value
    elif name in COUNTED and isinstance(value, int):
        value += 1
    elif name in ("sha256", "head", "version"):
        value = f"{str(value)[:SHORT]}…"
    elif name in ("from", "to", "before"):
        value = day_words(str(value))
    return texts(FACTS[name], value=value) if name in FACTS else f"{name} {value}"


def day_words(day: str) -> str:
    """An ISO date as people here write it: dd-mm-yyyy."""
    parts = day[:10].split("-")
    return "-".join(reversed(parts)) if len(parts) == 3 else day
