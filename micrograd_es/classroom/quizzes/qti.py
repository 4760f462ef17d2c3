"""A quiz as a QTI 1.2 package, as Canvas imports it: groups of which every student gets one question.

Each question comes twice: the number to be typed, with its tolerance, and to be chosen, among the numbers that the
mistakes make. Only a choice has an answer of its own for each: whatever other condition a question with a typed number
has, Canvas takes for one more right answer.
"""

from __future__ import annotations

import io
import zipfile
from html import escape
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from .items import GROUPS, Item, Wrong, prompt, tolerance, typed

CHOICES = 20  # at most, in a question
EPOCH = 2020, 1, 1, 0, 0, 0  # of every file in a package: the same quiz is the same bytes
FOLDER = "%24IMS-CC-FILEBASE%24"
QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
PACKAGE = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
CANVAS = "http://canvas.instructure.com/xsd/cccv1p0"


def qti(title: str, items: list[Item]) -> bytes:
    pictures = {f"images/{item.name.replace(' ', '-')}.svg": item.picture for item in items}
    texts = {
        "imsmanifest.xml": written(manifest(title, list(pictures))),
        "quiz/assessment_meta.xml": written(meta(title)),
        "quiz/quiz.xml": written(assessment(title, items)),
    }
    return package(texts | {path: svg.encode() for path, svg in pictures.items()})


def package(files: dict[str, bytes]) -> bytes:
    "A zip of these files, the same to the byte whenever and wherever it is made: nothing is squeezed."
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for path, data in files.items():
            archive.writestr(zipfile.ZipInfo(path, EPOCH), data)
    return made.getvalue()


def written(root: Element) -> bytes:
    ElementTree.indent(root)
    made: bytes = ElementTree.tostring(root, "utf-8", xml_declaration=True)
    return made + b"\n"


def within(parent: Element, path: str, text: str | None = None, /, **attributes: str) -> Element:
    "A new element inside new elements: material/mattext is a mattext in a material."
    *outer, name = path.split("/")
    for tag in outer:
        parent = SubElement(parent, tag)
    made = SubElement(parent, name, attributes)
    made.text = text
    return made


# ---- What is in the package ------------------------------------------------------------------------------------------


def manifest(title: str, pictures: list[str]) -> Element:
    root = Element("manifest", identifier="manifest", xmlns=PACKAGE)
    within(root, "metadata/schema", "IMS Content")
    within(root, "organizations")
    resources = within(root, "resources")
    quiz = within(resources, "resource", identifier="quiz", type="imsqti_xmlv1p2")
    within(quiz, "file", href="quiz/quiz.xml")
    within(quiz, "dependency", identifierref="meta")
    kind, path = "associatedcontent/imscc_xmlv1p1/learning-application-resource", "quiz/assessment_meta.xml"
    within(within(resources, "resource", identifier="meta", type=kind, href=path), "file", href=path)
    for i, path in enumerate(pictures):
        within(within(resources, "resource", identifier=f"picture{i}", type="webcontent", href=path), "file", href=path)
    return root


def meta(title: str) -> Element:
    root = Element("quiz", identifier="quiz", xmlns=CANVAS)
    for name, text in (("title", title), ("quiz_type", "assignment"), ("shuffle_answers", "true")):
        within(root, name, text)
    return root


def assessment(title: str, items: list[Item]) -> Element:
    root = Element("questestinterop", xmlns=QTI)
    sections = within(within(root, "assessment", ident="quiz", title=title), "section", ident="root_section")
    for group in GROUPS:
        for way, question in (("typed", numerical), ("chosen", choice)):
            section = within(sections, "section", ident=f"{group}-{way}", title=f"{title}: {group}, {way}")
            selection = within(section, "selection_ordering/selection")
            within(selection, "selection_number", "1")
            within(selection, "selection_extension/points_per_item", "1")
            for item in items:
                if item.group == group:
                    question(section, item)
    return root


# ---- Questions -------------------------------------------------------------------------------------------------------


def numerical(section: Element, item: Item) -> None:
    made, asked = begun(section, item, "typed", "numerical_question", ["number"])
    blank = within(asked, "response_str", ident="response1", rcardinality="Single")
    within(within(blank, "render_fib", fibtype="Decimal"), "response_label", ident="answer1")
    low, high = (item.right + sign * tolerance(item.right) for sign in (-1, 1))
    rules = processing(made)
    either = within(rule(rules, "No", "correct_fb", score="100"), "or")
    within(either, "varequal", typed(item.right), respident="response1")
    both = within(either, "and")
    within(both, "vargte", typed(low), respident="response1")
    within(both, "varlte", typed(high), respident="response1")
    within(rule(rules, "Yes", "general_incorrect_fb"), "other")
    feedback(made, "correct_fb", item.praise)
    feedback(made, "general_incorrect_fb", item.advice)


def choice(section: Element, item: Item) -> None:
    known = sorted([Wrong(item.right, item.praise), *item.wrong[: CHOICES - 1]])  # the right one anywhere among them
    names = [f"choice{i}" for i in range(len(known))]
    made, asked = begun(section, item, "chosen", "multiple_choice_question", names)
    render = within(within(asked, "response_lid", ident="response1", rcardinality="Single"), "render_choice")
    for name, (number, _) in zip(names, known):
        label = within(render, "response_label", ident=name)
        within(label, "material/mattext", typed(number), texttype="text/html")
    rules = processing(made)
    for name in names:
        within(rule(rules, "Yes", f"{name}_fb"), "varequal", name, respident="response1")
    right = next(name for name, (number, _) in zip(names, known) if number == item.right)
    within(rule(rules, "No", score="100"), "varequal", right, respident="response1")
    for name, (_, said) in zip(names, known):
        feedback(made, f"{name}_fb", said)


def begun(section: Element, item: Item, way: str, kind: str, answers: list[str]) -> tuple[Element, Element]:
    "An item with what it says about itself, and its presentation, so far as the question."
    name = item.name.replace(" ", "-")
    made = within(section, "item", ident=f"{name}-{way}", title=item.title)
    fields = within(made, "itemmetadata/qtimetadata")
    about = {
        "question_type": kind,
        "points_possible": "1",
        "original_answer_ids": ",".join(answers),
        "assessment_question_identifierref": f"{name}-{way}-question",
    }
    for label, entry in about.items():
        field = within(fields, "qtimetadatafield")
        within(field, "fieldlabel", label)
        within(field, "fieldentry", entry)
    asked = within(made, "presentation")
    picture = f'<img src="{FOLDER}/images/{name}.svg" alt="computation graph">'
    within(asked, "material/mattext", prompt(item, picture), texttype="text/html")
    return made, asked


def processing(item: Element) -> Element:
    rules = within(item, "resprocessing")
    within(rules, "outcomes/decvar", maxvalue="100", minvalue="0", varname="SCORE", vartype="Decimal")
    return rules


def rule(rules: Element, go_on: str, said: str = "", score: str = "") -> Element:
    "The condition, still empty, under which this is said and scored."
    made = SubElement(rules, "respcondition", {"continue": go_on})
    condition = within(made, "conditionvar")
    if score:
        within(made, "setvar", score, action="Set", varname="SCORE")
    if said:
        within(made, "displayfeedback", feedbacktype="Response", linkrefid=said)
    return condition


def feedback(item: Element, name: str, said: str) -> None:
    made = within(item, "itemfeedback", ident=name)
    within(made, "flow_mat/material/mattext", f"<p>{escape(said)}</p>", texttype="text/html")
