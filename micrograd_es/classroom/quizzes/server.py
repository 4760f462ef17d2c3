"""The program of a PrairieLearn question, and copied into it as it is: which variant, and what is said to an answer.

It stands beside its variants.json, and needs nothing but Python.
"""

import json
import random
from pathlib import Path
from typing import Any

NEAR = 0.005  # relative: three significant digits are enough


def variants(data: dict[str, Any]) -> dict[str, Any]:
    "Those of this question, by name."
    path = Path(data["options"]["question_path"], "variants.json")
    known: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return known


def generate(data: dict[str, Any]) -> None:
    "One of them: PrairieLearn has seeded random with the variant's seed."
    known = variants(data)
    name = random.choice(sorted(known))
    item = known[name]
    data["params"].update(name=name, **{key: item[key] for key in ("asked", "formulas", "picture")})
    data["correct_answers"]["answer"] = item["answers"][0]["number"]


def grade(data: dict[str, Any]) -> None:
    "The number is marked already: what is said to it is what belongs to the first answer that is as near."
    item = variants(data)[data["params"]["name"]]
    try:
        number = float(data["submitted_answers"]["answer"])
    except (KeyError, TypeError, ValueError):
        return
    near = (a["said"] for a in item["answers"] if abs(number - a["number"]) <= max(NEAR * abs(a["number"]), 1e-9))
    data["feedback"]["said"] = next(near, item["advice"])
