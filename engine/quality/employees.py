"""Checks that need to tell employees apart. What leaves them are numbers of events; no employee is ever named, listed or ranked."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.errors import N_
from engine.log.kernels import Ints
from engine.quality.values import Result, Values
from engine.quality.view import Checked, Coded, Flags, Found

MOST_UNITS = 2
"""Units up to which a number is taken to have passed from one person to another; one in more units is nobody's own."""
MOSTLY = 0.6
"""Share (0..1) of a user's events that no person did, from which on the user is a program."""

REUSED = N_("{count} events stand under {numbers} employee numbers that belonged to another unit before: moved, or given to somebody else.")
SYSTEM_USER = N_("{count} events that a person did stand under the user of a program: who did them is not known.")


def reused_numbers(log: Checked) -> Iterator[Found]:
    """Events of an employee number in another unit than the one in which it was used first."""
    employee, unit = log.employee, log.unit
    if employee is None or unit is None:
        return
    machine = log.machine
    plain = log.where(
        lambda rows: (employee.codes[rows] >= 0) & (unit.codes[rows] >= 0) & log.timed[rows] & (True if machine is None else ~machine[rows])
    )
    if machine is not None:
        programs = _programs(log, employee)
        plain = log.where(lambda rows: plain[rows] & ~programs[employee.codes[rows]])
    home = _first_units(log, employee, unit, plain)
    away = log.where(lambda rows: plain[rows] & (unit.codes[rows] != home[employee.codes[rows]]))
    if not away.any():
        return
    passed = _units_of(log, employee, unit, plain) == MOST_UNITS
    touched = log.where(lambda rows: away[rows] & passed[employee.codes[rows]])
    numbers = int(np.count_nonzero(log.count_by(employee.codes, len(employee.names), touched)))
    values: Values = {"numbers": numbers}
    yield from log.events("reused_employee", REUSED, values, touched, (Result.GROUPS,))


def _first_units(log: Checked, employee: Coded, unit: Coded, plain: Flags) -> Ints:
    """The unit of each employee's first event, -1 without one."""
    n = len(employee.names)
    first, home = np.full(n, np.iinfo(np.int64).max), np.full(n, -1)
    for rows in log.pieces():
        np.minimum.at(first, employee.codes[rows][plain[rows]], log.log.timestamp[rows][plain[rows]])
    for rows in log.pieces():
        who = employee.codes[rows]
        mine = plain[rows] & (log.log.timestamp[rows] == first[who])
        home[who[mine]] = unit.codes[rows][mine]
    return home


def _units_of(log: Checked, employee: Coded, unit: Coded, plain: Flags) -> Ints:
    """In how many units each employee has events."""
    n = len(unit.names)
    seen = np.zeros(len(employee.names) * n, bool)
    for rows in log.pieces():
        seen[(employee.codes[rows].astype(np.int64) * n + unit.codes[rows])[plain[rows]]] = True
    return np.asarray(seen.reshape(-1, n).sum(axis=1))


def _programs(log: Checked, employee: Coded) -> Flags:
    """By user: whether it is a program, as no person did most of what stands under it."""
    if log.machine is None:
        return np.zeros(len(employee.names) + 1, bool)
    done = log.count_by(employee.codes, len(employee.names), log.machine)
    return np.append(done >= MOSTLY * np.maximum(employee.counts, 1), False)


def system_users(log: Checked) -> Iterator[Found]:
    """Events of persons under the user of a program."""
    employee, machine, actor = log.employee, log.machine, log.actor
    if employee is None or machine is None or actor is None:
        return
    programs = _programs(log, employee)
    touched = log.where(lambda rows: programs[employee.codes[rows]] & ~machine[rows] & (actor.codes[rows] >= 0))
    yield from log.events("system_user", SYSTEM_USER, {}, touched, (Result.GROUPS,))
