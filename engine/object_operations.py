"""Answers to questions about the objects of what stands open: their map, and what is the case."""

from __future__ import annotations

from engine import project_operations as project
from engine.disclosure.object_guard import draw_guarded_objects
from engine.errors import N_, BadInput
from engine.object_map.drawing import draw_object_map
from engine.object_map.study import ObjectStudy
from engine.service import messages
from engine.tasks import Task
from engine.workspace import Workspace

ONE_TYPE = N_("The log tells of one kind of case only, so there is no map of several types of objects.")


def study_of(workspace: Workspace, task: Task) -> ObjectStudy:
    """The study of the objects of the open log; BadInput where it has one type only."""
    study = workspace.object_study(task)
    if study is None or len(study.types) < 2:
        raise BadInput(ONE_TYPE)
    return study


def map_of(workspace: Workspace, query: messages.ObjectMapQuery, task: Task) -> messages.ObjectMapAnswer:
    """The map of the objects: exact for the analyst's screen, or its guarded twin with the same places."""
    study = study_of(workspace, task)
    if not query.guarded:
        return draw_object_map(study, query, task)
    project.check_exports(workspace, query.selection, task)
    return draw_guarded_objects(study, query, workspace.k, task)
