"""In a terminal: micrograd-es worksheet chain --sheets 30, and micrograd-es grade answers.csv."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from ..classroom.exercises import hints
from ..classroom.exercises.answers import blank_table, is_file, read_answers, typed
from ..classroom.exercises.grading import grade
from ..classroom.exercises.levels import LEVELS
from ..classroom.exercises.sheets import sheet, sheets
from ..classroom.exercises.worksheet import worksheets
from ..system.files import write_whole
from .parser import Parser

COMMANDS = "worksheet", "grade"
EXAMPLES = """
examples:
  micrograd-es worksheet chain                       30 sheets, chain-1.html, their key, and a blank table
  micrograd-es worksheet net --sheets 5 --seed 10b   5 sheets of another seed
  micrograd-es grade answers.csv chain-1-2-Ben.html  files of answers: tables, and sheets filled in and saved
  micrograd-es grade chain-1-7 1=-6 2=4              answers typed, for the sheet chain-1-7
  micrograd-es grade chain-1-7 --hint 3              the first hint for its question 3; --hint 3.2 is the second
"""


def arguments() -> Parser:
    "What may stand on the command line."
    style = argparse.RawDescriptionHelpFormatter
    parser = Parser(prog="micrograd-es", epilog=EXAMPLES, formatter_class=style, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True, parser_class=Parser)
    make = commands.add_parser(
        "worksheet", help="exercise sheets and their key", epilog=EXAMPLES, formatter_class=style
    )
    make.add_argument("level", nargs="?", default="mixed", help=f"one of {', '.join(LEVELS)}")
    make.add_argument("--sheets", type=int, default=30, metavar="n", help="how many, all different (30)")
    make.add_argument("--seed", default="1", help="another seed gives other sheets (1)")
    make.add_argument("--hints", type=int, default=0, metavar="n", help="print hints: 1 vague, 2 rules, 3 explicit")
    make.add_argument("--out", metavar="file.html", help="where to (level-seed.html; the key goes beside it)")
    check = commands.add_parser(
        "grade", help="what is right, and what went wrong", epilog=EXAMPLES, formatter_class=style
    )
    check.add_argument(
        "source", metavar="answers.csv or sheet", help="files of answers (.csv, .html), or the name of a sheet"
    )
    check.add_argument("answers", nargs="*", metavar="question=number", help="for a sheet, the answers to it")
    check.add_argument("--hint", metavar="q.level", help="instead, a hint for this question of the sheet")
    return parser


def main(argv: Sequence[str]) -> int:
    "One of the COMMANDS; what it returns is the exit status."
    parser = arguments()
    options = parser.parse_args(argv)
    try:
        print(made(options) if options.command == "worksheet" else graded(options))
    except (ValueError, RuntimeError, ImportError) as mistake:
        parser.error(str(mistake))
    except OSError as error:
        parser.error(f"{error.filename}: cannot write it: {error.strerror}")
    return 0


def made(options: argparse.Namespace) -> str:
    "Writes the sheets, the key and a blank table for answers, and says so."
    if options.hints not in range(hints.LEVELS + 1):
        raise ValueError(f"--hints {options.hints}: from 0, none, to {hints.LEVELS}, explicit")
    made = sheets(options.level, options.sheets, options.seed)
    path = (options.out or f"{options.level}-{options.seed}").removesuffix(".html")
    names = f"{path}.html", f"{path}-key.html", f"{path}-answers.csv"
    for name, text in zip(names, (*worksheets(made, options.hints), blank_table(made))):
        write_whole(name, text.encode())
    return (
        f"wrote {names[0]}, {options.sheets} sheets to print or fill in, {names[1]}, the answers, "
        f"and {names[2]}, a blank table for them"
    )


def graded(options: argparse.Namespace) -> str:
    "The report on files, or on what was typed for one sheet; or a hint."
    if options.hint:
        question, _, level = options.hint.partition(".")
        if not question.isdecimal() or not (level or "1").isdecimal() or len(options.hint) > 20:
            raise ValueError(f"--hint {options.hint[:30]}: give it a question and how explicit, as in 3 or 3.2")
        return hints.hint(sheet(options.source), int(question), int(level or 1))
    if is_file(options.source):
        typed_too = next((word for word in options.answers if not is_file(word)), None)
        if typed_too:
            raise ValueError(f"{typed_too[:40]}: answers are typed for one sheet, not beside a file")
        return str(grade(read_answers(options.source, *options.answers)))
    if not options.answers:
        raise ValueError(
            f"{options.source[:40]}: a .csv or .html file, or the name of a sheet and answers such as 1=-6 2=4"
        )
    return str(grade(typed(options.source, options.answers)))
