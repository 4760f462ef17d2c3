"""In a terminal: micrograd-es worksheet chain, micrograd-es quiz chain, and micrograd-es grade answers.csv."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from glob import glob
from pathlib import Path

from ..classroom.exercises import hints
from ..classroom.exercises.answers import Answer, blank_table, is_file, read_answers, typed
from ..classroom.exercises.feedback import feedback
from ..classroom.exercises.grading import grade
from ..classroom.exercises.levels import LEVELS, Level, level_of, own
from ..classroom.exercises.sheets import sheet, sheets
from ..classroom.exercises.worksheet import worksheets
from ..classroom.quizzes.formats import FORMATS
from ..classroom.quizzes.items import quiz
from ..system.files import write_whole
from .parser import Parser, assigned

EXAMPLES = """
examples:
  micrograd-es worksheet chain                       30 sheets, chain-1.html, their key, and a blank table
  micrograd-es worksheet net --sheets 5 --seed 10b   5 sheets of another seed
  micrograd-es worksheet "(x*w - y)**2" x=1..3 w=-2..2 y=0..4    of one's own expression, with ranges
  micrograd-es quiz chain --variants 30 --format moodle          chain-1.xml, a question bank
  micrograd-es grade answers.csv chain-1-2-Ben.html  files of answers: tables, and sheets filled in and saved
  micrograd-es grade *.csv --marks marks.csv --feedback pages    a table of the marks, and a page for each student
  micrograd-es grade answers.csv --of "(x*w - y)**2" x=1..3 w=-2..2 y=0..4    sheets of that expression
  micrograd-es grade chain-1-7 1=-6 2=4              answers typed, for the sheet chain-1-7
  micrograd-es grade chain-1-7 --hint 3              the first hint for its question 3; --hint 3.2 is the second
"""
LEVEL = f"one of {', '.join(LEVELS)}; or an expression, and a range for each of its names"


def arguments() -> Parser:
    "What may stand on the command line."
    style = argparse.RawDescriptionHelpFormatter
    parser = Parser(prog="micrograd-es", epilog=EXAMPLES, formatter_class=style, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True, parser_class=Parser)

    def command(name: str, purpose: str) -> Parser:
        return commands.add_parser(name, help=purpose, epilog=EXAMPLES, formatter_class=style)

    make = command("worksheet", "exercise sheets and their key")
    make.add_argument("--sheets", type=int, default=30, metavar="n", help="how many, all different (30)")
    make.add_argument("--hints", type=int, default=0, metavar="n", help="print hints: 1 vague, 2 rules, 3 explicit")
    make.add_argument("--out", metavar="file.html", help="where to (level-seed.html; the key goes beside it)")
    ask = command("quiz", "questions for a learning platform")
    ask.add_argument("--variants", type=int, default=30, metavar="n", help="of each question, all different (30)")
    ask.add_argument("--format", choices=FORMATS, default="moodle", help=f"{', '.join(FORMATS)} (moodle)")
    ask.add_argument("--wrt", default="", metavar="name", help="ask for the gradient by it (the most telling one)")
    ask.add_argument("--out", metavar="file", help="where to (level-seed, and what the format is called by)")
    for each in (make, ask):
        each.add_argument("level", nargs="?", default="mixed", help=LEVEL)
        each.add_argument("ranges", nargs="*", metavar="name=range", help="such as x=1..3, w=0.5..2 or b=1/3")
        each.add_argument("--seed", default="1", help="another seed gives other ones (1)")
    check = command("grade", "what is right, and what went wrong")
    check.add_argument(
        "source", metavar="answers.csv or sheet", help="files of answers (.csv, .html), or the name of a sheet"
    )
    check.add_argument("answers", nargs="*", metavar="question=number", help="for a sheet, the answers to it")
    check.add_argument("--hint", metavar="q.level", help="instead, a hint for this question of the sheet")
    check.add_argument(
        "--of", nargs="+", default=[], metavar=("expression", "name=range"), help="whose sheets they are"
    )
    check.add_argument("--marks", metavar="file.csv", help="write the marks, a line for each student")
    check.add_argument("--feedback", metavar="folder", help="write a page for each student into it")
    return parser


def main(argv: Sequence[str]) -> int:
    "One of the commands; what it returns is the exit status."
    parser = arguments()
    options = parser.parse_args(argv)
    try:
        print({"worksheet": made, "quiz": asked, "grade": graded}[options.command](options))
    except (ValueError, RuntimeError, ImportError) as mistake:
        parser.error(str(mistake))
    except OSError as error:
        parser.error(f"{error.filename}: cannot write it: {error.strerror}")
    return 0


def level(name: str, ranges: Sequence[str]) -> Level:
    "That of the house, or of an expression."
    return own(name, assigned(ranges)) if ranges or not name.isalpha() else level_of(name)


def made(options: argparse.Namespace) -> str:
    "Writes the sheets, the key and a blank table for answers, and says so."
    if options.hints not in range(hints.LEVELS + 1):
        raise ValueError(f"--hints {options.hints}: from 0, none, to {hints.LEVELS}, explicit")
    chosen = level(options.level, options.ranges)
    made = sheets(chosen, options.sheets, options.seed)
    path = (options.out or f"{chosen.name}-{options.seed}").removesuffix(".html")
    names = f"{path}.html", f"{path}-key.html", f"{path}-answers.csv"
    for name, text in zip(names, (*worksheets(made, options.hints), blank_table(made))):
        write_whole(name, text.encode())
    again = f'; they are graded with --of "{options.level}" {" ".join(options.ranges)}' if options.ranges else ""
    return (
        f"wrote {names[0]}, {options.sheets} sheets to print or fill in, {names[1]}, the answers, "
        f"and {names[2]}, a blank table for them{again}"
    )


def asked(options: argparse.Namespace) -> str:
    "Writes a quiz, and says so."
    chosen = level(options.level, options.ranges)
    items = quiz(chosen, options.variants, options.seed, options.wrt)
    write, suffix = FORMATS[options.format]
    path = options.out or f"{chosen.name}-{options.seed}{suffix}"
    write_whole(path, write(f"{chosen.title}, seed {options.seed}", items))
    return f"wrote {path}, {options.variants} variants of {len(items) // options.variants} questions"


def graded(options: argparse.Namespace) -> str:
    "The report on files, or on what was typed for one sheet; or a hint."
    levels = [own(options.of[0], assigned(options.of[1:]))] if options.of else []
    if options.hint:
        question, _, explicit = options.hint.partition(".")
        if not question.isdecimal() or not (explicit or "1").isdecimal() or len(options.hint) > 20:
            raise ValueError(f"--hint {options.hint[:30]}: give it a question and how explicit, as in 3 or 3.2")
        return hints.hint(sheet(options.source, *levels), int(question), int(explicit or 1))
    report = grade(answers(options), *levels)
    if options.marks:
        write_whole(options.marks, report.table().encode())
    if options.feedback:
        Path(options.feedback).mkdir(parents=True, exist_ok=True)
        for name, page in feedback(report).items():
            write_whole(Path(options.feedback, name), page.encode())
    return str(report)


def answers(options: argparse.Namespace) -> list[Answer]:
    "Those in the files, or those that were typed."
    if is_file(options.source):
        typed_too = next((word for word in options.answers if not is_file(word)), None)
        if typed_too:
            raise ValueError(f"{typed_too[:40]}: answers are typed for one sheet, not beside a file")
        words = [options.source, *options.answers]  # the shell of Windows leaves *.csv to the program
        return read_answers(*[file for word in words for file in sorted(glob(word)) or [word]])
    if not options.answers:
        raise ValueError(
            f"{options.source[:40]}: a .csv or .html file, or the name of a sheet and answers such as 1=-6 2=4"
        )
    return typed(options.source, options.answers)
