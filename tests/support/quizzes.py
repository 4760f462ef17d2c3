"""Quizzes read back as the platforms read them: each reader is written after what its platform does, not after ours.

Moodle: question/format/xml and gift, question/type/numerical. QTI: the rules of resprocessing. PrairieLearn: the program
of the question is run, and its number input marks as it is told to.
"""

import base64
import importlib.util
import io
import json
import random
import re
import zipfile
from collections.abc import Callable
from html import unescape
from typing import NamedTuple
from xml.etree import ElementTree


class Asked(NamedTuple):
    "A question as a student meets it: `reply(number)` is the score, and what is said."

    title: str
    group: str
    html: str
    picture: str
    reply: Callable[[float], tuple[float, str]]


def first_near(answers):
    "Moodle's numerical question: the first answer within its tolerance counts."

    def reply(x):
        for fraction, number, margin, said in answers:
            if number == "*" or abs(x - float(number)) <= margin + 1e-14 * max(1, abs(float(number))):
                return fraction / 100, said
        return 0.0, ""

    return reply


def moodle(data):
    "Every element that its importer asks for is there, once."
    bank, group = ElementTree.fromstring(data), ""
    assert bank.tag == "quiz"
    for question in bank:
        if question.get("type") == "category":
            group = question.findtext("category/text").rpartition("/")[2]
            continue
        assert question.get("type") == "numerical"
        for once in ("name", "questiontext", "defaultgrade", "penalty", "hidden"):
            assert len(question.findall(once)) == 1
        assert question.find("questiontext").get("format") == "html" and len(question.findtext("name/text")) < 255
        (file,) = question.findall("questiontext/file")
        html = question.findtext("questiontext/text")
        assert f'src="@@PLUGINFILE@@{file.get("path")}{file.get("name")}"' in html and file.get("encoding") == "base64"
        answers = [
            (
                float(answer.get("fraction")),
                answer.findtext("text"),
                float(answer.findtext("tolerance")),
                answer.findtext("feedback/text"),
            )
            for answer in question.findall("answer")
        ]
        assert "0" not in [number for _, number, *_ in answers]  # PHP takes "0" for nothing
        picture = base64.b64decode(file.text, validate=True).decode()
        yield Asked(question.findtext("name/text"), group, html, picture, first_near(answers))


def gift(data):
    "Blank lines part the questions; what has a backslash is hidden before the rest is read."
    group, hidden = "", {f"\\{c}": f"&&{ord(c):03}" for c in ":#={}~"}

    def shown(text):
        for sign, code in hidden.items():
            text = text.replace(code, sign[1])
        return text.strip()

    def plain(text):
        assert text.startswith("[plain]")  # or < would begin a tag
        return text.removeprefix("[plain]")

    for block in re.split(r"\n\s*\n", data.decode().strip()):
        if block.startswith("$CATEGORY:"):
            group = block.rpartition("/")[2]
            continue
        for sign, code in hidden.items():
            block = block.replace(sign, code)
        _, title, rest = block.split("::")
        assert rest.count("{") == rest.count("}") == 1 and rest.endswith("}")
        text, answers = rest[:-1].split("{")
        assert text.startswith("[html]") and answers.startswith("#")
        answers, *others = answers[1:].split("~")
        read = []
        for answer in answers.split("=")[1:]:
            weight = re.match(r"%(-?\d{1,2}\.?\d*)%", answer)
            number, said = answer[weight.end() if weight else 0 :].split("#")
            number, margin = number.split(":")
            read.append((float(weight[1]) if weight else 100.0, number, float(margin), plain(shown(said))))
        read += [(0.0, "*", 0.0, plain(shown(other.removeprefix("#")))) for other in others]
        html = shown(text.removeprefix("[html]"))
        picture = re.search(r'src="data:image/svg\+xml;base64,([^"]*)"', html)[1]
        yield Asked(shown(title), group, html, base64.b64decode(picture, validate=True).decode(), first_near(read))


def qti(data, kind="multiple_choice_question"):
    "The items of one kind; every file of the package stands in its manifest, every feedback is there."
    archive = zipfile.ZipFile(io.BytesIO(data))
    manifest = stripped(archive.read("imsmanifest.xml"))
    assert {file.get("href") for file in manifest.iter("file")} | {"imsmanifest.xml"} == set(archive.namelist())
    root = stripped(archive.read("quiz/quiz.xml"))
    for section in root.findall("assessment/section/section"):
        assert section.findtext("selection_ordering/selection/selection_number") == "1"
        group = section.get("ident").partition("-")[0]
        for item in section.findall("item"):
            about = {f.findtext("fieldlabel"): f.findtext("fieldentry") for f in item.iter("qtimetadatafield")}
            if about["question_type"] == kind:
                html = item.findtext("presentation/material/mattext")
                path = re.search(r'src="%24IMS-CC-FILEBASE%24/([^"]*)"', html)[1]
                yield Asked(item.get("title"), group, html, archive.read(path).decode(), processed(item))


def stripped(data):
    root = ElementTree.fromstring(data)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def processed(item):
    "The rules of the item, one after the other, until one that holds says that there is no more."
    labels = {label.findtext("material/mattext"): label.get("ident") for label in item.iter("response_label")}
    texts = {f.get("ident"): unescape(f.findtext("flow_mat/material/mattext"))[3:-4] for f in item.iter("itemfeedback")}

    def holds(condition, given):
        parts = [holds(part, given) for part in condition]
        match condition.tag:
            case "other":
                return True
            case "conditionvar" | "and":
                return all(parts)
            case "or":
                return any(parts)
            case "varequal" if isinstance(given, str):
                return condition.text == given
        bound = float(condition.text)
        return {"varequal": given == bound, "vargte": given >= bound, "varlte": given <= bound}[condition.tag]

    def reply(x):
        given = x if None in labels else next((name for text, name in labels.items() if float(text) == x), "")
        score, said = 0.0, []
        for rule in item.findall("resprocessing/respcondition"):
            if holds(rule.find("conditionvar"), given):
                score = float(rule.findtext("setvar", score))
                said += [texts[shown.get("linkrefid")] for shown in rule.findall("displayfeedback")]
                if rule.get("continue") == "No":
                    break
        return score / 100, " ".join(said)

    return reply


INFO = {
    "type": "object",
    "required": ["uuid", "type", "title", "topic"],
    "additionalProperties": False,
    "properties": {
        "uuid": {"type": "string", "pattern": "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"},
        "type": {"enum": ["v3"]},
        "title": {"type": "string"},
        "topic": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
}  # of what PrairieLearn's schema allows, what we use


def prairielearn(data, folder):
    "Unpacked into a course; each variant as the question's own program makes and marks it."
    import jsonschema

    zipfile.ZipFile(io.BytesIO(data)).extractall(folder)
    for home in sorted((folder / "questions").iterdir(), key=lambda home: not home.name.endswith("values")):
        info = json.loads((home / "info.json").read_text("utf-8"))
        jsonschema.validate(info, INFO)
        spec = importlib.util.spec_from_file_location("server", home / "server.py")
        server = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(server)
        page = (home / "question.html").read_text("utf-8")
        (box,) = re.findall(r"<pl-number-input[^>]*>", page)
        near = {name: float(re.search(rf'{name}="([^"]*)"', box)[1]) for name in ("rtol", "atol")}
        for name in json.loads((home / "variants.json").read_text("utf-8")):
            params = thrown(server, home, name)["params"]
            assert {key for key in re.findall(r"\{\{[#/]?params\.(\w+)\}\}", page)} <= params.keys()
            html = " ".join([*params["formulas"], params["asked"]])
            picture = (home / "clientFilesQuestion" / params["picture"]).read_text("utf-8")

            def reply(x, name=name, server=server, home=home, near=near):
                data = thrown(server, home, name)
                data |= {"submitted_answers": {"answer": x}, "feedback": {}}
                server.grade(data)
                right = data["correct_answers"]["answer"]
                return float(abs(x - right) <= near["atol"] + near["rtol"] * abs(right)), data["feedback"]["said"]

            yield Asked(f"{name}: {params['asked']}", home.name.rpartition("-")[2], html, picture, reply)


SEEDS = {}


def thrown(server, home, name):
    "What the program makes for a seed, as the platform asks it to, until it is this variant."
    for seed in [SEEDS[home, name]] if (home, name) in SEEDS else range(3000):
        data = {"params": {}, "correct_answers": {}, "options": {"question_path": str(home)}, "variant_seed": seed}
        random.seed(seed)
        server.generate(data)
        SEEDS.setdefault((home, data["params"]["name"]), seed)
        if data["params"]["name"] == name:
            return data
    raise AssertionError(f"no seed makes {name}")
