"""Questions for PrairieLearn, one for each group, to be unpacked into a course: each throws one of its variants."""

from __future__ import annotations

import json
import uuid
from importlib.resources import files
from typing import Any

from .items import GROUPS, Item, typed
from .qti import package

NAMESPACE = uuid.UUID("5b0a3f0c-6c1f-4d9c-8f53-0d5c3c1b7e21")  # of our questions: their names make their numbers
COPIED = "question.html", "server.py"


def prairielearn(title: str, items: list[Item]) -> bytes:
    made: dict[str, bytes] = {}
    for group in GROUPS:
        mine = [item for item in items if item.group == group]
        folder = f"questions/{mine[0].name.rpartition('-')[0]}-{group}"  # chain-7-values
        made[f"{folder}/info.json"] = as_json(
            {
                "uuid": str(uuid.uuid5(NAMESPACE, as_json([item.title for item in mine]).decode())),
                "title": f"{title}: {group}",
                "topic": "Backpropagation",
                "tags": [group],
                "type": "v3",
            }
        )
        made |= {f"{folder}/{name}": files(__package__).joinpath(name).read_bytes() for name in COPIED}
        made[f"{folder}/variants.json"] = as_json({item.name: variant(item) for item in mine})
        made |= {f"{folder}/clientFilesQuestion/{file(item)}": item.picture.encode() for item in mine}
    return package(made)


def variant(item: Item) -> dict[str, Any]:
    answers = [(item.right, item.praise), *item.wrong]
    return {
        "asked": item.asked,
        "formulas": item.formulas,
        "picture": file(item),
        "answers": [{"number": float(typed(number)), "said": said} for number, said in answers],
        "advice": item.advice,
    }


def file(item: Item) -> str:
    return f"{item.name.replace(' ', '-')}.svg"


def as_json(x: Any) -> bytes:
    return (json.dumps(x, indent=1, ensure_ascii=False) + "\n").encode()
