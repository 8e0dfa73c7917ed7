"""One analyst's session without a window: python session.py LOG IDENTITY PROJECT. Opens, saves, explores, locks and opens again."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.log.columns import ColumnRoles, ReadOptions
from engine.service.client import EngineClient
from engine.service.messages import (
    CaseQuery,
    CasesQuery,
    MapQuery,
    NumbersQuery,
    Open,
    Prepare,
    ProjectFacts,
    RecordExport,
    SaveProject,
    SaveView,
    Secret,
    UseRoles,
    VariantsQuery,
    ViewState,
)

PASSPHRASE = "gul-havn-krone-sol"


def main() -> None:
    _, log, identity, project = sys.argv
    first = EngineClient()
    first.start()
    opened = first.call(Open(log, Secret(identity_path=identity)))
    assert opened.preview is not None
    opened = first.call(UseRoles(ReadOptions(ColumnRoles("sag", "aktivitet", "tid", unit="enhed"))))
    assert opened.summary is not None
    first.call(MapQuery())
    first.call(SaveProject(project, ProjectFacts("Kanariefugl Hansen", "Kanariefugl formål", "hjemmel", "2030-01-01"), PASSPHRASE))
    first.close()
    first.wait_closed()
    second = EngineClient()
    second.start()
    second.call(Open(project, Secret(PASSPHRASE)))
    for question in (MapQuery(), Prepare(), VariantsQuery(), CasesQuery(), NumbersQuery(), MapQuery(guarded=True)):
        second.call(question)
    second.call(SaveView(ViewState(page="variants")))
    second.call(RecordExport("svg", 5, "0" * 64))
    second.call(CaseQuery(second.call(CasesQuery(limit=1)).rows[0].case))
    second.close()
    print("done")


if __name__ == "__main__":
    main()
