"""What was found in a raw extract in words: each kind of defect as a sentence with its count."""

from __future__ import annotations

from engine.errors import N_
from engine.log.columns import Notice
from engine.washing.extract_findings import ExtractFinding

FOUND: dict[str, str] = {
    "duplicate": N_("Rows that were delivered twice: {count}."),
    "near_duplicate": N_("Rows that repeat the same step of their case within ten minutes: {count}."),
    "cancelled_event": N_("Rows that are marked as cancelled in {column}: {count}."),
    "cancelled_event_deleted": N_("Numbers that are missing in {column}, so their rows were deleted: {count}."),
    "test_citizen": N_("Rows of a unit in which the system is tried out ({column}): {count}."),
    "broken_case_id": N_("Rows of a case that had another number before ({column}): {count}."),
    "changed_code": N_("Rows with a code or name in {column} that took the place of another from a day on: {count}."),
    "spelling_variant": N_("Cells of {column} that are spelled in another way than most: {count}."),
    "mixed_encoding": N_("Rows with letters that were read in the wrong encoding ({column}): {count}."),
    "mixed_date_form": N_("Times of {column} with the year first, while others end with it: {count}."),
    "clock_form": N_("Times of {column} that are written with “kl.”, while others are not: {count}."),
    "decimal_point": N_("Numbers of {column} with a point, while most have a comma: {count}."),
    "decimal_comma": N_("Numbers of {column} with a comma, while most have a point: {count}."),
    "summer_time_hour": N_("Times of {column} in the hour that comes twice when summer time ends: {count}."),
    "personal_data_in_text": N_("Cells of {column} that name a person or tell a CPR number, telephone or e-mail address: {count}."),
    "company_in_text": N_("Cells of {column} that name the company of the row: {count}."),
    "date_only": N_("Times of {column} that are a date only: {count}."),
    "midnight": N_("Times of {column} at midnight to the second, as systems write an unknown time of day: {count}."),
}


def told(finding: ExtractFinding) -> Notice:
    """A finding as a sentence."""
    return Notice(FOUND[finding.kind], {"count": finding.count, "column": finding.column})
