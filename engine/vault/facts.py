"""The facts that a user states about a project: whether they are whole, and what is to be said of its last day."""

from __future__ import annotations

from datetime import date

from engine.errors import N_, BadInput
from engine.log.columns import Notice
from engine.service.messages import ProjectFacts

SOON = 30
"""Days before its delete-by date from which on a project is announced at opening."""


def deadline_notices(facts: ProjectFacts, today: date) -> tuple[Notice, ...]:
    """What is to be said about a project whose delete-by date has passed or is near; synthetic data may stay."""
    days = (date.fromisoformat(facts.delete_by) - today).days if _is_date(facts.delete_by) else SOON + 1
    if facts.synthetic or days > SOON:
        return ()
    if days < 0:
        said = N_("The project should have been deleted by {date}. Delete its folder, or save it with a new date if it may be kept longer.")
    else:
        said = N_("The project is to be deleted by {date}, which is soon.")
    return (Notice(said, {"date": facts.delete_by}),)


def check_facts(facts: ProjectFacts) -> None:
    """BadInput when a project's name, purpose or legal basis is missing, or its delete-by date is no date."""
    if not facts.name.strip():
        raise BadInput(N_("The project needs a name."))
    if not facts.purpose.strip():
        raise BadInput(N_("The project needs a purpose: what the data are used for."))
    if not facts.legal_basis.strip():
        raise BadInput(N_("The project needs a legal basis for using the data."))
    if not _is_date(facts.delete_by):
        raise BadInput(N_("The project needs a date by which it is deleted, written as year-month-day (2027-12-31)."))


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
