"""What crosses the door between the window (or the command line) and the engine: questions, answers, and nothing else.

Every question is a frozen struct; ANSWERS names the struct that answers it. This module imports no data library.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from engine.errors import Value
from engine.log.selection import Selection
from engine.service.import_messages import (
    Codes,
    ImportFile,
    ImportPlan,
    PersonalPlace,
    PersonalSign,
    PlanImport,
    PlannedFile,
    PreviewFile,
    ProjectScanned,
    ReadCodes,
    RecipeFile,
    ScanProject,
    Suggestion,
    Suggestions,
    SuggestSteps,
    TakeIn,
    TakenFile,
    TakenIn,
    TryWash,
    WashTried,
    WriteRecipe,
)
from engine.service.model_messages import ModelAnswer, ModelFile, ModelFileQuery, ModelFormat, ModelQuery
from engine.service.object_messages import ChooseNotion, ObjectMapAnswer, ObjectMapQuery
from engine.service.opening_messages import (
    ColumnGuess,
    FileKind,
    LogSummary,
    Open,
    Opened,
    PassphraseSuggestion,
    PreviewTable,
    ProjectFacts,
    Saved,
    SaveProject,
    SaveView,
    Secret,
    SuggestPassphrase,
    TablePreview,
    TimestampReading,
    UseRoles,
    Veiled,
    ViewState,
)
from engine.service.page_messages import (
    ActivityCount,
    CaseColumn,
    CaseDetails,
    CaseEvent,
    CaseQuery,
    CaseRow,
    Cases,
    CasesQuery,
    Numbers,
    NumbersQuery,
    OverTime,
    Variant,
    Variants,
    VariantsQuery,
)
from engine.service.playback_messages import Playback, PlaybackQuery, Way, WayKind
from engine.service.process_messages import (
    Histogram,
    MapAnswer,
    MapQuery,
    Neighbour,
    PathDetails,
    PathQuery,
    StepDetails,
    StepQuery,
)
from engine.service.quality_messages import FindingDetails, FindingQuery, Quality, QualityQuery
from engine.service.source_messages import Sources, SourcesQuery, ToldActivity
from engine.service.validation_messages import (
    DecideStep,
    DrawSample,
    LookAt,
    RemoveComment,
    Sample,
    SampledCase,
    SignData,
    ValidationQuery,
    ValidationRoom,
    WithdrawSignature,
    WriteComment,
)
from engine.service.vault_messages import (
    MOST_ROWS,
    AuditRecord,
    AuditVerified,
    BackUpIdentity,
    ChangeDeadline,
    ChangeIdentityPassphrase,
    ChangePassphrase,
    CheckRecovery,
    CitizenEvent,
    CitizenFound,
    CreateIdentity,
    Deadline,
    Deleted,
    DeleteProject,
    ExportAudit,
    ExportCitizen,
    FindCitizen,
    ForgetCitizen,
    Forgotten,
    Governance,
    GovernanceQuery,
    IdentityFacts,
    IdentityQuery,
    KeepAudit,
    Kept,
    KnownCopy,
    Seal,
    SealedFile,
    SetAnalyst,
    SetRecovery,
    UnlockIdentity,
    VerifyAudit,
)

__all__ = [
    "ANSWERS",
    "MOST_ROWS",
    "ActivityCount",
    "Answer",
    "Ask",
    "AuditRecord",
    "AuditVerified",
    "BackUpIdentity",
    "CaseColumn",
    "CaseDetails",
    "CaseEvent",
    "CaseQuery",
    "CaseRow",
    "Cases",
    "CasesQuery",
    "ChangeDeadline",
    "ChangeIdentityPassphrase",
    "ChangePassphrase",
    "CheckRecovery",
    "ChooseNotion",
    "CitizenEvent",
    "CitizenFound",
    "Codes",
    "ColumnGuess",
    "CreateIdentity",
    "Deadline",
    "DecideStep",
    "DeleteProject",
    "Deleted",
    "DrawSample",
    "ExportAudit",
    "ExportCitizen",
    "Failed",
    "FileKind",
    "FindCitizen",
    "FindingDetails",
    "FindingQuery",
    "ForgetCitizen",
    "Forgotten",
    "Governance",
    "GovernanceQuery",
    "Histogram",
    "IdentityFacts",
    "IdentityQuery",
    "ImportFile",
    "ImportPlan",
    "KeepAudit",
    "Kept",
    "KnownCopy",
    "LogSummary",
    "LookAt",
    "MapAnswer",
    "MapQuery",
    "ModelAnswer",
    "ModelFile",
    "ModelFileQuery",
    "ModelFormat",
    "ModelQuery",
    "Neighbour",
    "Numbers",
    "NumbersQuery",
    "ObjectMapAnswer",
    "ObjectMapQuery",
    "Open",
    "Opened",
    "OverTime",
    "PassphraseSuggestion",
    "PathDetails",
    "PathQuery",
    "PersonalPlace",
    "PersonalSign",
    "PlanImport",
    "PlannedFile",
    "Playback",
    "PlaybackQuery",
    "Prepare",
    "Prepared",
    "PreviewFile",
    "PreviewTable",
    "Progress",
    "ProjectFacts",
    "ProjectScanned",
    "Quality",
    "QualityQuery",
    "Question",
    "ReadCodes",
    "RecipeFile",
    "RecordExport",
    "Recorded",
    "RemoveComment",
    "Sample",
    "SampledCase",
    "SaveProject",
    "SaveView",
    "Saved",
    "ScanProject",
    "Seal",
    "SealedFile",
    "Secret",
    "SetAnalyst",
    "SetRecovery",
    "SignData",
    "Sources",
    "SourcesQuery",
    "StepDetails",
    "StepQuery",
    "Stop",
    "SuggestPassphrase",
    "SuggestSteps",
    "Suggestion",
    "Suggestions",
    "TablePreview",
    "TakeIn",
    "TakenFile",
    "TakenIn",
    "TimestampReading",
    "ToEngine",
    "ToWindow",
    "ToldActivity",
    "TryWash",
    "UnlockIdentity",
    "UseRoles",
    "ValidationQuery",
    "ValidationRoom",
    "Variant",
    "Variants",
    "VariantsQuery",
    "Veiled",
    "VerifyAudit",
    "ViewState",
    "WashTried",
    "Way",
    "WayKind",
    "WithdrawSignature",
    "WriteComment",
    "WriteRecipe",
]


class Prepare(Struct, frozen=True, tag=True):
    """Build the indexes that make later answers instant (sent once, after the first map is on the screen)."""


class Prepared(Struct, frozen=True):
    """The indexes stand."""


class RecordExport(Struct, frozen=True, tag=True):
    """Tell the audit log that a file is about to leave the screen: kind (svg, bpmn, …), guard minimum and the file's SHA-256.

    It is refused where the selection, with what was exported before, would tell about too few cases. k: 0 for exact numbers.
    """

    kind: str
    k: int
    sha256: str
    selection: Selection = Selection()


class Recorded(Struct, frozen=True):
    """The audit log holds the record, unless the project can only be read."""


Question = (
    Open | PreviewTable | UseRoles | SaveProject | SaveView | SuggestPassphrase | MapQuery | StepQuery | PathQuery | VariantsQuery
    | CasesQuery | CaseQuery | NumbersQuery | Prepare | RecordExport | PlaybackQuery | ModelQuery | ObjectMapQuery | ChooseNotion
    | SourcesQuery
    | ModelFileQuery | QualityQuery | FindingQuery | ValidationQuery | DrawSample | LookAt | WriteComment | RemoveComment | DecideStep
    | SignData | WithdrawSignature | PlanImport | PreviewFile | TryWash | SuggestSteps | TakeIn | WriteRecipe | ReadCodes | ScanProject
    | IdentityQuery | CreateIdentity | UnlockIdentity | ChangeIdentityPassphrase | BackUpIdentity | GovernanceQuery | ChangePassphrase
    | SetRecovery | SetAnalyst | CheckRecovery | ChangeDeadline | KeepAudit | VerifyAudit | ExportAudit | DeleteProject | FindCitizen
    | ExportCitizen | ForgetCitizen
)

ANSWERS: dict[type[Struct], type[Struct]] = {
    Open: Opened,
    PreviewTable: Opened,
    UseRoles: Opened,
    SaveProject: Saved,
    SaveView: Saved,
    SuggestPassphrase: PassphraseSuggestion,
    MapQuery: MapAnswer,
    StepQuery: StepDetails,
    PathQuery: PathDetails,
    VariantsQuery: Variants,
    CasesQuery: Cases,
    CaseQuery: CaseDetails,
    NumbersQuery: Numbers,
    Prepare: Prepared,
    RecordExport: Recorded,
    PlaybackQuery: Playback,
    ModelQuery: ModelAnswer,
    ModelFileQuery: ModelFile,
    ObjectMapQuery: ObjectMapAnswer,
    ChooseNotion: Opened,
    SourcesQuery: Sources,
    QualityQuery: Quality,
    FindingQuery: FindingDetails,
    ValidationQuery: ValidationRoom,
    DrawSample: Sample,
    LookAt: ValidationRoom,
    WriteComment: ValidationRoom,
    RemoveComment: ValidationRoom,
    DecideStep: ValidationRoom,
    SignData: ValidationRoom,
    WithdrawSignature: ValidationRoom,
    PlanImport: ImportPlan,
    PreviewFile: PlannedFile,
    TryWash: WashTried,
    SuggestSteps: Suggestions,
    TakeIn: TakenIn,
    WriteRecipe: RecipeFile,
    ReadCodes: Codes,
    ScanProject: ProjectScanned,
    IdentityQuery: IdentityFacts,
    CreateIdentity: IdentityFacts,
    UnlockIdentity: IdentityFacts,
    ChangeIdentityPassphrase: IdentityFacts,
    BackUpIdentity: IdentityFacts,
    GovernanceQuery: Governance,
    ChangePassphrase: Kept,
    SetRecovery: Kept,
    SetAnalyst: Kept,
    CheckRecovery: Kept,
    ChangeDeadline: Kept,
    KeepAudit: Kept,
    VerifyAudit: AuditVerified,
    ExportAudit: SealedFile,
    DeleteProject: Deleted,
    FindCitizen: CitizenFound,
    ExportCitizen: SealedFile,
    ForgetCitizen: Forgotten,
}


# ---- the envelope ------------------------------------------------------------------------------------------------------------


class Ask(Struct, frozen=True, tag="ask"):
    """Window to engine: answer this question. A newer question of the same type cancels an older one unless it was asked with keep."""

    number: int
    question: Question
    keep: bool = False


class Stop(Struct, frozen=True, tag="stop"):
    """Window to engine: stop working on a question."""

    number: int


class Progress(Struct, frozen=True, tag="progress"):
    """Engine to window: how far a question has come (0..1, None unknown) and what is being done (catalogue sentence)."""

    number: int
    fraction: float | None
    message: str
    values: dict[str, Value] = {}


class Answer(Struct, frozen=True, tag="answer"):
    """Engine to window: the answer, still encoded; `decode` it with ANSWERS of the question."""

    number: int
    body: msgspec.Raw


class Failed(Struct, frozen=True, tag="failed"):
    """Engine to window: no answer. kind: BadInput, WrongKey, Cancelled, or Defect (a bug: exception type and code place only)."""

    number: int
    kind: str
    message: str
    values: dict[str, Value] = {}


ToEngine = Ask | Stop
ToWindow = Progress | Answer | Failed
