"""The commands about keys and projects: `keys`, `audit` and `forget`. What they share with the others is handed to them by the shell."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from engine.errors import N_, BadInput
from engine.texts import Texts

if TYPE_CHECKING:
    from engine.service.messages import CitizenFound, IdentityFacts, Secret
    from engine.tasks import Task
    from engine.vault.audit_log import Record

COMMANDS = ("keys", "audit", "forget")
CASE_ID = N_("Case id or CPR number: ")
KEY_PASSPHRASE, NEW_PASSPHRASE = N_("Passphrase of the key: "), N_("New passphrase: ")
ON_STANDARD_INPUT = N_("Give the id on standard input (--case-id -), so that it stands in no history of the shell.")
MOST_TOLD = 1


@dataclass(frozen=True)
class Shell:
    """What a command needs of the shell. decode: a line of standard input as it was typed; show: prints a value as JSON, or in lines."""

    texts: Texts
    task: Task
    read_secret: Callable[[Namespace], Secret]
    decode: Callable[[bytes], str]
    show: Callable[..., None]

    def read_line(self, prompt: str) -> str:
        """The next line of standard input; at a terminal it is asked for and not shown."""
        if sys.stdin is not None and sys.stdin.isatty():
            return self.decode(os.fsencode(getpass(self.texts(prompt))))
        return self.decode(sys.stdin.buffer.readline() if sys.stdin is not None else b"")


class RecordTold(Struct, frozen=True):
    """One record of the audit log, as programs read it."""

    n: int
    at: str
    event: str
    facts: dict[str, str | int]


class AuditTold(Struct, frozen=True):
    """The audit log: how many records, its head, the first record (from 1) that does not hold, and the records."""

    count: int
    head: str
    broken: int | None
    records: tuple[RecordTold, ...]


class KeyTold(Struct, frozen=True):
    """The public half of a key, and where its file lies."""

    file: str
    public_key: str
    fingerprint: str


class ForgetTold(Struct, frozen=True):
    """What was removed, or would be."""

    pseudonym: str
    events: int
    cases: int
    comments: int
    removed: bool


# ---- arguments ----------------------------------------------------------------------------------------------------------------


def add_arguments(add_parser: Callable[..., ArgumentParser]) -> None:
    """The arguments of all three."""
    keys = add_parser("keys", help="make a key of your own, show its public half, or change its passphrase")
    keys.add_argument("what", choices=("new", "public", "passphrase"), help="what is to be done")
    keys.add_argument("--file", metavar="KEYFILE", default="", help="the key's file (default: in your settings)")
    keys.add_argument("--json", action="store_true", help="print one JSON object")
    keys.epilog = "Standard input: the passphrase; for `passphrase` the old one, then the new one on a line of its own."
    audit = add_parser("audit", help="print the audit log of a project, or verify it; status 2 where its chain is broken")
    _add_project(audit)
    audit.add_argument("--verify", action="store_true", help="follow the chain and print whether it is whole")
    forget = add_parser("forget", help="remove everything about one citizen from a project, for good")
    _add_project(forget)
    who = forget.add_mutually_exclusive_group(required=True)
    who.add_argument("--case-id", metavar="-", help="read the id from standard input, after the passphrase")
    who.add_argument("--code", metavar="S-XXXX-XXXX-XXXX", help="the citizen's code")
    forget.add_argument("--dry-run", action="store_true", help="only tell what would go")


def _add_project(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="PROJECT", help="project folder")
    parser.add_argument("--identity", metavar="KEYFILE", help="age identity file; without it the passphrase is read from standard input")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: Namespace, shell: Shell) -> int:
    """Run one of the commands; the exit status."""
    from engine.hardening import limit_process

    limit_process()
    command: dict[str, Callable[[Namespace, Shell], int]] = {"keys": _keys, "audit": _audit, "forget": _forget}
    return command[arguments.command](arguments, shell)


# ---- keys ---------------------------------------------------------------------------------------------------------------------


def _keys(arguments: Namespace, shell: Shell) -> int:
    from engine.service import messages

    questions: dict[str, Callable[[], Any]] = {
        "new": lambda: messages.CreateIdentity(shell.read_line(KEY_PASSPHRASE), arguments.file),
        "public": lambda: messages.IdentityQuery(arguments.file),
        "passphrase": lambda: messages.ChangeIdentityPassphrase(
            shell.read_line(KEY_PASSPHRASE), shell.read_line(NEW_PASSPHRASE), arguments.file
        ),
    }
    facts: IdentityFacts = _ask(_workspace(), questions[arguments.what](), shell)
    if not facts.recipient:
        raise BadInput(N_("There is no key in {file} yet. Make one with: keys new"), file=Path(facts.path).name)
    told = KeyTold(facts.path, facts.recipient, facts.fingerprint)
    shell.show(told, lambda: _key_lines(told, shell.texts), as_json=arguments.json)
    return 0


def _key_lines(told: KeyTold, texts: Texts) -> str:
    facts = ((texts("Public key"), told.public_key), (texts("Fingerprint"), told.fingerprint), (texts("Key file"), told.file))
    return "\n".join((*(f"{name}: {value}" for name, value in facts), f"age -r {told.public_key} -o udtræk.csv.age udtræk.csv"))


# ---- the audit log ------------------------------------------------------------------------------------------------------------


def _audit(arguments: Namespace, shell: Shell) -> int:
    from engine.vault.audit_log import broken_at
    from engine.vault.manifest import MANIFEST
    from engine.vault.unlocking import open_project

    path = Path(arguments.file)
    project = open_project(path.parent if path.name == MANIFEST else path, shell.read_secret(arguments), shell.task)
    traced, head = project.trace_audit(shell.task), project.manifest.audit
    records = () if arguments.verify else tuple(RecordTold(one.n + 1, one.at, one.event, one.facts) for one in traced.records)
    broken = None if traced.broken is None else traced.broken + 1
    told = AuditTold(len(traced.records), head.mac, broken, records)
    if broken is None or arguments.json:
        shell.show(told, lambda: _audit_lines(told, traced.records, shell.texts, verify=arguments.verify), as_json=arguments.json)
    if traced.broken is not None:
        raise broken_at(traced.broken)
    return 0


def _audit_lines(told: AuditTold, records: list[Record], texts: Texts, *, verify: bool) -> str:
    whole = texts("{n} records, the chain is unbroken, head {head}.", n=told.count, head=told.head)
    if verify:
        return whole
    lines = [f"{record.n + 1}\t{record.at}\t{record.event}\t" + " ".join(f"{k}={v}" for k, v in record.facts.items()) for record in records]
    return "\n".join((*lines, whole))


# ---- one citizen --------------------------------------------------------------------------------------------------------------


def _forget(arguments: Namespace, shell: Shell) -> int:
    from engine import sources
    from engine.service import messages

    if arguments.case_id not in (None, "-"):
        raise BadInput(ON_STANDARD_INPUT)
    workspace = _workspace()
    _ask(workspace, messages.Open(str(Path(arguments.file).absolute()), shell.read_secret(arguments)), shell)
    try:
        text = arguments.code or shell.read_line(CASE_ID)
        found: CitizenFound = _ask(workspace, messages.FindCitizen(text, MOST_TOLD), shell)
        if not arguments.dry_run:
            _ask(workspace, messages.ForgetCitizen(found.pseudonym), shell)
    finally:
        sources.close(workspace.source)
    told = ForgetTold(found.pseudonym, found.events, found.cases, found.comments, not arguments.dry_run)
    shell.show(told, lambda: _forget_lines(told, shell.texts), as_json=arguments.json)
    return 0


def _forget_lines(told: ForgetTold, texts: Texts) -> str:
    said = texts.plural("{n} event", "{n} events", told.events)
    if told.removed:
        gone = N_("{code}: {events} are gone for good. Copies, backups and the extract still hold them.")
        return texts(gone, code=told.pseudonym, events=said)
    return texts("{code}: {events} would go. Nothing was changed.", code=told.pseudonym, events=said)


def _workspace() -> Any:
    from engine.workspace import Workspace

    return Workspace()


def _ask(workspace: Any, question: Any, shell: Shell) -> Any:
    from engine.operations import answer

    return answer(workspace, question, shell.task)
